/**
 * Functions of tensors as methods: `x.add(y).mul(2).mean()` is `mean(mul(add(x, y), 2))`. Only ops that every compiled
 * program needs anyway are here, so that methods bring no code into a bundle.
 */
import { SymbolicTensor, type Tensor } from "../graph/index.ts";
import { broadcastTo, sum } from "./broadcast.ts";
import { cast } from "./cast.ts";
import * as elementwise from "./elementwise.ts";
import { matmul } from "./matmul.ts";
import { slice } from "./pad.ts";
import { argMax, max, mean, min } from "./reduce.ts";
import { flatten, reshape } from "./reshape.ts";
import { logSoftmax, softmax } from "./softmax.ts";
import { transpose } from "./transpose.ts";

const { abs, ceil, cos, erf, exp, expm1, floor, log, log1p, neg, not, relu, round, sigmoid, sign, sin } = elementwise;
const { sqrt, square, tanh, add, and, div, equal, finite, greater, greaterEqual, less, lessEqual } = elementwise;
const { maximum, minimum, mul, notEqual, or, pow, sub } = elementwise;

/** The functions that are methods too; their first argument is the tensor. */
const functions = {
  ...{ abs, ceil, cos, erf, exp, expm1, finite, floor, log, log1p, neg, not, relu, round, sigmoid, sign, sin, sqrt },
  ...{ square, tanh },
  ...{ add, and, div, equal, greater, greaterEqual, less, lessEqual, maximum, minimum, mul, notEqual, or, pow, sub },
  ...{ argMax, max, mean, min, sum, softmax, logSoftmax },
  ...{ broadcastTo, cast, flatten, matmul, reshape, slice, transpose },
};

type Functions = typeof functions;

/** Methods of tensors inside a trace: each is the function of its name, with the tensor as first argument. */
export type TensorMethods = {
  readonly [Name in keyof Functions]: Functions[Name] extends (x: Tensor, ...rest: infer Rest) => infer Result
    ? (...rest: Rest) => Result
    : never;
};

declare module "../graph/tensor.ts" {
  interface Tensor extends TensorMethods {}
}

let isDone = false;

/**
 * Adds the methods to the prototype of tensors, once. Called explicitly, since bundlers may drop side effects of imports.
 */
export function giveMethods(): void {
  if (isDone) return;
  isDone = true;
  for (const [name, apply] of Object.entries<(x: Tensor, ...rest: never[]) => unknown>(functions))
    Object.defineProperty(SymbolicTensor.prototype, name, {
      value: function (this: Tensor, ...rest: never[]) {
        return apply(this, ...rest);
      },
    });
}
