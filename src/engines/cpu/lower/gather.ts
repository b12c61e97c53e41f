/** Elements at positions that are computed: gathered, or added to. */
import { sizeOf } from "../../../array/index.ts";
import type { OpNode } from "../../../graph/index.ts";
import { apply, at, constant, forTiles, type Index, type KernelBuilder, plus, type Value } from "../loops/index.ts";
import {
  aroundAxis,
  clear,
  isBatchInnermost,
  isDense,
  type LoweringContext,
  orderOf,
  pointed,
  positionIn,
  type View,
  vectorLoop,
  whenInside,
  withIndex,
} from "./context/index.ts";

interface Pointers {
  readonly index: View;
  readonly axis: number;
  readonly views: readonly View[];
  /** Whether entries with the same position have to be visited in order. */
  readonly isOrdered: boolean;
}

type Visit = (place: readonly Index[], position: Value, lanes: number) => void;

/**
 * Visits every entry of an index with the position that stands there. Where it is the same for all samples, as fixed
 * positions are, and these lie innermost, a vector of them at once.
 */
function forEachPointer(b: KernelBuilder, pointers: Pointers, visit: Visit): void {
  const { index, axis, views } = pointers;
  if (pointsAtRows(pointers)) {
    forEachRow(b, pointers, visit);
    return;
  }
  const isForAll = axis !== 0 && index.strides[0] === 0 && views.every(isBatchInnermost);
  const [samples] = index.shape;
  const shape = isForAll ? [1, ...index.shape.slice(1)] : index.shape;
  aroundAxis(b, shape, axis, orderOf(views[0]), (indices) => {
    b.loop(shape[axis], (j) => {
      const place = withIndex(indices, axis, j);
      const position = b.local(b.load(index.buffer, positionIn(index, place)));
      vectorLoop(b, isForAll ? samples : 1, isForAll, (sample, lanes) =>
        visit(withIndex(place, 0, plus(place[0], sample)), position, lanes),
      );
    });
  });
}

/** Whether positions are those of whole rows, as of a table of words, whose elements lie together. */
const pointsAtRows = ({ index, axis, views }: Pointers): boolean =>
  axis === 0 &&
  index.shape.length > 1 &&
  index.strides.slice(1).every((stride, i) => stride === 0 || index.shape[i + 1] === 1) &&
  views.every(({ shape, strides }) => isDense(shape.slice(1), strides.slice(1)));

/** Vectors of a row that one thread takes, where threads share rows rather than entries. */
const VECTORS_TOGETHER = 8;

/** Entries are divided among threads, or parts of all rows where those with the same position have to be in order. */
function forEachRow(b: KernelBuilder, { index, isOrdered }: Pointers, visit: Visit): void {
  const [rows, ...row] = index.shape;
  const first = index.shape.map(() => at(0));
  // Where the elements of a row are neighbors.
  const along = Math.max(
    1,
    index.shape.findLastIndex((length) => length > 1),
  );
  const visitPart = (j: Index, start: Index, count: number): void => {
    const place = withIndex(first, 0, j);
    const position = b.local(b.load(index.buffer, positionIn(index, place)));
    vectorLoop(b, count, true, (i, lanes) => visit(withIndex(place, along, plus(start, i)), position, lanes));
  };
  const width = sizeOf(row);
  if (!isOrdered) b.loop(rows, (j) => visitPart(j, at(0), width), { parallel: true });
  else
    forTiles(b, width, VECTORS_TOGETHER * b.lanes, (start, count) => b.loop(rows, (j) => visitPart(j, start, count)));
}

export function lowerGather(context: LoweringContext, node: OpNode): void {
  const [x, index] = node.inputs.map((input) => context.view(input));
  const y = context.output(node.outputs[0], orderOf(x));
  const axis = node.attributes.axis as number;
  context.emit("gather", [x.buffer, index.buffer], [y.buffer], (b) => {
    forEachPointer(b, { index, axis, views: [y, x], isOrdered: false }, (place, position, lanes) => {
      const value = b.local(constant(y.buffer.lane === "f32" ? Number.NaN : 0, { lane: y.buffer.lane, lanes }));
      const found = pointed(x, withIndex(place, axis, at(0)), axis, position);
      whenInside(b, position, x.shape[axis], () => b.set(value, b.load(x.buffer, found, lanes)));
      b.store(y.buffer, positionIn(y, place), value);
    });
  });
}

export function lowerScatterAdd(context: LoweringContext, node: OpNode): void {
  const [x, index] = node.inputs.map((input) => context.view(input));
  const y = context.output(node.outputs[0], orderOf(x));
  const { axis, length } = node.attributes as { axis: number; length: number };
  context.emit("clear", [], [y.buffer], (b) => clear(b, y.buffer, 0));
  context.emit("scatterAdd", [x.buffer, index.buffer], [y.buffer], (b) => {
    forEachPointer(b, { index, axis, views: [x, y], isOrdered: true }, (place, position, lanes) => {
      const to = pointed(y, withIndex(place, axis, at(0)), axis, position);
      whenInside(b, position, length, () => {
        const sum = apply("add", b.load(y.buffer, to, lanes), b.load(x.buffer, positionIn(x, place), lanes));
        b.store(y.buffer, to, sum);
      });
    });
  });
}
