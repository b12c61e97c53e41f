/**
 * Softmax and its logarithm: three passes along the axis, for the maximum m, the exponentials e^{x − m} and their sum s, and
 * the results e^{x − m} / s or x − m − ln s. Vectors run across the axis where samples lie next to each other, else along it.
 */
import type { OpNode } from "../../../../graph/index.ts";
import { isUseOf } from "../../../../ops/index.ts";
import {
  apply,
  at,
  constant,
  type Index,
  type KernelBuilder,
  type Local,
  laneOf,
  math,
  plus,
  splat,
  times,
  type Value,
} from "../../loops/index.ts";
import { type LoweringContext, nest, orderOf, positionIn, range, type View, vectorLoop } from "../context/index.ts";
import { exactSum, PART } from "./exact-sum.ts";

export function lowerSoftmax(context: LoweringContext, node: OpNode): void {
  const x = context.view(node.inputs[0]);
  const y = context.output(node.outputs[0], orderOf(x));
  const axis = node.attributes.axis as number;
  const others = orderOf(x).filter((other) => other !== axis);
  const lengths = others.map((other) => x.shape[other]);
  const canHoldVectors = (i: number): boolean =>
    x.strides[i] === 1 && y.strides[i] === 1 && x.shape[i] >= context.lanes;
  context.emit(node.op.name, [x.buffer], [y.buffer], (b) => {
    const visit = (places: readonly Index[], lanes: number): void => {
      const place = (view: View, k: Index): Index =>
        positionIn(
          view,
          x.shape.map((_, i) => (i === axis ? k : places[others.indexOf(i)])),
        );
      const row: Row = {
        length: x.shape[axis],
        lanes,
        isAlong: canHoldVectors(axis),
        load: (k, width) => b.load(x.buffer, place(x, k), width),
        store: (k, value) => b.store(y.buffer, place(y, k), value),
        stored: (k, width) => b.load(y.buffer, place(y, k), width),
      };
      normalize(b, row, isUseOf(node, "logSoftmax"));
    };
    const last = others.at(-1);
    if (last === undefined || !canHoldVectors(last)) nest(b, lengths, (places) => visit(places, 1));
    else
      nest(b, lengths.slice(0, -1), (places) =>
        vectorLoop(b, x.shape[last], true, (i, lanes) => visit([...places, i], lanes), lengths.length === 1),
      );
  });
}

/** What lies along the axis: a row of elements, or one in each lane. */
interface Row {
  readonly length: number;
  /** How many rows side by side. */
  readonly lanes: number;
  /** Whether vectors are formed of neighbors in a row. */
  readonly isAlong: boolean;
  readonly load: (k: Index, width: number) => Value;
  readonly store: (k: Index, value: Value) => void;
  readonly stored: (k: Index, width: number) => Value;
}

function normalize(b: KernelBuilder, row: Row, isLog: boolean): void {
  const spread = (value: Value, width: number): Value => (value.type.lanes === width ? value : splat(value, width));
  const top = combineRow(b, row, "max", -Infinity, row.load);
  const shifted = (k: Index, width: number): Value => b.local(apply("sub", row.load(k, width), spread(top, width)));
  const total = combineRow(b, row, "add", 0, (k, width) => {
    const power = math.exp(b, shifted(k, width));
    if (!isLog) row.store(k, power);
    return power;
  });
  const divisor = isLog ? math.log(b, total) : total;
  forEach(b, row, (k, width) => {
    const own = spread(divisor, width);
    row.store(k, isLog ? apply("sub", shifted(k, width), own) : apply("div", row.stored(k, width), own));
  });
}

/** The elements number `start` to `start` + `count` of a row. */
function forSome(
  b: KernelBuilder,
  { lanes, isAlong }: Row,
  start: Index,
  count: number,
  body: (k: Index, width: number) => void,
): void {
  if (isAlong) vectorLoop(b, count, true, (k, width) => body(plus(start, k), width));
  else b.loop(count, (k) => body(plus(start, k), lanes));
}

const forEach = (b: KernelBuilder, row: Row, body: (k: Index, width: number) => void): void =>
  forSome(b, row, at(0), row.length, body);

/** Combines what belongs to the elements of a row. */
function combineRow(
  b: KernelBuilder,
  row: Row,
  operation: "add" | "max",
  start: number,
  term: (k: Index, width: number) => Value,
): Local {
  const begin = (lanes: number): Local => b.local(constant(start, { lane: "f32", lanes }));
  const combine = (to: Local, value: Value): void => b.set(to, apply(operation, to, value));
  const some = (first: Index, count: number, total: Local, wide: Local): void =>
    forSome(b, row, first, count, (k, width) => combine(width === wide.type.lanes ? wide : total, term(k, width)));
  const total = begin(row.lanes);
  const wide = row.isAlong ? begin(b.lanes) : total;
  const each = PART * (row.isAlong ? b.lanes : 1);
  if (operation === "max" || row.length <= each) some(at(0), row.length, total, wide);
  else {
    const sums = [...new Set([total, wide])].map((sum) => ({ sum, exact: exactSum(b, sum) }));
    const part = (first: Index, count: number): void => {
      const parts = new Map(sums.map(({ sum }) => [sum, begin(sum.type.lanes)]));
      some(first, count, parts.get(total)!, parts.get(wide)!);
      for (const { sum, exact } of sums) exact.add(parts.get(sum)!);
    };
    const whole = Math.floor(row.length / each);
    b.loop(whole, (i) => part(times(i, each), each));
    if (whole * each < row.length) part(at(whole * each), row.length - whole * each);
    for (const { exact } of sums) exact.finish();
  }
  if (wide !== total) for (const lane of range(b.lanes)) combine(total, laneOf(wide, lane));
  return total;
}
