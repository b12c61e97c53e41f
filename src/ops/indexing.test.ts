import { expect, it } from "vitest";
import { rowsAlong } from "./indexing.ts";

it.each([
  [[2, 3, 4], 1, 8, [0, 4, 8], [15, 19, 23]],
  [[2, 3, 4], 0, 12, [0, 12], [11, 23]],
  [[2, 3, 4], 2, 6, [0, 1, 2, 3], [20, 21, 22, 23]],
  [[5], 0, 1, [0, 1, 2, 3, 4], [0, 1, 2, 3, 4]],
])("rows of %j along axis %i", (shape, axis, count, first, last) => {
  const rows = rowsAlong(shape, axis);
  const offsets = (row: number) => Array.from({ length: rows.length }, (_, k) => rows.at(row, k));
  expect(rows.count).toBe(count);
  expect(offsets(0)).toEqual(first);
  expect(offsets(count - 1)).toEqual(last);
});

it("an empty shape has no rows, or rows of nothing", () => {
  expect(rowsAlong([0, 3], 1)).toMatchObject({ count: 0, length: 3 });
  expect(rowsAlong([3, 0], 1)).toMatchObject({ count: 3, length: 0 });
});
