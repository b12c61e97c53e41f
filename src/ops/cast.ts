/**
 * Conversion between element types: to floats by rounding, to integers by truncation with saturation (NaN becomes 0),
 * to `bool` by "is not zero". Between floats the derivative passes; through integers there is none.
 */
import { converters, type DType, isFloat } from "../array/index.ts";
import { defineOp, pointwise, type Tensor } from "../graph/index.ts";
import { word } from "../options/index.ts";
import { dtypeNames } from "./rules.ts";

const castOp = defineOp({
  name: "cast",
  inputs: ["x"],
  attributes: { dtype: word(...dtypeNames) },
  shape: ({ dtype }, x) => ({ shape: x.shape, dtype }),
  sees: pointwise,
  elementwise: true,
  gradient: ({ inputs: [x] }, [dy]) => [isFloat(x.dtype) ? cast(dy, x.dtype) : undefined],
  reference: (_, [x], [y]) => {
    const convert = converters[y.dtype];
    for (let i = 0; i < y.size; i++) y.data[i] = convert(x.data[i]);
  },
  samples: [
    { inputs: [{ shape: [3, 4], dtype: "i32", low: -300, high: 300 }], attributes: { dtype: "f32" } },
    { inputs: [{ shape: [3, 4], low: -300, high: 300 }], attributes: { dtype: "i32" } },
    { inputs: [{ shape: [3, 4], low: -300, high: 300 }], attributes: { dtype: "u8" } },
    { inputs: [{ shape: [5], values: [0, -0, NaN, 0.5, -1] }], attributes: { dtype: "bool" } },
    { inputs: [{ shape: [4], values: [NaN, Infinity, -Infinity, 3e9] }], attributes: { dtype: "i32" } },
    { inputs: [{ shape: [0], dtype: "u8" }], attributes: { dtype: "f32" } },
  ],
});

export { castOp };

/** `x` in another element type: floats are rounded, integers truncated and saturated, `bool` is "not zero". */
export const cast = (x: Tensor, dtype: DType): Tensor => (x?.dtype === dtype ? x : castOp([x], { dtype }));
