/** Rows that would meet in the same sets of the first cache are copied apart. */
import { expect, it } from "vitest";
import { sizeOf } from "../../../../array/index.ts";
import { contiguous, LoweringContext, x86 } from "../context/index.ts";
import { axis } from "./axes.ts";
import type { Contraction } from "./contraction.ts";
import { isClashing, withNearRows } from "./near-rows.ts";

const { page, line } = x86.caches;
const ROWS = 12;

const newContext = (): LoweringContext =>
  new LoweringContext({ lanes: 8, tiles: [{ rows: 6, vectors: 2 }], tuning: x86 }, new Set(), {
    read: new Set(),
    results: new Set(),
    parts: new Map(),
  });

/** A product of ROWS rows of `steps` elements that follow each other. */
function product(steps: number, columns: number): Contraction {
  const viewOf = (name: string, shape: readonly number[]) =>
    contiguous({ name, lane: "f32", length: sizeOf(shape) }, shape);
  return {
    ...{ name: "product", a: viewOf("a", [ROWS, steps]), b: viewOf("b", [steps, columns]), outer: [] },
    sink: { views: [viewOf("c", [ROWS, columns])] },
    row: axis(ROWS, steps, 0, [columns]),
    column: axis(columns, 0, 1, [1]),
    inner: [axis(steps, 1, columns)],
  };
}

it("rows a page apart clash, others do not", () => {
  expect(isClashing(product(page, 64), x86)).toBe(true);
  expect(isClashing(product(3 * page, 64), x86)).toBe(true);
  expect(isClashing(product(page + line, 64), x86)).toBe(false);
});

it("their copies do not lie a page apart, and have room for every row", () => {
  const context = newContext();
  const { a, row, inner } = withNearRows(context, product(page, 64));
  expect(context.steps.map(({ kernel }) => kernel.name)).toEqual(["0 copy"]);
  expect([row.a, inner[0].a, a.buffer.length]).toEqual([page + line, 1, ROWS * (page + line)]);
  expect(isClashing({ row }, x86)).toBe(false);
});

it("few columns are not worth a copy", () => {
  const context = newContext();
  const given = product(page, 16);
  expect(withNearRows(context, given)).toBe(given);
  expect(context.steps).toEqual([]);
});
