/** Max pooling and its gradient. */
import { formatAttribute, type OpNode, type Tensor } from "../../../../graph/index.ts";
import type { Axis } from "../../../../ops/index.ts";
import { isUseOf } from "../../../../ops/index.ts";
import { apply, constant, indexValue, splat } from "../../loops/index.ts";
import { type LoweringContext, orderOf } from "../context/index.ts";
import { forEachInside, forEachOutput, inPlane, overhangs, type PoolAttributes, poolAxes } from "./windows.ts";

export function lowerMaxPool(context: LoweringContext, node: OpNode): void {
  const [values, positions] = node.outputs;
  if (!context.isNeeded(positions)) {
    lowerMaxima(context, node, values);
    return;
  }
  const x = context.view(node.inputs[0]);
  const [y, winners] = node.outputs.map((output) => context.output(output, orderOf(x)));
  const axes = poolAxes(x.shape.slice(2), node.attributes as unknown as PoolAttributes);
  context.emit("maxPool", [x.buffer], [y.buffer, winners.buffer], (b) => {
    forEachOutput(b, context.tuning, x.shape, axes, [x, y], (place, lanes) => {
      const { plane, outputs } = place;
      const best = b.local(constant(-Infinity, { lane: "f32", lanes }));
      const winner = b.local(constant(-1, { lane: "i32", lanes }));
      forEachInside(b, context.tuning, axes, place, (inputs, ordinal) => {
        const value = b.local(b.load(x.buffer, inPlane(x, plane, inputs), lanes));
        // As in the op's reference: the first wins ties, and NaN wins and stays.
        const keeps = apply("or", apply("le", value, best), apply("ne", best, best));
        const isFirst = apply("lt", winner, constant(0, winner.type));
        const wins = b.local(apply("or", isFirst, apply("not", keeps)));
        b.set(best, apply("select", wins, value, best));
        b.set(winner, apply("select", wins, splat(indexValue(ordinal), lanes), winner));
      });
      b.store(y.buffer, inPlane(y, plane, outputs), best);
      b.store(winners.buffer, inPlane(winners, plane, outputs), winner);
    });
  });
}

/** The maxima alone, where no op reads their positions. */
function lowerMaxima(context: LoweringContext, node: OpNode, values: Tensor): void {
  const x = context.view(node.inputs[0]);
  const y = context.output(values, orderOf(x));
  const axes = poolAxes(x.shape.slice(2), node.attributes as unknown as PoolAttributes);
  context.emit("maxPool", [x.buffer], [y.buffer], (b) => {
    forEachOutput(b, context.tuning, x.shape, axes, [x, y], (place, lanes) => {
      const best = b.local(constant(-Infinity, { lane: "f32", lanes }));
      forEachInside(b, context.tuning, axes, place, (inputs) => {
        const value = b.local(b.load(x.buffer, inPlane(x, place.plane, inputs), lanes));
        // The first wins ties; NaN wins, and nothing wins over it.
        const wins = apply("or", apply("gt", value, best), apply("ne", value, value));
        b.set(best, apply("select", wins, value, best));
      });
      b.store(y.buffer, inPlane(y, place.plane, place.outputs), best);
    });
  });
}

/** Whether windows lie side by side and cover the whole input. */
const tilesInput = (axes: readonly Axis[]): boolean =>
  axes.every(
    (axis) => axis.stride === axis.kernel && axis.dilation === 1 && axis.output * axis.kernel === axis.input,
  ) && !axes.some(overhangs);

const windowsOf = ({ outputs: [dx], attributes }: OpNode): Axis[] =>
  poolAxes(dx.shape.slice(2), attributes as unknown as PoolAttributes);

/** Whether positions are those that max pooling found in the same windows, which lie side by side and cover the map. */
export function hasSeparateWindows(node: OpNode): boolean {
  const [, { node: pool, index }] = node.inputs;
  if (!isUseOf(pool, "maxPool") || index !== 1 || !tilesInput(windowsOf(node))) return false;
  const windows = { ...pool.attributes, size: pool.inputs[0].shape.slice(2) };
  return Object.entries(windows).every(
    ([name, value]) => formatAttribute(value) === formatAttribute(node.attributes[name]),
  );
}

/** Every position takes its window's dy where it won, and else 0; vectors run as in the forward pass. */
export function lowerMaxPoolGradient(context: LoweringContext, node: OpNode): void {
  const [dy, winners] = node.inputs.map((input) => context.view(input));
  const dx = context.output(node.outputs[0], orderOf(dy));
  const axes = windowsOf(node);
  context.emit("maxPool gradient", [winners.buffer, dy.buffer], [dx.buffer], (b) => {
    forEachOutput(b, context.tuning, dx.shape, axes, [winners, dy, dx], (place, lanes) => {
      const { plane, outputs } = place;
      const winner = b.local(b.load(winners.buffer, inPlane(winners, plane, outputs), lanes));
      const slope = b.local(b.load(dy.buffer, inPlane(dy, plane, outputs), lanes));
      forEachInside(b, context.tuning, axes, place, (inputs, ordinal) => {
        const wins = apply("eq", winner, splat(indexValue(ordinal), lanes));
        const share = apply("select", wins, slope, constant(0, slope.type));
        b.store(dx.buffer, inPlane(dx, plane, inputs), share);
      });
    });
  });
}
