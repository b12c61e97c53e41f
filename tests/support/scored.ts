/** Random samples with labels and scores, for properties of metrics. */
import fc from "fast-check";
import { NdArray } from "../../src/array/index.ts";

export const labelsOf = (labels: readonly number[]): NdArray =>
  new NdArray(Int32Array.from(labels), [labels.length], "i32");

export const scoresOf = (rows: readonly (readonly number[])[], classes = rows[0].length): NdArray =>
  new NdArray(Float64Array.from(rows.flat()), [rows.length, classes], "f64");

export interface Pairs {
  readonly classes: number;
  readonly labels: readonly number[];
  readonly predicted: readonly number[];
}

const upTo = (classes: number) => fc.nat({ max: classes - 1 });

/** Classes of 1 to 40 samples, and what they were taken for. */
export const pairs: fc.Arbitrary<Pairs> = fc
  .integer({ min: 1, max: 5 })
  .chain((classes) =>
    fc
      .array(fc.tuple(upTo(classes), upTo(classes)), { minLength: 1, maxLength: 40 })
      .map((all) => ({ classes, labels: all.map(([label]) => label), predicted: all.map(([, taken]) => taken) })),
  );

export interface Scored {
  readonly labels: readonly number[];
  /** Of quarters, so that ties are frequent and sums exact. */
  readonly scores: readonly (readonly number[])[];
}

/** Labels and scores of 1 to 20 samples. */
export const scored: fc.Arbitrary<Scored> = fc.integer({ min: 1, max: 6 }).chain((classes) => {
  const row = fc.array(
    fc.integer({ min: 0, max: 8 }).map((n) => n / 4),
    { minLength: classes, maxLength: classes },
  );
  return fc
    .array(fc.tuple(upTo(classes), row), { minLength: 1, maxLength: 20 })
    .map((all) => ({ labels: all.map(([label]) => label), scores: all.map(([, row]) => row) }));
});

/** The same with scores that are probabilities: not negative, and 1 in sum. */
export const probable: fc.Arbitrary<Scored> = scored.map(({ labels, scores }) => ({
  labels,
  scores: scores.map((row) => {
    const total = row.reduce((a, b) => a + b + 0.25, 0);
    return row.map((x) => (x + 0.25) / total);
  }),
}));
