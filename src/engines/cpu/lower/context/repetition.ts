/**
 * Lowering that is done once for nodes that are equal but for their buffers, as those of a network's equal blocks are. What
 * it does to the context is noted down: the buffers and kernels that it makes, the tensors whose place it gives, and the
 * copies that it asks for. Doing the same again for other buffers takes a fraction of the time, and kernels share bodies.
 */
import type { Tensor } from "../../../../graph/index.ts";
import type { Buffer } from "../../loops/index.ts";
import type { Step } from "./context.ts";
import type { View } from "./views.ts";

export type Deed =
  | { readonly kind: "buffer"; readonly name: string; readonly buffer: Buffer }
  | { readonly kind: "step"; readonly name: string; readonly step: Step }
  | { readonly kind: "bind"; readonly tensor: Tensor; readonly view: View }
  /** A copy that is made once. `isKnown`: it had been made before. */
  | { readonly kind: "copy"; readonly what: string; readonly of: View; readonly copy: View; readonly isKnown: boolean };

/** Where lowering starts from and what it leaves: buffers, in an order of their own, and tensors. */
export interface Ends {
  /** Those that it reads, and those in which the tensors have a place. */
  readonly given: readonly Buffer[];
  readonly reads: readonly Buffer[];
  readonly outputs: readonly Tensor[];
}

export interface Repeatable extends Omit<Ends, "reads"> {
  readonly deeds: readonly Deed[];
  readonly made: ReadonlySet<Buffer>;
}

/** What can be done again; `undefined` if it touches more than its ends and what it makes or copies itself. */
export function repeatable({ given, outputs }: Ends, deeds: readonly Deed[]): Repeatable | undefined {
  const made = new Set(deeds.flatMap((deed) => (deed.kind === "buffer" ? [deed.buffer] : [])));
  const copies = deeds.flatMap((deed) => (deed.kind === "copy" ? [deed.copy.buffer] : []));
  const known = new Set([...given, ...made, ...copies]);
  const isOwn = (deed: Deed): boolean => {
    if (deed.kind === "step") return [...deed.step.reads, ...deed.step.writes].every((buffer) => known.has(buffer));
    return deed.kind !== "bind" || (outputs.includes(deed.tensor) && known.has(deed.view.buffer));
  };
  return deeds.every(isOwn) ? { given, outputs, deeds, made } : undefined;
}

/**
 * The buffers that stand for those of the deeds before anything is done: those given, and copies that exist already.
 * @param copyOf the copy that has been made of a view, if one has been
 * @returns `undefined` if other copies had been made then than now
 */
export function standIns(
  { deeds, made, given }: Repeatable,
  now: readonly Buffer[],
  copyOf: (what: string, view: View) => View | undefined,
): Map<Buffer, Buffer> | undefined {
  const over = new Map(given.map((buffer, i) => [buffer, now[i]]));
  for (const deed of deeds) {
    if (deed.kind !== "copy" || made.has(deed.of.buffer) || (deed.isKnown && made.has(deed.copy.buffer))) continue;
    const copy = copyOf(deed.what, viewOver(over, deed.of));
    if ((copy !== undefined) !== deed.isKnown) return undefined;
    if (copy !== undefined) over.set(deed.copy.buffer, copy.buffer);
  }
  return over;
}

/** A view with the buffer that stands for its own. */
export const viewOver = (over: ReadonlyMap<Buffer, Buffer>, view: View): View => ({
  ...view,
  buffer: over.get(view.buffer)!,
});

/** A step whose kernel runs over the buffers that stand for its own. */
export function stepOver(
  over: ReadonlyMap<Buffer, Buffer>,
  { kernel, reads, writes, aligned }: Step,
  name: string,
): Step {
  const all = (buffers: readonly Buffer[]): Buffer[] => buffers.map((buffer) => over.get(buffer)!);
  return { kernel: { name, body: kernel.body, over }, reads: all(reads), writes: all(writes), aligned: all(aligned) };
}
