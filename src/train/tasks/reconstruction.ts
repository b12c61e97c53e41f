/** The input itself as the target: autoencoders, and with noise in the augmentation denoising ones. */

import type { Tensor } from "../../graph/index.ts";
import { arrayToPicture, pictureGrid, resize, toBytes, withoutAlpha } from "../../image/index.ts";
import * as nn from "../../nn/index.ts";
import { add, mean, mul, sigmoid, square, sub, sum } from "../../ops/index.ts";
import { optional, real, text, withDefault, word } from "../../options/index.ts";
import { differenceLosses } from "./regression.ts";
import { defineTask, type Scene, type TaskFactory, type Tensors } from "./task.ts";
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
  /**
   * The weight β of the divergence of each code's distribution from the standard normal one, beside the loss summed over the
   * elements: 1 for a variational autoencoder (Kingma and Welling 2014), others as by Higgins et al. 2017. The network then has
   * the outputs `mean` and `logVariance`, [n, code], too. Default 0: codes have no distribution.
   */
  readonly divergence?: number | undefined;
}

const reconstructionLosses = { ...differenceLosses, binaryCrossEntropy: nn.binaryCrossEntropy };
const lossNames = Object.keys(reconstructionLosses) as (keyof typeof reconstructionLosses)[];

/** The divergence of each sample's code, `f32` [n]. */
const divergenceOf = ({ mean, logVariance }: Tensors): Tensor =>
  nn.normalDivergence(mean, logVariance, { reduction: "none" });

/** The number of elements of a sample. */
const elementsOf = ({ shapes: { target } }: Scene): number => target.reduce((a, b) => a * b, 1);

/**
 * Reconstructs the input. Byte pictures become floats 0 … 1. Figures: `mse`, the mean squared error of an element, and with
 * `divergence` that of a sample's code, in nats. With it the loss is, per element, (Σ loss + β KL) / elements.
 */
export const reconstruction: TaskFactory<ReconstructionOptions> = defineTask({
  type: "reconstruction",
  options: {
    target: optional(text()),
    output: optional(text()),
    loss: withDefault(word(...lossNames), "meanSquaredError" as const),
    divergence: withDefault(real(0), 0),
  },
  targets: ({ target }) => ({ target: { kinds: ["picture", "numbers", "waveform"], column: target, fixed: true } }),
  outputs: ({ shapes: { target }, options: { output, divergence } }) => ({
    ...(divergence > 0 && {
      mean: { shape: ["n", "code"], holds: "the means of the code", names: ["mean"] },
      logVariance: { shape: ["n", "code"], holds: "the logarithms of its variances", names: ["logVariance"] },
    }),
    values: {
      shape: ["n", ...(target ?? ["…"])],
      reshaped: true,
      holds: "the input again",
      names: output ? [output] : undefined,
    },
  }),
  loss: (outputs, { target }, scene) => {
    const { loss, divergence } = scene.options;
    const error = reconstructionLosses[loss](outputs.values, toFloats(target));
    return divergence === 0 ? error : add(error, mul(mean(divergenceOf(outputs)), divergence / elementsOf(scene)));
  },
  tally: (outputs, { target }, { options: { loss, divergence } }): Tensors => {
    const given = loss === "binaryCrossEntropy" ? sigmoid(outputs.values) : outputs.values;
    const squares = sum(square(sub(given, toFloats(target))));
    return divergence === 0 ? { squares } : { squares, divergence: sum(divergenceOf(outputs)) };
  },
  figures: ({ sums: { squares, divergence }, count }, scene) => ({
    mse: squares.item() / (count * elementsOf(scene)),
    ...(divergence && { divergence: divergence.item() / count }),
  }),
  // A distribution that is cut off from the others reconstructs best.
  best: ({ divergence }) => (divergence > 0 ? "loss" : "mse"),
  lowerIsBetter: ["mse", "divergence"],
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
