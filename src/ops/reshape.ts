/** Reshaping: the same elements in row-major order. */
import { describeGiven, formatShape, OptionError, type Shape, ShapeError, sameShape, sizeOf } from "../array/index.ts";
import { defineOp, expectTensors, located, same, type Tensor } from "../graph/index.ts";
import { integers } from "../options/index.ts";

const reshapeOp = defineOp({
  name: "reshape",
  inputs: ["x"],
  attributes: { shape: integers(0) },
  shape: ({ shape }, x) => {
    if (sizeOf(shape) !== sizeOf(x.shape)) {
      throw new ShapeError(
        `${sizeOf(x.shape)} elements do not fill ${formatShape(shape)}, which takes ${sizeOf(shape)}`,
      );
    }
    return { shape, dtype: x.dtype };
  },
  sees: (_, [x], [y]) => [sharedAxes(x.shape, y.shape).map((axis) => (axis === undefined ? "one" : same(axis)))],
  picks: true,
  gradient: ({ inputs: [x] }, [dy]) => [reshape(dy, x.shape)],
  reference: (_, [x], [y]) => y.data.set(x.data),
  samples: [
    { inputs: [{ shape: [2, 6] }], attributes: { shape: [3, 1, 4] } },
    { inputs: [{ shape: [1] }], attributes: { shape: [] } },
    { inputs: [{ shape: [0, 4] }], attributes: { shape: [2, 0] } },
  ],
});

export { reshapeOp };

/**
 * For each axis of one shape, the axis of another shape of the same size that has the same positions: equal in length and in
 * the number of elements per step.
 */
function sharedAxes(from: Shape, to: Shape): (number | undefined)[] {
  const places = to.map((n, axis) => `${n} before ${sizeOf(to.slice(axis + 1))}`);
  return from.map((n, axis) => {
    const found = places.indexOf(`${n} before ${sizeOf(from.slice(axis + 1))}`);
    return found < 0 ? undefined : found;
  });
}

/** `x` under another shape of the same size; one length may be −1, which is inferred. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  expectTensors("reshape", x);
  if (!Array.isArray(shape))
    throw new OptionError(`${located("reshape")}: the shape must be a list of lengths, got ${describeGiven(shape)}`);
  const known = shape.reduce((product, n) => (n === -1 ? product : product * n), 1);
  const open = shape.filter((n) => n === -1).length;
  if (open > 1) throw new ShapeError(`${located("reshape")}: ${formatShape(shape)} leaves more than one length open`);
  const full = shape.map((n) => (n === -1 ? (known === 0 ? 0 : Math.floor(sizeOf(x.shape) / known)) : n));
  return sameShape(full, x.shape) ? x : reshapeOp([x], { shape: full });
}

/** Flattens all axes from `from`: [n, c, h, w] becomes [n, c·h·w] with the default 1. */
export function flatten(x: Tensor, from = 1): Tensor {
  expectTensors("flatten", x);
  return reshape(x, [...x.shape.slice(0, from), sizeOf(x.shape.slice(from))]);
}
