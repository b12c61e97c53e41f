import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelsOf, probable, scoresOf } from "../../../tests/support/scored.ts";
import { array, DataError, ShapeError, zeros } from "../../array/index.ts";
import { brierScore, negativeLogLikelihood } from "./index.ts";

/** Logarithms and squares in double precision. */
const DIGITS = 12;

const probabilities = array([[0.5, 0.25, 0.25], [0, 1, 0]], "f64"); // biome-ignore format: a matrix

describe("the negative log-likelihood", () => {
  it("is the mean of the logarithms", () => {
    expect(negativeLogLikelihood(probabilities, labelsOf([1, 1]))).toBeCloseTo(Math.log(4) / 2, DIGITS);
  });

  it("stays finite where float32 has made 0 of a small probability", () => {
    expect(negativeLogLikelihood(probabilities, labelsOf([0, 0]))).toBeCloseTo(
      (Math.log(2) + 126 * Math.log(2)) / 2,
      DIGITS,
    );
    expect(negativeLogLikelihood(array([[1e-20, 1]], "f64"), labelsOf([0]))).toBeCloseTo(20 * Math.log(10), DIGITS);
  });

  it("is NaN of what is not a number, and of nothing", () => {
    expect(negativeLogLikelihood(array([[NaN, NaN]]), labelsOf([0]))).toBeNaN();
    expect(negativeLogLikelihood(zeros([0, 2]), labelsOf([]))).toBeNaN();
  });
});

describe("the Brier score", () => {
  it("is the mean squared distance from certainty", () => {
    const first = 0.5 ** 2 + 0.75 ** 2 + 0.25 ** 2;
    expect(brierScore(probabilities, labelsOf([1, 1]))).toBeCloseTo(first / 2, DIGITS);
    expect(brierScore(probabilities, labelsOf([1, 2]))).toBeCloseTo((first + 2) / 2, DIGITS);
  });

  it("is NaN of what is not a number, and of nothing", () => {
    expect(brierScore(array([[1, NaN]]), labelsOf([0]))).toBeNaN();
    expect(brierScore(zeros([0, 2]), labelsOf([]))).toBeNaN();
    expect(() => brierScore(zeros([2, 2]), labelsOf([0]))).toThrow(
      new ShapeError("brierScore: needs labels i32[2] for f32[2,2], got i32[1]"),
    );
  });
});

it("scores and logarithms are refused, of which neither figure says anything", () => {
  for (const [name, figure] of Object.entries({ negativeLogLikelihood, brierScore })) {
    expect(() =>
      figure(
        array([
          [1, 0],
          [0.5, 3],
        ]),
        labelsOf([0, 0]),
      ),
    ).toThrow(
      // biome-ignore format: a matrix
      new DataError(`${name}: needs probabilities; the largest of sample 1 is 3: apply softmax to scores`),
    );
    expect(() => figure(array([[-0.5, 0]]), labelsOf([0]))).toThrow(
      new DataError(`${name}: needs probabilities; the smallest of sample 0 is -0.5: apply softmax to scores`),
    );
  }
});

it("nothing does better than the true probabilities, by either figure", () => {
  // Samples of one kind of picture: what is best of all is how often each class occurs among them.
  fc.assert(
    fc.property(probable, ({ labels, scores: [other] }) => {
      const truth = other.map((_, k) => labels.filter((label) => label === k).length / labels.length);
      for (const score of [negativeLogLikelihood, brierScore]) {
        const of = (row: readonly number[]): number => score(scoresOf(labels.map(() => row)), labelsOf(labels));
        expect(of(truth)).toBeLessThanOrEqual(of(other) + 1e-12); // equal ones differ by rounding
      }
    }),
  );
});
