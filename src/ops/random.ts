/**
 * Uniform random numbers inside a graph, a pure function of (seed, stream, position, index): Threefry-2×32 as in
 * `array/random.ts`. A step that draws numbers advances a position variable, so a run repeats and resumes exactly.
 */
import { type Shape, ShapeError, threefry, unitInterval } from "../array/index.ts";
import { defineOp, everything, none, type Tensor, type TensorType } from "../graph/index.ts";
import { integer, integers } from "../options/index.ts";
import { perStep } from "./loop/per-step.ts";
import { expectInteger } from "./rules.ts";

function expectScalar(type: TensorType, what: string): void {
  expectInteger(type, what);
  if (type.shape.length > 0) throw new ShapeError(`${what} must be a scalar`);
}

const uniformOp = defineOp({
  name: "uniform",
  inputs: ["seed", "position"],
  attributes: { stream: integer(), shape: integers(0) },
  shape: ({ shape }, seed, position) => {
    expectScalar(seed, "seed");
    expectScalar(position, "position");
    return { shape, dtype: "f32" };
  },
  sees: everything,
  gradient: none("random numbers do not depend continuously on their address"),
  reference: ({ stream }, [seed, position], [y]) => {
    const bits = new Int32Array(2);
    for (let i = 0; i < y.size; i++) {
      threefry(seed.data[0], stream, i, position.data[0], bits);
      y.data[i] = unitInterval(bits[0]);
    }
  },
  samples: [
    {
      inputs: [
        { shape: [], dtype: "i32", values: [7] },
        { shape: [], dtype: "i32", values: [3] },
      ],
      attributes: { stream: -5, shape: [2, 3, 5] },
    },
    {
      inputs: [
        { shape: [], dtype: "i32", values: [-1] },
        { shape: [], dtype: "i32", values: [0] },
      ],
      attributes: { stream: 0, shape: [0] },
    },
  ],
});

export { uniformOp };

/** The address of random numbers: a seed and a position, both `i32` scalars, and the number of a stream. */
export interface RandomAddress {
  /** `i32` scalar. */
  readonly seed: Tensor;
  /** `i32` scalar; another position gives other numbers. */
  readonly position: Tensor;
  /** An integer constant of the graph; draws of one step differ in it. */
  readonly stream: number;
}

/** Numbers in [0, 1), multiples of 2⁻²⁴. In a step of a loop they are others for each step, drawn before the loop. */
export const uniform = ({ seed, position, stream }: RandomAddress, shape: Shape): Tensor =>
  perStep(
    [seed, position],
    () => uniformOp([seed, position], { stream, shape }),
    (steps) => uniform({ seed, position, stream }, [steps, ...shape]),
  );
