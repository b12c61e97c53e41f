/**
 * Machine code in Node: memory, executable pages and threads of the operating system, by the optional package koffi. The
 * contract is in `types.ts`; what each system is asked for is in `native/`.
 */
import { Host } from "./native/host.ts";
import { type Koffi, loadKoffi } from "./native/koffi.ts";
import { linux, macos } from "./native/posix.ts";
import type { System } from "./native/system.ts";
import { windows } from "./native/windows.ts";
import type { NativeHostSearch } from "./types.ts";

/** By the platform and the processor, as Node names them. */
const systems: Readonly<Record<string, (koffi: Koffi) => System>> = {
  "linux x64": linux,
  "darwin x64": macos,
  "win32 x64": windows,
};

let search: NativeHostSearch | undefined;

/** Looks once, when it is first asked. */
export function nativeHost(): NativeHostSearch {
  search ??= find();
  return search;
}

function find(): NativeHostSearch {
  const machine = `${process.platform} ${process.arch}`;
  if (!Object.hasOwn(systems, machine)) {
    const known = Object.keys(systems).join(", ");
    return { found: false, reason: `this machine is ${machine}; there is machine code for ${known}` };
  }
  try {
    const koffi = loadKoffi();
    const host = new Host(koffi, systems[machine](koffi));
    host.test();
    return { found: true, host };
  } catch (error) {
    return { found: false, reason: (error as Error).message };
  }
}
