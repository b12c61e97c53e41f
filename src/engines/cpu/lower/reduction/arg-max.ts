/** Positions of maxima. */
import type { OpNode } from "../../../../graph/index.ts";
import {
  apply,
  at,
  type Index,
  indexValue,
  integer,
  type KernelBuilder,
  type Local,
  laneOf,
  plus,
  splat,
  times,
  type Value,
} from "../../loops/index.ts";
import { aroundAxis, type LoweringContext, orderOf, positionIn, type View, withIndex } from "../context/index.ts";

/** The greatest element so far, or in each lane the greatest of its own, with its place; the first of equal ones, or the first NaN. */
interface Greatest {
  readonly value: Local;
  readonly place: Local;
}

const isNaNValue = (value: Value): Value => apply("ne", value, value);

/** Goes on with an element that lies behind all that were seen. */
function goOn(b: KernelBuilder, best: Greatest, value: Local, place: Value): void {
  const stays = apply("or", apply("le", value, best.value), isNaNValue(best.value));
  b.set(best.place, apply("select", stays, best.place, place));
  b.set(best.value, apply("select", stays, best.value, value));
}

/** Goes on with the greatest of other elements, which may lie before it. */
function join(b: KernelBuilder, best: Greatest, value: Local, place: Local): void {
  const isAlike = apply("or", apply("eq", value, best.value), apply("and", isNaNValue(value), isNaNValue(best.value)));
  const isEarlier = apply("and", isAlike, apply("lt", place, best.place));
  const isGreater = apply(
    "and",
    apply("or", apply("gt", value, best.value), isNaNValue(value)),
    apply("eq", best.value, best.value),
  );
  const taken = apply("or", isGreater, isEarlier);
  b.set(best.place, apply("select", taken, place, best.place));
  b.set(best.value, apply("select", taken, value, best.value));
}

/** The greatest of whole vectors of neighbors, a lane each, then of the lanes. */
function greatestInVectors(b: KernelBuilder, load: (k: Index, lanes: number) => Value, vectors: number): Greatest {
  const { lanes } = b;
  const each = { value: b.local(load(at(0), lanes)), place: b.local(splat(integer(0), lanes)) };
  b.loop(vectors - 1, (i) =>
    goOn(b, each, b.local(load(times(plus(i, 1), lanes), lanes)), splat(indexValue(plus(i, 1)), lanes)),
  );
  const elementOf = (lane: number): Greatest => ({
    value: b.local(laneOf(each.value, lane)),
    place: b.local(apply("add", apply("mul", laneOf(each.place, lane), integer(lanes)), integer(lane))),
  });
  const best = elementOf(0);
  for (let lane = 1; lane < lanes; lane++) {
    const { value, place } = elementOf(lane);
    join(b, best, value, place);
  }
  return best;
}

/** Rows of neighbors with fewer vectors are faster one by one. */
const LEAST_VECTORS = 4;

/** The greatest element along an axis: in vectors as far as neighbors fill some, and one by one from there. */
function greatestAlong(b: KernelBuilder, x: View, indices: readonly Index[], axis: number): Greatest {
  const load = (k: Index, lanes: number): Value => b.load(x.buffer, positionIn(x, withIndex(indices, axis, k)), lanes);
  const length = x.shape[axis];
  const vectors = x.strides[axis] === 1 ? Math.floor(length / b.lanes) : 0;
  const isLong = b.lanes > 1 && vectors >= LEAST_VECTORS;
  const best = isLong
    ? greatestInVectors(b, load, vectors)
    : { value: b.local(load(at(0), 1)), place: b.local(integer(0)) };
  const done = isLong ? vectors * b.lanes : 1;
  b.loop(length - done, (k) => goOn(b, best, b.local(load(plus(k, done), 1)), indexValue(plus(k, done))));
  return best;
}

export function lowerArgMax(context: LoweringContext, node: OpNode): void {
  const x = context.view(node.inputs[0]);
  const y = context.output(node.outputs[0]);
  const axis = node.attributes.axis as number;
  context.emit("argMax", [x.buffer], [y.buffer], (b) => {
    aroundAxis(b, x.shape, axis, orderOf(x), (indices) => {
      const others = indices.filter((_, i) => i !== axis);
      b.store(y.buffer, positionIn(y, others), greatestAlong(b, x, indices, axis).place);
    });
  });
}
