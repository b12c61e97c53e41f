/** Loops that run in vectors, and what they load and store. */
import {
  at,
  type Buffer,
  forMemory,
  type Index,
  type KernelBuilder,
  plus,
  times,
  type Value,
} from "../../loops/index.ts";
import type { Tuning } from "./tuning.ts";
import type { View } from "./views.ts";

/** Whether vectors can be formed along an axis: sources lie next to each other there, or are the same. */
export const canVectorize = (strides: readonly number[]): boolean =>
  strides.every((stride) => stride === 0 || stride === 1);

/** The source's value at an index: neighboring elements, or one in all lanes. */
export function loadAlong(b: KernelBuilder, { buffer }: View, index: Index, stride: number, lanes: number): Value {
  return stride === 1 && lanes > 1 ? b.load(buffer, index, lanes) : b.loadSplat(buffer, index, lanes);
}

/** Loops over `count` positions, in vectors as far as they go and one by one from there. */
export function vectorLoop(
  b: KernelBuilder,
  count: number,
  vectorize: boolean,
  body: (index: Index, lanes: number) => void,
  parallel = false,
): void {
  const whole = vectorize ? Math.floor(count / b.lanes) : 0;
  b.loop(whole, (i) => body(times(i, b.lanes), b.lanes), { parallel });
  const start = whole * b.lanes;
  b.loop(count - start, (i) => body(plus(i, start), 1), { parallel });
}

/**
 * Like `vectorLoop`, for bodies whose only effect is what they store: the rest is one more vector, which is read beyond the
 * end, and stored as far as the end.
 */
export function mapLoop(
  b: KernelBuilder,
  { maps }: Tuning,
  count: number,
  body: (index: Index, lanes: number) => void,
  parallel = false,
): void {
  const whole = Math.floor(count / b.lanes);
  const rest = count - whole * b.lanes;
  if (rest < maps.restAsVector * b.lanes) {
    vectorLoop(b, count, true, body, parallel);
    return;
  }
  b.loop(whole, (i) => body(times(i, b.lanes), b.lanes), { parallel });
  b.storingFirst(rest, () => body(at(whole * b.lanes), b.lanes));
}

/** Stores a value, or the first `count` lanes of a vector that are `step` elements apart. */
export function storeLanes(
  b: KernelBuilder,
  buffer: Buffer,
  place: Index,
  step: number,
  value: Value,
  count: number,
): void {
  const stored = b.local(forMemory(value));
  const { lanes } = stored.type;
  if (lanes === 1 || (step === 1 && count >= lanes)) b.store(buffer, place, stored);
  else
    for (let lane = 0; lane < Math.min(count, lanes); lane++)
      b.storeLane(buffer, plus(place, lane * step), stored, lane);
}
