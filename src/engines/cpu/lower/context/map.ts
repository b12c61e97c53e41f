/** Kernels that compute every element by itself: chains of elementwise ops as one pass, and copies between views. */
import type { Shape } from "../../../../array/index.ts";
import type { Buffer, Index, Value } from "../../loops/index.ts";
import { at, forMemory, forTiles, type KernelBuilder, plus, storeColumns, times } from "../../loops/index.ts";
import { isPaged } from "./cache.ts";
import type { LoweringContext } from "./context.ts";
import { range } from "./lists.ts";
import { collapseInOrder, orderOf, type View } from "./views.ts";

/** Loads the element, or the vector of elements, of the i-th source. */
export type Reader = (source: number) => Value;

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

interface LoopOrder {
  readonly loops: readonly MapAxis[];
  /** The axis along which vectors are computed. */
  readonly vector?: MapAxis;
  /** Whether they are stored along the last axis, a block of both axes at a time. */
  readonly inBlocks?: boolean;
}

/** From this part of a vector on, a row of a block is quicker stored as a vector than lane by lane. */
const WORTH_A_BLOCK = 0.5;

/**
 * Vectors run along the last axis where it is one of neighbors in all views. Where it is not, as when a copy exchanges axes,
 * they run along one of neighbors in the sources, and rows and columns of blocks are exchanged before they are stored. Where
 * the last axis is too short for that, lanes are stored one by one. It is the innermost loop, so that what is stored lies
 * together.
 */
function orderLoops(axes: readonly MapAxis[], lanes: number): LoopOrder {
  const last = axes.at(-1);
  if (last === undefined || (last.strides[0] === 1 && canVectorize(last.strides))) return { loops: axes, vector: last };
  const inBlocks = last.strides[0] === 1 && last.length >= WORTH_A_BLOCK * lanes;
  const vector = axes.findLast(
    ({ length, strides: [written, ...read] }) =>
      length >= lanes && (inBlocks || !isPaged(written)) && read.includes(1) && canVectorize(read),
  );
  if (vector === undefined) return { loops: axes };
  return {
    loops: [...axes.filter((axis) => axis !== vector && axis !== last), vector, ...(vector === last ? [] : [last])],
    vector,
    inBlocks,
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
  const stored = b.local(forMemory(value));
  const { lanes } = stored.type;
  if (lanes === 1 || (step === 1 && count >= lanes)) b.store(buffer, place, stored);
  else
    for (let lane = 0; lane < Math.min(count, lanes); lane++)
      b.storeLane(buffer, plus(place, lane * step), stored, lane);
}

/** Indices moved on along an axis, each by its own stride. */
const move = (indices: readonly Index[], { strides }: MapAxis, by: Index): Index[] =>
  indices.map((index, k) => plus(index, times(by, strides[k])));

/** So many blocks along what is read lie in a page of memory together: they come one after the other. */
const BLOCKS_TOGETHER = 4;

/** Blocks of two axes, no longer than vectors: computed in vectors along the first one, stored along the second. */
function mapBlocks(
  b: KernelBuilder,
  buffer: Buffer,
  [along, across]: readonly [MapAxis, MapAxis],
  indices: readonly Index[],
  valueAt: (indices: readonly Index[], lanes: number) => Value,
): void {
  forTiles(b, along.length, BLOCKS_TOGETHER * b.lanes, (from, width) => {
    forTiles(b, across.length, b.lanes, (j, rows) => {
      forTiles(b, width, b.lanes, (i, columns) => {
        const start = move(move(indices, along, plus(from, i)), across, j);
        const values = range(rows).map((row) => b.local(forMemory(valueAt(move(start, across, at(row)), b.lanes))));
        storeColumns(b, { buffer, index: start[0], step: along.strides[0] }, values, columns);
      });
    });
  });
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
    const { loops, vector, inBlocks } = orderLoops(axes, b.lanes);
    const valueAt = (indices: readonly Index[], lanes: number): Value =>
      compute(b, (k) => loadAlong(b, sources[k], indices[k + 1], vector?.strides[k + 1] ?? 0, lanes), lanes);
    const walk = (depth: number, indices: readonly Index[], lanes: number, count: number): void => {
      const axis = loops[depth];
      const visit = (i: Index, width: number, stored: number): void =>
        walk(depth + 1, move(indices, axis, i), width, stored);
      const parallel = depth === 0;
      if (axis === undefined)
        storeLanes(b, target.buffer, indices[0], vector?.strides[0] ?? 1, valueAt(indices, lanes), count);
      else if (inBlocks && axis === vector) mapBlocks(b, target.buffer, [axis, loops[depth + 1]], indices, valueAt);
      else if (axis !== vector) b.loop(axis.length, (i) => visit(i, lanes, count), { parallel });
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
