/** Kernels that compute every element by itself: chains of elementwise ops as one pass, and copies between views. */
import type { Shape } from "../../../../array/index.ts";
import {
  at,
  type Buffer,
  forMemory,
  forTiles,
  type Index,
  type KernelBuilder,
  plus,
  storeColumns,
  type Value,
} from "../../loops/index.ts";
import type { LoweringContext } from "./context.ts";
import { range } from "./lists.ts";
import { isPaged, type Tuning } from "./tuning.ts";
import { canVectorize, loadAlong, mapLoop, storeLanes, vectorLoop } from "./vector-loops.ts";
import { collapseInOrder, movedAlong, orderOf, type StridedAxis, type View } from "./views.ts";

/** Loads the element, or the vector of elements, of the i-th source. */
export type Reader = (source: number) => Value;

/** The strides of its axes are those of the target, then of each source. */
interface LoopOrder {
  readonly loops: readonly StridedAxis[];
  /** The axis along which vectors are computed. */
  readonly vector?: StridedAxis;
  /** Whether they are stored along the last axis, a block of both axes at a time. */
  readonly inBlocks?: boolean;
}

/**
 * Vectors run along the last axis where it is one of neighbors in all views. Where it is not, as when a copy exchanges axes,
 * they run along one of neighbors in the sources, and rows and columns of blocks are exchanged before they are stored. Where
 * the last axis is too short for that, lanes are stored one by one. It is the innermost loop, so that what is stored lies
 * together.
 */
function orderLoops(axes: readonly StridedAxis[], lanes: number, tuning: Tuning): LoopOrder {
  const last = axes.at(-1);
  if (last === undefined || (last.strides[0] === 1 && canVectorize(last.strides))) return { loops: axes, vector: last };
  const inBlocks = last.strides[0] === 1 && last.length >= tuning.maps.rowAsVector * lanes;
  const vector = axes.findLast(
    ({ length, strides: [written, ...read] }) =>
      length >= lanes && (inBlocks || !isPaged(written, tuning)) && read.includes(1) && canVectorize(read),
  );
  if (vector === undefined) return { loops: axes };
  return {
    loops: [...axes.filter((axis) => axis !== vector && axis !== last), vector, ...(vector === last ? [] : [last])],
    vector,
    inBlocks,
  };
}

/** Blocks of two axes, no longer than vectors: computed in vectors along the first one, stored along the second. */
function mapBlocks(
  b: KernelBuilder,
  blocksTogether: number,
  targets: readonly View[],
  [along, across]: readonly [StridedAxis, StridedAxis],
  indices: readonly Index[],
  valuesAt: (indices: readonly Index[], lanes: number) => readonly Value[],
): void {
  forTiles(b, along.length, blocksTogether * b.lanes, (from, width) => {
    forTiles(b, across.length, b.lanes, (j, rows) => {
      forTiles(b, width, b.lanes, (i, columns) => {
        const start = movedAlong(movedAlong(indices, along, plus(from, i)), across, j);
        const values = range(rows).map((row) =>
          valuesAt(movedAlong(start, across, at(row)), b.lanes).map((value) => b.local(forMemory(value))),
        );
        for (const [k, { buffer }] of targets.entries()) {
          const place = { buffer, index: start[0], step: along.strides[0] };
          storeColumns(b, place, values.map((row) => row[k]), columns); // biome-ignore format: short
        }
      });
    });
  });
}

/**
 * `targets[position] = compute(sources at position)` for every position of `shape`. The targets lie alike in their buffers,
 * and must not be read by other positions than their own.
 */
export function mapInto(
  context: LoweringContext,
  name: string,
  shape: Shape,
  sources: readonly View[],
  targets: readonly View[],
  compute: (b: KernelBuilder, read: Reader, lanes: number) => readonly Value[],
): void {
  if (shape.some((n) => n === 0)) return;
  const [target] = targets;
  const axes = collapseInOrder(shape, orderOf(target), [target.strides, ...sources.map(({ strides }) => strides)]);
  const build = (b: KernelBuilder): void => {
    const { loops, vector, inBlocks } = orderLoops(axes, b.lanes, context.tuning);
    const valuesAt = (indices: readonly Index[], lanes: number): readonly Value[] =>
      compute(b, (k) => loadAlong(b, sources[k], indices[k + 1], vector?.strides[k + 1] ?? 0, lanes), lanes);
    const walk = (depth: number, indices: readonly Index[], lanes: number, count: number): void => {
      const axis = loops[depth];
      const visit = (i: Index, width: number, stored: number): void =>
        walk(depth + 1, movedAlong(indices, axis, i), width, stored);
      const parallel = depth === 0;
      if (axis === undefined) {
        // All values before the first is stored: a target may lie where a source lies.
        const values = valuesAt(indices, lanes);
        for (const [k, { buffer }] of targets.entries())
          storeLanes(b, buffer, indices[0], vector?.strides[0] ?? 1, values[k], count);
      } else if (inBlocks && axis === vector)
        mapBlocks(b, context.tuning.maps.blocksTogether, targets, [axis, loops[depth + 1]], indices, valuesAt);
      else if (axis !== vector) b.loop(axis.length, (i) => visit(i, lanes, count), { parallel });
      else if (axis.strides[0] === 1)
        mapLoop(b, context.tuning, axis.length, (i, width) => visit(i, width, width), parallel);
      else vectorLoop(b, axis.length, true, (i, width) => visit(i, width, width), parallel);
    };
    walk(0, [at(target.offset), ...sources.map(({ offset }) => at(offset))], 1, 1);
  };
  const buffers = [...new Set(sources.map(({ buffer }) => buffer))];
  const written = targets.map(({ buffer }) => buffer);
  context.emit(name, buffers, written, build, alignedWith(target, sources));
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
  mapInto(context, "copy", source.shape, [source], [target], (_, read) => [read(0)]);
