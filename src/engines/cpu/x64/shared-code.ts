/**
 * The code of a step's kernels. Those that share a body have the same code but for the places of their buffers, which stand
 * in displacements: it is selected, allocated and encoded once, and copied with other displacements.
 */
import type { Buffer, Kernel } from "../loops/index.ts";
import type { StepKernel } from "../step/index.ts";
import type { Allocated } from "./allocation/index.ts";
import { type Assembly, encodePart, label, type Move } from "./assembler/index.ts";
import { emitKernel } from "./emit.ts";
import type { SelectOptions } from "./selection/index.ts";

export type CodeOptions = Omit<SelectOptions, "isSerial" | "label">;

/** As selection aligns the heads of loops. */
const ALIGNMENT = 32;
/** Displacements from the beginning of a region stay within half of it, see `Pointers`. */
const HALF_REGION = 2 ** 30;

/** A kernel's code as it is for the buffers that it was made for. */
interface Original {
  readonly isSerial: boolean;
  readonly allocated: Allocated;
  readonly code: ReturnType<typeof encodePart>;
  /** Where a buffer that the body names lay. */
  readonly addressOf: (named: Buffer) => number;
}

export class SharedCode {
  readonly #options: CodeOptions;
  readonly #originals = new Map<Kernel["body"], Original[]>();
  /** Bodies that several kernels share. */
  readonly #shared = new Set<Kernel["body"]>();

  constructor(kernels: readonly StepKernel[], options: CodeOptions) {
    this.#options = options;
    const seen = new Set<Kernel["body"]>();
    for (const { kernel } of kernels) (seen.has(kernel.body) ? this.#shared : seen).add(kernel.body);
  }

  /** The code of a kernel, with registers and frame as `emitKernel` has them. @param name what labels begin with */
  of({ kernel, isSerial }: StepKernel, name: string): Allocated {
    if (!this.#shared.has(kernel.body)) return emitKernel(kernel, { ...this.#options, isSerial, label: name });
    const { addressOf } = this.#options;
    const { over } = kernel;
    const addressNow = (named: Buffer): number => addressOf(over?.get(named) ?? named);
    const originals = this.#originals.get(kernel.body) ?? [];
    for (const original of originals) {
      const bytes = original.isSerial === isSerial ? moved(original, addressNow) : undefined;
      if (bytes !== undefined) return placed(original, bytes, name);
    }
    const allocated = emitKernel(kernel, { ...this.#options, isSerial, label: name });
    const original = { isSerial, allocated, code: encodePart(allocated.assembly), addressOf: addressNow };
    this.#originals.set(kernel.body, [...originals, original]);
    return placed(original, original.code.bytes, name);
  }
}

/** The code's bytes for other places of the buffers; `undefined` where one of them is too far away for it. */
function moved({ code, addressOf }: Original, addressNow: (named: Buffer) => number): Uint8Array | undefined {
  const bytes = code.bytes.slice();
  const view = new DataView(bytes.buffer);
  const distances = new Map<object, number>();
  const distanceOf = ({ within }: Move): number => {
    const known = distances.get(within);
    if (known !== undefined) return known;
    const distance = addressNow(within as Buffer) - addressOf(within as Buffer);
    distances.set(within, distance);
    return distance;
  };
  for (const move of code.moves) {
    const displacement = move.displacement + distanceOf(move);
    if (displacement < -HALF_REGION || displacement >= HALF_REGION) return undefined;
    view.setInt32(move.at, displacement, true);
  }
  return bytes;
}

function placed({ allocated, code }: Original, bytes: Uint8Array, name: string): Allocated {
  const assembly: Assembly = [label(name, ALIGNMENT), { kind: "code", bytes, references: code.references }];
  return { ...allocated, assembly };
}
