/** Held-out pictures with the network's answers. */
import type { Answers } from "../../worker/api.ts";

/** A cell of the confusion matrix, by class. */
export interface Cell {
  readonly truth: number;
  readonly answer: number;
}

export interface Answered extends Cell {
  /** Among the held-out pictures. */
  readonly row: number;
  readonly bytes: Uint8Array;
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly probabilities: Float32Array;
  /** The probability of its class. */
  readonly right: number;
}

/** One for each picture, in their order. The answer is the class of the largest probability, the first of several. */
export function answered({ pictures, rows, probabilities }: Answers): Answered[] {
  const [, ...shape] = pictures.shape;
  const size = shape.reduce((product, extent) => product * extent, 1);
  const classes = probabilities.shape[1];
  return Array.from(rows, (row, i) => {
    const own = probabilities.data.subarray(i * classes, (i + 1) * classes);
    const truth = pictures.labels[i];
    return {
      ...{ row, shape, truth, probabilities: own, right: own[truth] },
      bytes: pictures.bytes.subarray(i * size, (i + 1) * size),
      answer: own.indexOf(own.reduce((a, b) => Math.max(a, b))),
    };
  });
}
