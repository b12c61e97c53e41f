/**
 * The built-in data set: synthetic handwritten digits, drawn from a seed, in MNIST's format.
 *
 * Ten consecutive samples are one writer's ten digits in a random order. Writers are numbered within a split, and the random
 * numbers of a sample are addressed by (seed, split, number), so any sample can be drawn alone.
 */
import { NdArray, OptionError, Random } from "../../../array/index.ts";
import { PICTURE_SIZE, renderInk } from "./render.ts";
import { drawStyle, penFor, type WritingStyle, writeDigit } from "./writer.ts";

const CLASSES = 10;
const SPLITS = ["train", "validation", "test"] as const;

/** The parts of the dataset; no two share a writer. */
export type DigitsSplit = (typeof SPLITS)[number];

/** Options of `drawDigits`. */
export interface DigitsOptions {
  /** The number of digits to draw. */
  count: number;
  /** An integer from 0 to 2³² − 1; default 0. */
  seed?: number | undefined;
  /** Which part of the data set; each has writers of its own. Default "train". */
  split?: DigitsSplit | undefined;
}

/**
 * Draws the first `count` digits of a split: `images` u8 [count,1,28,28], white ink (255) on black (0), and `labels`
 * i32 [count]. Every ten samples from the start hold each class once.
 *
 * @throws OptionError for a count that is negative or not an integer, a seed out of range, or an unknown split
 */
export function drawDigits({ count, seed = 0, split = "train" }: DigitsOptions): { images: NdArray; labels: NdArray } {
  if (!Number.isInteger(count) || count < 0) {
    throw new OptionError(`digits: count must be an integer of at least 0, got ${count}`);
  }
  checkSplit(split);
  const pixels = PICTURE_SIZE * PICTURE_SIZE;
  const images = new Uint8Array(count * pixels);
  const labels = new Int32Array(count);
  for (let first = 0; first < count; first += CLASSES) {
    const writer = first / CLASSES;
    const style = styleOf(seed, split, writer);
    const order = new Random(seed, `digits/${split}/order`, writer).permutation(CLASSES);
    for (let i = first; i < Math.min(count, first + CLASSES); i++) {
      labels[i] = order[i - first];
      images.set(drawWith(style, labels[i], seed, split, i), i * pixels);
    }
  }
  return {
    images: new NdArray(images, [count, 1, PICTURE_SIZE, PICTURE_SIZE], "u8"),
    labels: new NdArray(labels, [count], "i32"),
  };
}

/**
 * One picture of 28 × 28 bytes: the given digit as sample `index` of the split would show it. Where the digit is that
 * sample's label, it is the same picture as in `drawDigits`.
 *
 * @throws OptionError for a digit outside 0 … 9, a seed out of range, an unknown split, or an index that is not a
 * natural number
 */
export function drawDigit(digit: number, seed: number, split: string, index: number): Uint8Array {
  if (!Number.isInteger(digit) || digit < 0 || digit >= CLASSES) {
    throw new OptionError(`digits: digit must be an integer from 0 to 9, got ${digit}`);
  }
  checkSplit(split);
  if (!Number.isInteger(index) || index < 0) {
    throw new OptionError(`digits: index must be an integer of at least 0, got ${index}`);
  }
  return drawWith(styleOf(seed, split, Math.floor(index / CLASSES)), digit, seed, split, index);
}

const styleOf = (seed: number, split: string, writer: number): WritingStyle =>
  drawStyle(new Random(seed, `digits/${split}/writer`, writer));

function drawWith(style: WritingStyle, digit: number, seed: number, split: string, index: number): Uint8Array {
  const random = new Random(seed, `digits/${split}/sample`, index);
  const lines = writeDigit(digit, style, random);
  return renderInk(lines, {
    pen: penFor(digit, style, random),
    blur: random.uniform(0.85, 1.25),
    pressure: style.pressure,
    rhythm: random.uniform(0.1, 0.5),
    phase: random.uniform(0, 2 * Math.PI),
    size: random.uniform(19, 20.4),
    offset: [random.uniform(-1, 1), random.uniform(-1, 1)],
  });
}

function checkSplit(split: string): void {
  if (!SPLITS.some((known) => known === split)) {
    throw new OptionError(`digits: split must be one of ${SPLITS.join(", ")}, got ${JSON.stringify(split)}`);
  }
}
