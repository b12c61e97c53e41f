/** Concatenation of tensors along an axis. */
import { describeGiven, normalizeAxis, ShapeError } from "../array/index.ts";
import { defineOp, expectTensors, formatType, located, same, type Tensor } from "../graph/index.ts";
import { integer } from "../options/index.ts";
import { blocksAlong } from "./indexing.ts";
import { slice } from "./pad.ts";
import { axisOf, expectSameType } from "./rules.ts";

const concatOp = defineOp({
  name: "concat",
  inputs: ["...parts"],
  attributes: { axis: integer(0) },
  shape: ({ axis }, ...parts) => {
    const [first] = parts;
    normalizeAxis(axis, first.shape.length);
    expectSameType(...parts);
    for (const part of parts) {
      if (part.shape.length !== first.shape.length || part.shape.some((n, i) => i !== axis && n !== first.shape[i])) {
        throw new ShapeError(`parts may differ along axis ${axis} only: ${formatType(first)} and ${formatType(part)}`);
      }
    }
    const length = parts.reduce((total, { shape }) => total + shape[axis], 0);
    return { shape: first.shape.map((n, i) => (i === axis ? length : n)), dtype: first.dtype };
  },
  sees: ({ axis }, parts) =>
    parts.map(({ shape }, k) => {
      const start = parts.slice(0, k).reduce((sum, part) => sum + part.shape[axis], 0);
      return shape.map((_, i) => same(i, i === axis ? -start : 0));
    }),
  picks: true,
  gradient: ({ attributes: { axis }, inputs }, [dy]) => {
    let stop = 0;
    return inputs.map(({ shape }) => {
      stop += shape[axis];
      return slice(dy, axis, stop - shape[axis], stop);
    });
  },
  reference: ({ axis }, parts, [y]) => {
    const { outer, length, inner } = blocksAlong(y.shape, axis);
    let start = 0;
    for (const part of parts) {
      const rows = part.shape[axis] * inner;
      for (let o = 0; o < outer; o++)
        y.data.set(part.data.subarray(o * rows, (o + 1) * rows), o * length * inner + start);
      start += rows;
    }
  },
  samples: [
    { inputs: [{ shape: [2, 3, 2] }, { shape: [2, 1, 2] }, { shape: [2, 4, 2] }], attributes: { axis: 1 } },
    { inputs: [{ shape: [3] }], attributes: { axis: 0 } },
    { inputs: [{ shape: [2, 0] }, { shape: [2, 3] }], attributes: { axis: 1 } },
  ],
});

export { concatOp };

/** Concatenates `parts`; their shapes may differ along `axis` only. */
export function concat(parts: readonly Tensor[], axis = 0): Tensor {
  if (!Array.isArray(parts))
    throw new ShapeError(`${located("concat")}: takes a list of tensors, got ${describeGiven(parts)}`);
  expectTensors("concat", ...parts);
  if (parts.length === 0) throw new ShapeError(`${located("concat")}: needs at least one part`);
  return concatOp(parts, { axis: axisOf("concat", parts[0], axis) });
}
