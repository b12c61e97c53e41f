/** Average pooling and its gradient. */
import type { OpNode } from "../../../../graph/index.ts";
import type { Axis } from "../../../../ops/index.ts";
import { apply, constant, float, type Index, indexValue, integer, splat, type Value } from "../../loops/index.ts";
import { clear, type LoweringContext, orderOf } from "../context/index.ts";
import { forEachInside, forEachOutput, inPlane, type PoolAttributes, poolAxes } from "./windows.ts";

/** The number of positions that a window's mean is taken over, from a table along each axis. */
function windowCounts(axes: readonly Axis[], includePadding: boolean) {
  const along = axes.map(({ input, output, kernel, stride, before, after }) =>
    Array.from({ length: output }, (_, o) => {
      const start = o * stride - before;
      const [low, high] = includePadding ? [-before, input + after] : [0, input];
      return Math.min(start + kernel, high) - Math.max(start, low);
    }),
  );
  const usual = along.map((counts) => counts[Math.floor(counts.length / 2)]);
  /** The count as a value: the usual one, with selections for the windows at the edges that differ. */
  return (outputs: readonly Index[]): Value =>
    along
      .map((counts, i) => {
        const position = indexValue(outputs[i]);
        const exceptions = counts.flatMap((count, o) => (count === usual[i] ? [] : [{ count, o }]));
        return exceptions.reduce(
          (value, { count, o }) => apply("select", apply("eq", position, integer(o)), float(count), value),
          float(usual[i]),
        );
      })
      .reduce((product, count) => apply("mul", product, count));
}

export function lowerAvgPool(context: LoweringContext, node: OpNode): void {
  const x = context.view(node.inputs[0]);
  const y = context.output(node.outputs[0], orderOf(x));
  const attributes = node.attributes as unknown as PoolAttributes;
  const axes = poolAxes(x.shape.slice(2), attributes);
  const count = windowCounts(axes, attributes.includePadding ?? true);
  context.emit("avgPool", [x.buffer], [y.buffer], (b) => {
    forEachOutput(b, context.tuning, x.shape, axes, [x, y], (place, lanes) => {
      const { plane, outputs } = place;
      const sum = b.local(constant(0, { lane: "f32", lanes }));
      forEachInside(b, context.tuning, axes, place, (inputs) => {
        b.set(sum, apply("add", sum, b.load(x.buffer, inPlane(x, plane, inputs), lanes)));
      });
      b.store(y.buffer, inPlane(y, plane, outputs), apply("div", sum, splat(count(outputs), lanes)));
    });
  });
}

export function lowerAvgPoolGradient(context: LoweringContext, node: OpNode): void {
  const dy = context.view(node.inputs[0]);
  const dx = context.output(node.outputs[0], orderOf(dy));
  const attributes = node.attributes as unknown as PoolAttributes;
  const axes = poolAxes(dx.shape.slice(2), attributes);
  const count = windowCounts(axes, attributes.includePadding ?? true);
  context.emit("clear", [], [dx.buffer], (b) => clear(b, dx.buffer, 0));
  context.emit("avgPoolGradient", [dy.buffer], [dx.buffer], (b) => {
    forEachOutput(
      b,
      context.tuning,
      dx.shape,
      axes,
      [dy, dx],
      (place, lanes) => {
        const { plane, outputs } = place;
        const from = inPlane(dy, plane, outputs);
        const part = b.local(apply("div", b.load(dy.buffer, from, lanes), splat(count(outputs), lanes)));
        forEachInside(b, context.tuning, axes, place, (inputs) => {
          const to = inPlane(dx, plane, inputs);
          b.store(dx.buffer, to, apply("add", b.load(dx.buffer, to, lanes), part));
        });
      },
      { overlapping: true },
    );
  });
}
