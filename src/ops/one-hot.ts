/** Class numbers as indicator vectors: y[…, k] = 1 where k is the class, 0 elsewhere. Composed of other ops. */
import type { DType } from "../array/index.ts";
import { constant, expectTensors, naming, type Tensor } from "../graph/index.ts";
import { broadcastTo } from "./broadcast.ts";
import { cast } from "./cast.ts";
import { equal } from "./elementwise.ts";
import { reshape } from "./reshape.ts";
import { numbersBelow } from "./tables.ts";

/** `classes` (`i32`, any shape) to [...shape, depth]. Numbers outside 0 … depth − 1 give zeros only. */
export function oneHot(classes: Tensor, depth: number, dtype: DType = "f32"): Tensor {
  expectTensors("oneHot", classes);
  const shape = [...classes.shape, depth];
  const numbers = constant(naming("oneHot", () => numbersBelow(depth)));
  return cast(equal(broadcastTo(reshape(classes, [...classes.shape, 1]), shape), broadcastTo(numbers, shape)), dtype);
}
