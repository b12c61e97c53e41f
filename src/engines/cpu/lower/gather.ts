/** Elements at positions that are computed: gathered, or added to. */
import type { OpNode } from "../../../graph/index.ts";
import { apply, at, constant, type Index, type KernelBuilder, plus, type Value } from "../loops/index.ts";
import {
  aroundAxis,
  clear,
  isBatchInnermost,
  type LoweringContext,
  orderOf,
  pointed,
  positionIn,
  type View,
  vectorLoop,
  whenInside,
  withIndex,
} from "./context/index.ts";

/**
 * Visits every entry of an index with the position that stands there. Where it is the same for all samples, as fixed
 * positions are, and these lie innermost, a vector of them at once.
 */
function forEachPointer(
  b: KernelBuilder,
  { index, axis, views }: { readonly index: View; readonly axis: number; readonly views: readonly View[] },
  visit: (place: readonly Index[], position: Value, lanes: number) => void,
): void {
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

export function lowerGather(context: LoweringContext, node: OpNode): void {
  const [x, index] = node.inputs.map((input) => context.view(input));
  const y = context.output(node.outputs[0], orderOf(x));
  const axis = node.attributes.axis as number;
  context.emit("gather", [x.buffer, index.buffer], [y.buffer], (b) => {
    forEachPointer(b, { index, axis, views: [y, x] }, (place, position, lanes) => {
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
    forEachPointer(b, { index, axis, views: [x, y] }, (place, position, lanes) => {
      const to = pointed(y, withIndex(place, axis, at(0)), axis, position);
      whenInside(b, position, length, () => {
        const sum = apply("add", b.load(y.buffer, to, lanes), b.load(x.buffer, positionIn(x, place), lanes));
        b.store(y.buffer, to, sum);
      });
    });
  });
}
