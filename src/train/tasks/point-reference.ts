/** A length in each picture that errors of points are compared with: the distance of two of its points. */
import { didYouMean, OptionError } from "../../array/index.ts";
import type { Tensor } from "../../graph/index.ts";
import { and, broadcastTo, finite, greater, reshape, select, slice, sqrt, square, sub, sum } from "../../ops/index.ts";
import type { Kind } from "../../options/index.ts";

/** Two points, by name or number. */
export type Reference = readonly [from: string | number, to: string | number];

const isPoint = (value: unknown): value is string | number =>
  (typeof value === "string" && value !== "") || (Number.isInteger(value) && Number(value) >= 0);

/** Two different points. */
export const referenceKind: Kind<Reference> = {
  expects: "two different points by name or number, [from, to]",
  read: (value) =>
    Array.isArray(value) && value.length === 2 && value.every(isPoint) && value[0] !== value[1]
      ? (value as unknown as Reference)
      : undefined,
};

/** The numbers of two points. @throws OptionError for points that are not there */
export function pointNumbers(
  reference: Reference,
  names: readonly string[] | undefined,
  count: number,
): readonly [number, number] {
  const numberOf = (point: string | number): number => {
    const number = typeof point === "number" ? point : (names?.indexOf(point) ?? -1);
    if (number >= 0 && number < count) return number;
    const known =
      typeof point === "string" && names ? didYouMean(point, names) : `; there are ${count}, 0 to ${count - 1}`;
    throw new OptionError(
      `poseEstimation: reference has the point ${JSON.stringify(point)}, which is not there${known}`,
    );
  };
  return [numberOf(reference[0]), numberOf(reference[1])];
}

/**
 * The length of each point's sample, [n · k, 1], and which points can be measured with it: known ones, where both ends of the
 * length are known and differ. Elsewhere the length is 1.
 */
export function lengthsOf(points: Tensor, [from, to]: readonly [number, number], there: Tensor) {
  const [n, k] = points.shape;
  const end = (number: number): Tensor => slice(points, 1, number, number + 1); // [n, 1, 2]
  const length = sqrt(sum(square(sub(end(from), end(to))), 2)); // [n, 1]
  const rows = reshape(broadcastTo(length, [n, k]), [n * k, 1]);
  const isLength = and(finite(rows), greater(rows, 0));
  return { lengths: select(isLength, rows, 1), measured: and(there, isLength) };
}
