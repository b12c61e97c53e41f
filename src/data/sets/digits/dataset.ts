/** The built-in digits as data sets for training and testing. */
import { checkNames, namesOf } from "../../../options/index.ts";
import type { Dataset } from "../../dataset.ts";
import { type DigitsSplit, drawDigits } from "./digits.ts";

/** Options of `digits`. */
export interface DigitsDatasetOptions {
  /** How many digits to draw for training. Default 10 000. */
  readonly train?: number | undefined;
  /** How many to draw for testing, from other writers. Default 2 000. */
  readonly test?: number | undefined;
  /** Of all writers, default 0: another seed gives other digits. */
  readonly seed?: number | undefined;
}

const optionNames = namesOf<DigitsDatasetOptions>({ train: true, test: true, seed: true });

/**
 * Handwritten-looking digits, 28×28, drawn on the spot: no download. Training and test digits are of different writers.
 * MNIST's mean and deviation are used for both, so that a model trained on either reads the other.
 */
export function digits(options: DigitsDatasetOptions = {}): {
  train: Dataset;
  test: Dataset;
} {
  checkNames("digits", optionNames, options);
  const { train = 10_000, test = 2_000, seed = 0 } = options;
  const set = (split: DigitsSplit, count: number): Dataset => ({
    name: `digits/${split}${seed === 0 ? "" : ` (seed ${seed})`}`,
    ...drawDigits({ count, seed, split }),
    classes: Array.from({ length: 10 }, (_, digit) => String(digit)),
    normalization: { mean: [0.1307], std: [0.3081] },
  });
  return { train: set("train", train), test: set("test", test) };
}
