/** The input itself as the target: autoencoders, and with noise in the augmentation denoising ones. */
import { arrayToPicture, pictureGrid, resize, toBytes, withoutAlpha } from "../../image/index.ts";
import * as nn from "../../nn/index.ts";
import { sigmoid, square, sub, sum } from "../../ops/index.ts";
import { optional, text, withDefault, word } from "../../options/index.ts";
import { differenceLosses } from "./regression.ts";
import { defineTask, type TaskFactory } from "./task.ts";
import { toFloats } from "./tensors.ts";

/** Options of `reconstruction`. */
export interface ReconstructionOptions {
  /** The column to reconstruct. Default: the only picture, else the only column. */
  readonly target?: string | undefined;
  /** The output of as many numbers. Default: the network's only one, else `values`. */
  readonly output?: string | undefined;
  /**
   * `meanSquaredError` (default) and the other losses of differences take outputs as values; `binaryCrossEntropy` takes them
   * as scores, the logits of values 0 … 1.
   */
  readonly loss?: keyof typeof reconstructionLosses | undefined;
}

const reconstructionLosses = { ...differenceLosses, binaryCrossEntropy: nn.binaryCrossEntropy };
const lossNames = Object.keys(reconstructionLosses) as (keyof typeof reconstructionLosses)[];

/** Reconstructs the input. Byte pictures become floats 0 … 1. Figure: `mse`, the mean squared error of an element. */
export const reconstruction: TaskFactory<ReconstructionOptions> = defineTask({
  type: "reconstruction",
  options: {
    target: optional(text()),
    output: optional(text()),
    loss: withDefault(word(...lossNames), "meanSquaredError" as const),
  },
  targets: ({ target }) => ({ target: { kinds: ["picture", "numbers", "waveform"], column: target, fixed: true } }),
  outputs: ({ shapes: { target }, options: { output } }) => ({
    values: {
      shape: ["n", ...(target ?? ["…"])],
      reshaped: true,
      holds: "the input again",
      names: output ? [output] : undefined,
    },
  }),
  loss: ({ values }, { target }, { options: { loss } }) => reconstructionLosses[loss](values, toFloats(target)),
  tally: ({ values }, { target }, { options: { loss } }) => {
    const given = loss === "binaryCrossEntropy" ? sigmoid(values) : values;
    return { squares: sum(square(sub(given, toFloats(target)))) };
  },
  figures: ({ sums: { squares }, count }, { shapes: { target } }) => ({
    mse: squares.item() / (count * target.reduce((a, b) => a * b, 1)),
  }),
  best: "mse",
  lowerIsBetter: ["mse"],
  predict: ({ values }, { options: { loss } }) => ({
    values: loss === "binaryCrossEntropy" ? sigmoid(values) : values,
  }),
  answer: ({ values }) => ({
    text: `${values.shape.join("×")} values`,
    json: values.toNested(),
  }),
  draw: ({ values }, picture) => {
    const input = toBytes(withoutAlpha(picture));
    if (values.shape.length !== 3) return input;
    const output = resize(toBytes(arrayToPicture(values)), input.width, input.height);
    return pictureGrid([
      { picture: input, caption: "input" },
      { picture: output, caption: "reconstruction" },
    ]);
  },
});
