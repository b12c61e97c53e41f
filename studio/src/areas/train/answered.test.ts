import { expect, it } from "vitest";
import { answered } from "./answered.ts";

it("pairs pictures with their answers", () => {
  const found = answered({
    pictures: { bytes: Uint8Array.of(1, 2, 3, 4), shape: [2, 1, 1, 2], labels: Int32Array.of(2, 0) },
    rows: Int32Array.of(5, 9),
    probabilities: { data: Float32Array.of(0.25, 0.5, 0.25, 0.5, 0.5, 0), shape: [2, 3] },
    confusion: [],
  });
  expect(found.map(({ row, truth, answer, right, bytes }) => ({ row, truth, answer, right, bytes }))).toEqual([
    { row: 5, truth: 2, answer: 1, right: 0.25, bytes: Uint8Array.of(1, 2) },
    { row: 9, truth: 0, answer: 0, right: 0.5, bytes: Uint8Array.of(3, 4) },
  ]);
});
