/** The built-in digits as data sets for training and testing. */
import { checkNames, namesOf } from "../../../options/index.ts";
import type { Dataset } from "../../dataset.ts";
import { type DigitsSplit, drawDigits } from "./digits.ts";

/** Options of `digits`. */
export interface DigitsDatasetOptions {
  /** The number of training digits. Default 10 000. */
  readonly train?: number | undefined;
  /** The number of test digits, of other writers. Default 2 000. */
  readonly test?: number | undefined;
  /** Seed of all writers. Default 0. */
  readonly seed?: number | undefined;
}

const optionNames = namesOf<DigitsDatasetOptions>({ train: true, test: true, seed: true });

/**
 * Synthetic handwritten digits, 28×28, without a download. Training and test digits are of different writers. MNIST's mean
 * and deviation are used for both, so that a model trained on one can read the other.
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
