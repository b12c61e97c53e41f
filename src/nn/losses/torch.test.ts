/** Values and gradients of losses against PyTorch's; `tests/fixtures/losses/make.py` made them. */
import { expect, it } from "vitest";
import cases from "../../../tests/fixtures/losses/losses.json" with { type: "json" };
import { interpreted } from "../../../tests/support/values.ts";
import { NdArray } from "../../array/index.ts";
import type { Tensor } from "../../graph/index.ts";
import { gradient } from "../../ops/index.ts";
import * as nn from "../index.ts";

interface Given {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly values: readonly number[];
}

interface Case {
  readonly value: number;
  readonly inputs: Readonly<Record<string, Given>>;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

/** Both compute in float64; torchvision adds 10⁻⁷ to the areas that it divides by. */
const TOLERANCE = 1e-7;
const IGNORED = 255;
const classWeights = [0.5, 2, 1.25];

const losses: Readonly<Record<keyof typeof cases, (x: Tensor, target: Tensor) => Tensor>> = {
  crossEntropy: (x, t) => nn.crossEntropy(x, t, { classWeights, ignoreIndex: IGNORED }),
  dice: (x, t) => nn.diceLoss(x, t, { ignoreIndex: IGNORED }),
  diceOverBatch: (x, t) => nn.diceLoss(x, t, { ignoreIndex: IGNORED, smooth: 0.5, overBatch: true, classWeights }),
  focal: (x, t) => nn.focal(x, t, { ignoreIndex: IGNORED, classWeights }),
  focalHalf: (x, t) => nn.focal(x, t, { ignoreIndex: IGNORED, gamma: 0.5 }),
  binaryFocal: nn.binaryFocal,
  binaryFocalOther: (x, t) => nn.binaryFocal(x, t, { alpha: 0.6, gamma: 1.5, reduction: "sum" }),
  heatMapFocal: nn.heatMapFocal,
  heatMapFocalWithoutCenters: nn.heatMapFocal,
  giouLoss: nn.giouLoss,
  iouLoss: nn.iouLoss,
  normalDivergence: nn.normalDivergence,
};

const arrayOf = ({ shape, dtype, values }: Given): NdArray =>
  dtype === "i32"
    ? new NdArray(Int32Array.from(values), shape, "i32")
    : new NdArray(Float64Array.from(values), shape, "f64");

const expectNear = (actual: number, expected: number, what: string): void =>
  expect(Math.abs(actual - expected), what).toBeLessThan(TOLERANCE * Math.max(1, Math.abs(expected)));

it.each(Object.entries(cases as Readonly<Record<string, Case>>))("%s", async (name, { value, inputs, gradients }) => {
  const names = Object.keys(inputs);
  const given = names.map((input) => arrayOf(inputs[input]));
  const loss = losses[name as keyof typeof losses];
  const learned = names.map((input, i) => (input in gradients ? i : -1)).filter((i) => i >= 0);
  const run = interpreted((...tensors) => {
    const made = loss(tensors[0], tensors[1]);
    return {
      made,
      slopes: gradient(
        made,
        learned.map((i) => tensors[i]),
      ),
    };
  }, given);
  const { made, slopes } = await run(...given);
  expectNear(made.item(), value, "value");
  expect(Object.keys(gradients).length).toBeGreaterThan(0);
  for (const [k, i] of learned.entries())
    gradients[names[i]].forEach((slope, at) => {
      expectNear(slopes[k].data[at], slope, `${names[i]}, element ${at}`);
    });
});
