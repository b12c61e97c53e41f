/** Tensor helpers of tasks: bytes to floats, counts, masks of sequences. */
import { array, NdArray } from "../../array/index.ts";
import { constant, type Tensor } from "../../graph/index.ts";
import { broadcastTo, cast, greater, less, mul, reshape, select, sum } from "../../ops/index.ts";

/** Bytes as value / 255, other numbers as `f32`. */
export const toFloats = (x: Tensor): Tensor => (x.dtype === "u8" ? mul(cast(x, "f32"), 1 / 255) : cast(x, "f32"));

/** The number of true elements, a scalar. */
export const countTrue = (condition: Tensor): Tensor => sum(cast(condition, "f32"));

/** The sum of the elements where a condition holds. */
export const sumWhere = (condition: Tensor, x: Tensor): Tensor => sum(mul(x, cast(condition, x.dtype)));

/** A mean loss; 0 where nothing counts, such as for a batch without a box, since the mean of nothing is NaN. */
export const orZero = (counted: Tensor, loss: Tensor): Tensor => select(greater(countTrue(counted), 0), loss, 0);

/** Whether place t of sequence i lies before its end, `bool` [n, steps]; everywhere without lengths. */
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
