/** Kernels whose body was written for other buffers than those that they run over. */
import { StateError } from "../../../array/index.ts";
import type { Buffer, Index, Kernel, Statement, Value } from "./ir.ts";

/** The buffer that a kernel runs over where its body names one. */
export const bufferOver = ({ over }: Pick<Kernel, "over">, buffer: Buffer): Buffer => over?.get(buffer) ?? buffer;

/**
 * The buffers that a kernel runs over, given those that its body names.
 * @throws StateError unless each of them has one to itself, of the same lane and length: what is proved of the body holds
 *   of the kernel then
 */
export function buffersOver(kernel: Kernel, named: ReadonlySet<Buffer>): ReadonlySet<Buffer> {
  const { name, over } = kernel;
  if (over === undefined) return named;
  const found = new Set<Buffer>();
  for (const buffer of named) {
    const other = over.get(buffer);
    if (other?.lane !== buffer.lane || other.length !== buffer.length || found.has(other))
      throw new StateError(
        `kernel ${name}: runs over ${other?.name} in place of ${buffer.name}, which must be a buffer of its own of ` +
          `${buffer.length} elements ${buffer.lane}`,
      );
    found.add(other);
  }
  return found;
}

/** The same kernel with a body that names the buffers that it runs over. */
export function overItself(kernel: Kernel): Kernel {
  const { name, body, over } = kernel;
  if (over === undefined) return kernel;
  const index = (old: Index): Index => (old.computed === undefined ? old : { ...old, computed: value(old.computed) });
  const value = (old: Value): Value => {
    switch (old.kind) {
      case "load":
      case "loadSplat":
        return { ...old, buffer: bufferOver(kernel, old.buffer), index: index(old.index) };
      case "splat":
      case "lane":
        return { ...old, value: value(old.value) };
      case "apply":
        return { ...old, operands: old.operands.map(value) };
      default:
        return old;
    }
  };
  const statement = (old: Statement): Statement => {
    switch (old.kind) {
      case "set":
        return { ...old, value: value(old.value) };
      case "store":
      case "storeLane":
        return { ...old, buffer: bufferOver(kernel, old.buffer), index: index(old.index), value: value(old.value) };
      case "loop":
        return { ...old, body: old.body.map(statement) };
      case "if":
        return { ...old, condition: value(old.condition), body: old.body.map(statement) };
    }
  };
  return { name, body: body.map(statement) };
}
