/**
 * Softmax and its logarithm: three passes along the axis, for the maximum m, the exponentials e^{x − m} and their sum s, and
 * the results e^{x − m} / s or x − m − ln s. Vectors run across the axis where samples lie next to each other, else along it.
 */
import type { OpNode } from "../../../graph/index.ts";
import { apply, constant, type KernelBuilder, laneOf, splat } from "../loops/builder.ts";
import type { Index, Local, Operation, Value } from "../loops/ir.ts";
import * as math from "../loops/math.ts";
import { type LoweringContext, nest, positionIn } from "./context.ts";
import { range } from "./lists.ts";
import { vectorLoop } from "./map.ts";
import { orderOf, type View } from "./views.ts";

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
      const at = (view: View, k: Index): Index =>
        positionIn(
          view,
          x.shape.map((_, i) => (i === axis ? k : places[others.indexOf(i)])),
        );
      const row: Row = {
        length: x.shape[axis],
        lanes,
        isAlong: canHoldVectors(axis),
        load: (k, width) => b.load(x.buffer, at(x, k), width),
        store: (k, value) => b.store(y.buffer, at(y, k), value),
        stored: (k, width) => b.load(y.buffer, at(y, k), width),
      };
      normalize(b, row, node.op.name === "logSoftmax");
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
  /** Whether vectors are formed of neighbours in a row. */
  readonly isAlong: boolean;
  readonly load: (k: Index, width: number) => Value;
  readonly store: (k: Index, value: Value) => void;
  readonly stored: (k: Index, width: number) => Value;
}

function normalize(b: KernelBuilder, row: Row, isLog: boolean): void {
  const spread = (value: Value, width: number): Value => (value.type.lanes === width ? value : splat(value, width));
  const top = reduce(b, row, "max", -Infinity, row.load);
  const shifted = (k: Index, width: number): Value => b.local(apply("sub", row.load(k, width), spread(top, width)));
  const total = reduce(b, row, "add", 0, (k, width) => {
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

function forEach(b: KernelBuilder, { length, lanes, isAlong }: Row, body: (k: Index, width: number) => void): void {
  if (isAlong) vectorLoop(b, length, true, body);
  else b.loop(length, (k) => body(k, lanes));
}

/** Combines what belongs to the elements of a row. */
function reduce(
  b: KernelBuilder,
  row: Row,
  operation: Operation,
  start: number,
  term: (k: Index, width: number) => Value,
): Local {
  const begin = (lanes: number): Local => b.local(constant(start, { lane: "f32", lanes }));
  const add = (to: Local, value: Value): void => b.set(to, apply(operation, to, value));
  const total = begin(row.lanes);
  const wide = row.isAlong ? begin(b.lanes) : total;
  forEach(b, row, (k, width) => add(width === wide.type.lanes ? wide : total, term(k, width)));
  if (wide !== total) for (const lane of range(b.lanes)) add(total, laneOf(wide, lane));
  return total;
}
