/** From a kernel in the loop language to machine code in physical registers. */
import { bufferOver, type Kernel } from "../loops/index.ts";
import { type Allocated, allocate } from "./allocation/index.ts";
import { printAssembly } from "./assembler/index.ts";
import { type SelectOptions, selectKernel } from "./selection/index.ts";

/** The kernel's code, to be placed where the frame's beginning is as `code.ts` says. Every register may be changed by it. */
export function emitKernel(kernel: Kernel, options: SelectOptions): Allocated {
  const { addressOf } = options;
  const { prologue, code, frameBytes } = selectKernel(kernel, {
    ...options,
    addressOf: (buffer) => addressOf(bufferOver(kernel, buffer)),
  });
  const allocated = allocate(code, { target: options.target, constants: options.constants, frameBytes });
  return { ...allocated, assembly: [...prologue, ...allocated.assembly] };
}

/** For people: the kernel's code, and what had no room in registers. */
export function describeKernel(kernel: Kernel, options: SelectOptions): string {
  const { assembly, spills } = emitKernel(kernel, options);
  const note = `${kernel.name}: ${spills.values} spilled, used ${spills.inInnermostLoops} times in innermost loops`;
  return [note, printAssembly(assembly)].join("\n");
}
