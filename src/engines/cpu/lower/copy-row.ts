/** Copies of one row of a tensor, whose number stands in memory. */
import { apply, at, computed, type Index, integer } from "../loops/index.ts";
import {
  canVectorize,
  collapseInOrder,
  type LoweringContext,
  movedAlong,
  orderOf,
  type StridedAxis,
  type View,
  vectorLoop,
  whenInside,
} from "./context/index.ts";

/**
 * Copies `source` to `target`. One of them is a row of a view with one axis more, in front.
 * @param number the number of the row, a buffer of one element
 * @param side whether the copy is from a row of the source, or to a row of the target
 */
export function copyRow(context: LoweringContext, number: View, source: View, target: View, side: "from" | "to"): void {
  const [rows, row] = side === "from" ? [source, target] : [target, source];
  if (row.shape.some((n) => n === 0)) return;
  const inner = { ...rows, shape: rows.shape.slice(1), strides: rows.strides.slice(1) };
  const [from, to] = side === "from" ? [inner, target] : [source, inner];
  const axes = collapseInOrder(row.shape, orderOf(to), [to.strides, from.strides]);
  const last: StridedAxis = axes.at(-1) ?? { length: 1, strides: [1, 1] };
  const isVector = last.strides[0] === 1 && canVectorize(last.strides.slice(1));
  const reads = [...new Set([source.buffer, number.buffer])];
  context.emit("row", reads, [target.buffer], (b) => {
    const found = b.local(b.load(number.buffer, at(number.offset)));
    const inRow = (index: Index): Index => computed(index, apply("mul", found, integer(rows.strides[0])));
    const copy = ([write, read]: readonly Index[], lanes: number): void => {
      const [w, r] = side === "from" ? [write, inRow(read)] : [inRow(write), read];
      const value =
        last.strides[1] === 1 || lanes === 1 ? b.load(source.buffer, r, lanes) : b.loadSplat(source.buffer, r, lanes);
      b.store(target.buffer, w, value);
    };
    const inside = (body: () => void): void => whenInside(b, found, rows.shape[0], body);
    const along = (positions: readonly Index[], parallel: boolean, each: (body: () => void) => void): void =>
      vectorLoop(
        b,
        last.length,
        isVector,
        (i, lanes) => each(() => copy(movedAlong(positions, last, i), lanes)),
        parallel,
      );
    const walk = (depth: number, positions: readonly Index[]): void => {
      if (depth < axes.length - 1)
        b.loop(axes[depth].length, (i) => walk(depth + 1, movedAlong(positions, axes[depth], i)), {
          parallel: depth === 0,
        });
      else if (depth === 0) along(positions, true, inside);
      else inside(() => along(positions, false, (body) => body()));
    };
    walk(0, [at(to.offset), at(from.offset)]);
  });
}
