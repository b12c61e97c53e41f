/** Kernels that compute every element by itself: chains of elementwise ops as one pass, and copies between views. */
import type { Shape } from "../../../array/index.ts";
import { apply, at, type KernelBuilder, plus, times } from "../loops/builder.ts";
import type { Buffer, Index, Value } from "../loops/ir.ts";
import { isPaged } from "./cache.ts";
import type { LoweringContext } from "./context.ts";
import { collapseInOrder, orderOf, type View } from "./views.ts";

/** Loads the element, or the vector of elements, of the i-th source. */
export type Reader = (source: number) => Value;

/** Whether vectors can be formed along an axis: sources lie next to each other there, or are the same. */
export const canVectorize = (strides: readonly number[]): boolean =>
  strides.every((stride) => stride === 0 || stride === 1);

/** The source's value at an index: neighbouring elements, or one in all lanes. */
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

/** From this part of a vector on, a rest is quicker as a vector than one by one. */
const WORTH_A_VECTOR = 0.25;

/**
 * Like `vectorLoop`, for bodies whose only effect is what they store: the rest is one more vector, which is read beyond the
 * end, and stored as far as the end.
 */
export function mapLoop(
  b: KernelBuilder,
  count: number,
  body: (index: Index, lanes: number) => void,
  parallel = false,
): void {
  const whole = Math.floor(count / b.lanes);
  const rest = count - whole * b.lanes;
  if (rest < WORTH_A_VECTOR * b.lanes) {
    vectorLoop(b, count, true, body, parallel);
    return;
  }
  b.loop(whole, (i) => body(times(i, b.lanes), b.lanes), { parallel });
  b.storingFirst(rest, () => body(at(whole * b.lanes), b.lanes));
}

interface MapAxis {
  readonly length: number;
  /** Of the target, then of each source. */
  readonly strides: readonly number[];
}

/**
 * Vectors run along the last axis where it is one of neighbours in all views. Where it is not, as when a copy exchanges axes,
 * they run along one of neighbours in the sources, and their lanes are stored one by one: then the last axis is the innermost
 * loop, so that what is stored lies together.
 */
function orderLoops(axes: readonly MapAxis[], lanes: number): { loops: readonly MapAxis[]; vector?: MapAxis } {
  const last = axes.at(-1);
  if (last === undefined || (last.strides[0] === 1 && canVectorize(last.strides))) return { loops: axes, vector: last };
  const vector = axes.findLast(
    ({ length, strides: [written, ...read] }) =>
      length >= lanes && !isPaged(written) && read.includes(1) && canVectorize(read),
  );
  if (vector === undefined) return { loops: axes };
  return {
    loops: [...axes.filter((axis) => axis !== vector && axis !== last), vector, ...(vector === last ? [] : [last])],
    vector,
  };
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
  const stored = b.local(value.type.lane === "mask" ? apply("maskToInteger", value) : value);
  const { lanes } = stored.type;
  if (lanes === 1 || (step === 1 && count >= lanes)) b.store(buffer, place, stored);
  else
    for (let lane = 0; lane < Math.min(count, lanes); lane++)
      b.storeLane(buffer, plus(place, lane * step), stored, lane);
}

/**
 * `target[position] = compute(sources at position)` for every position of `shape`. The target must not be read by other
 * positions than its own.
 */
export function mapInto(
  context: LoweringContext,
  name: string,
  shape: Shape,
  sources: readonly View[],
  target: View,
  compute: (b: KernelBuilder, read: Reader, lanes: number) => Value,
): void {
  if (shape.some((n) => n === 0)) return;
  const axes = collapseInOrder(shape, orderOf(target), [target.strides, ...sources.map(({ strides }) => strides)]);
  const build = (b: KernelBuilder): void => {
    const { loops, vector } = orderLoops(axes, b.lanes);
    const move = (indices: readonly Index[], { strides }: MapAxis, by: Index): Index[] =>
      indices.map((index, k) => plus(index, times(by, strides[k])));
    const walk = (depth: number, indices: readonly Index[], lanes: number, count: number): void => {
      const axis = loops[depth];
      const visit = (i: Index, width: number, stored: number): void =>
        walk(depth + 1, move(indices, axis, i), width, stored);
      const parallel = depth === 0;
      if (axis === undefined) {
        const read: Reader = (k) => loadAlong(b, sources[k], indices[k + 1], vector?.strides[k + 1] ?? 0, lanes);
        storeLanes(b, target.buffer, indices[0], vector?.strides[0] ?? 1, compute(b, read, lanes), count);
      } else if (axis !== vector) b.loop(axis.length, (i) => visit(i, lanes, count), { parallel });
      else if (axis.strides[0] === 1) mapLoop(b, axis.length, (i, width) => visit(i, width, width), parallel);
      else vectorLoop(b, axis.length, true, (i, width) => visit(i, width, width), parallel);
    };
    walk(0, [at(target.offset), ...sources.map(({ offset }) => at(offset))], 1, 1);
  };
  const buffers = [...new Set(sources.map(({ buffer }) => buffer))];
  context.emit(name, buffers, [target.buffer], build, alignedWith(target, sources));
}

/** The buffers that every source over them reads at the place that is written. */
export function alignedWith(target: View, sources: readonly View[]): Buffer[] {
  const isElsewhere = ({ offset, strides }: View): boolean =>
    offset !== target.offset || strides.some((stride, i) => stride !== target.strides[i] && target.shape[i] > 1);
  const elsewhere = new Set(sources.filter(isElsewhere).map(({ buffer }) => buffer));
  return sources.map(({ buffer }) => buffer).filter((buffer) => !elsewhere.has(buffer));
}

/** Copies the elements of one view to another of the same shape. */
export const copyInto = (context: LoweringContext, source: View, target: View): void =>
  mapInto(context, "copy", source.shape, [source], target, (_, read) => read(0));
