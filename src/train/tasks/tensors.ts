/** Tensor helpers of tasks: bytes to floats, counts, masks of sequences. */
import { array, NdArray } from "../../array/index.ts";
import { constant, type Tensor } from "../../graph/index.ts";
import { broadcastTo, cast, less, mul, reshape, sum } from "../../ops/index.ts";

/** Bytes as value / 255, other numbers as `f32`. */
export const toFloats = (x: Tensor): Tensor => (x.dtype === "u8" ? mul(cast(x, "f32"), 1 / 255) : cast(x, "f32"));

/** The number of true elements, a scalar. */
export const countTrue = (condition: Tensor): Tensor => sum(cast(condition, "f32"));

/** The sum of the elements where a condition holds. */
export const sumWhere = (condition: Tensor, x: Tensor): Tensor => sum(mul(x, cast(condition, x.dtype)));

/** Whether step t of sequence i lies before its end, `bool` [n, steps]; all true without lengths. */
export function insideLengths(lengths: Tensor | undefined, n: number, steps: number): Tensor {
  const places = constant(
    new NdArray(
      Int32Array.from({ length: steps }, (_, t) => t),
      [1, steps],
      "i32",
    ),
  );
  const ends = lengths === undefined ? constant(array([[steps]], "i32")) : reshape(lengths, [n, 1]);
  return less(broadcastTo(places, [n, steps]), broadcastTo(ends, [n, steps]));
}
