/**
 * Shared by reductions along axes: the record, from the combination of two elements, and the user's function. The
 * interpreter combines in double precision and rounds once; compiled engines are within 1e-6 of Σ |x|, however many terms
 * there are.
 */
import { formatShape, normalizeAxes, ShapeError } from "../array/index.ts";
import {
  defineOp,
  expectTensors,
  type GradientRule,
  located,
  naming,
  type OpFunction,
  reducing,
  type Tensor,
} from "../graph/index.ts";
import { flag, integers, readOptions, withDefault } from "../options/index.ts";
import type { ReduceOptions } from "./broadcast.ts";
import { forEachIndex, keptShape, outputStrides } from "./indexing.ts";
import { reshape } from "./reshape.ts";
import { expectNumber } from "./rules.ts";

const reductionAttributes = { axes: integers(0) };

/** An op that reduces along its attribute `axes`. */
export type ReductionOp = OpFunction<typeof reductionAttributes>;

interface Reduction {
  /** The result for no elements; if not finite, there is none. */
  readonly start: number;
  readonly combine: (sum: number, x: number) => number;
  /** Whether the result is one of the elements. */
  readonly picks: boolean;
  readonly gradient: GradientRule<typeof reductionAttributes>;
}

export function defineReduction(name: string, { start, combine, picks, gradient }: Reduction): ReductionOp {
  return defineOp({
    name,
    inputs: ["x"],
    attributes: reductionAttributes,
    shape: ({ axes }, x) => {
      expectNumber(x);
      normalizeAxes(axes, x.shape.length);
      if (!Number.isFinite(start) && axes.some((axis) => x.shape[axis] === 0)) {
        throw new ShapeError(
          `the ${name} of nothing is not defined: axes [${axes}] of ${formatShape(x.shape)} are empty`,
        );
      }
      return { shape: x.shape.filter((_, i) => !axes.includes(i)), dtype: x.dtype };
    },
    sees: reducing(({ axes }) => axes),
    picks,
    gradient,
    reference: ({ axes }, [x], [y]) => {
      const sums = new Float64Array(y.size).fill(start);
      forEachIndex(x.shape, [outputStrides(x.shape, axes)], (at, to) => {
        sums[to] = combine(sums[to], x.data[at]);
      });
      y.data.set(sums);
    },
    samples: [
      { inputs: [{ shape: [2, 3, 5] }], attributes: { axes: [0, 2] } },
      { inputs: [{ shape: [7] }], attributes: { axes: [0] } },
      { inputs: [{ shape: [4, 3] }], attributes: { axes: [] } },
      { inputs: [{ shape: [0, 3] }], attributes: { axes: [1] } },
      { inputs: [{ shape: [3, 4], dtype: "i32", low: -9, high: 9 }], attributes: { axes: [1] } },
    ],
  });
}

/** One axis or several; negative ones count from the end. */
export type Axes = number | readonly number[];

/** The options with their defaults. @throws OptionError that begins with the function's name */
export const readReduceOptions = (name: string, given: ReduceOptions) =>
  readOptions(located(name), { keep: withDefault(flag(), false) }, given);

/** The function that users call: over the given axes, or over all. */
export const reduction =
  (op: ReductionOp) =>
  (x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor => {
    const { keep } = readReduceOptions(op.op.name, options);
    expectTensors(op.op.name, x);
    const normal = naming(op.op.name, () => normalizeAxes(axes, x.shape.length));
    const y = normal.length === 0 ? x : op([x], { axes: normal });
    return keep ? reshape(y, keptShape(x.shape, normal)) : y;
  };
