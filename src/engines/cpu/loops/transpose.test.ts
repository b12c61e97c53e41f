/** Blocks in registers: rows become columns, whole and in part, at every width that targets have. */
import { describe, expect, it } from "vitest";
import { at, KernelBuilder } from "./builder.ts";
import { checkKernel } from "./check.ts";
import { interpretKernel } from "./interpret.ts";
import type { Buffer } from "./ir.ts";
import { storeColumns } from "./transpose.ts";

const STEP = 20;

/** What lies in memory, row by row, after `count` columns of `height` rows of numbers were stored `STEP` elements apart. */
function columnsOf(lanes: number, height: number, count: number): number[][] {
  const from: Buffer = { name: "from", lane: "f32", length: height * lanes };
  const to: Buffer = { name: "to", lane: "f32", length: (count - 1) * STEP + height };
  const b = new KernelBuilder(lanes);
  const rows = Array.from({ length: height }, (_, i) => b.local(b.load(from, at(i * lanes), lanes)));
  storeColumns(b, { buffer: to, index: at(0), step: STEP }, rows, count);
  const kernel = b.finish("k");
  checkKernel(kernel, { lanes });
  const [given, found] = [from, to].map(({ length }) => Float32Array.from({ length }, (_, i) => i));
  interpretKernel(kernel, (buffer) => (buffer === from ? given : found));
  return Array.from({ length: count }, (_, k) => [...found.subarray(k * STEP, (k + 1) * STEP)]);
}

describe.each([4, 8, 16])("a block of %i lanes", (lanes) => {
  it.each([
    [lanes, lanes],
    [lanes, 1],
    [lanes - 1, 3],
    [1, lanes],
  ])("of %i rows is stored as its first %i columns, and nothing besides", (height, count) => {
    const columns = columnsOf(lanes, height, count);
    for (const [k, column] of columns.entries()) {
      const rest = column.slice(height).map((_, i) => k * STEP + height + i);
      expect(column).toEqual([...Array.from({ length: height }, (_, i) => i * lanes + k), ...rest]);
    }
  });
});
