/** Register tiles whose rows are neighbors in memory: stored in vectors of rows, with the bits that lanes one by one have. */
import { describe, expect, it } from "vitest";
import { apply, at, type Buffer, checkKernel, KernelBuilder, plus } from "../../loops/index.ts";
import { interpretKernel } from "../../loops/interpret.ts";
import type { View } from "../context/index.ts";
import { runsAlongRows, type Sink, storeExchanged, storeResult } from "./sink.ts";

const STEP = 20;
const row = [1, 1, 0];
const column = [STEP, STEP, 1];

/** A tile of rows and columns from memory, multiplied and added to, and what lies in the target then. */
function stored(lanes: number, rows: number, columns: number, exchanged: boolean) {
  const bufferOf = (name: string, length: number): Buffer => ({ name, lane: "f32", length });
  const viewOf = (buffer: Buffer, strides: readonly number[]): View => ({
    ...{ buffer, shape: [rows, columns], strides, offset: 0 },
  });
  const length = (columns - 1) * STEP + rows;
  const [sums, target, other, factor] = [
    bufferOf("sums", rows * lanes),
    bufferOf("target", length),
    bufferOf("other", length),
    bufferOf("factor", columns),
  ];
  const sink: Sink = {
    views: [viewOf(target, [1, STEP]), viewOf(other, [1, STEP]), viewOf(factor, [0, 1])],
    compute: (_, result, read) => apply("add", apply("mul", result, read(2)), read(1)),
  };
  expect(runsAlongRows(sink, row, column)).toBe(true);
  const b = new KernelBuilder(lanes);
  const vectors = Array.from({ length: rows }, (_, r) => b.local(b.load(sums, at(r * lanes), lanes)));
  const places = [at(0), at(0), at(0)];
  if (exchanged) storeExchanged(b, sink, places, { row, column, count: columns }, vectors);
  else
    for (const [r, vector] of vectors.entries())
      storeResult(b, sink, places.map((place, k) => plus(place, r * row[k])), column, vector, columns); // biome-ignore format: short
  const kernel = b.finish("k");
  checkKernel(kernel, { lanes });
  const memory = new Map(
    [sums, target, other, factor].map((buffer, k) => [
      buffer,
      Float32Array.from({ length: buffer.length + lanes }, (_, i) => Math.sin(i + k)),
    ]),
  );
  interpretKernel(kernel, (buffer) => memory.get(buffer)!);
  return { values: memory.get(target), statements: kernel.body.length };
}

describe.each([4, 8, 16])("a tile in vectors of %i lanes", (lanes) => {
  it.each([
    [lanes, lanes],
    [lanes - 1, 3],
    [2, lanes - 1],
  ])("of %i rows and %i columns is stored in vectors of rows", (rows, columns) => {
    expect(stored(lanes, rows, columns, true).values).toEqual(stored(lanes, rows, columns, false).values);
  });
});

it("a tile of many lanes takes less code so", () => {
  expect(stored(16, 16, 16, true).statements).toBeLessThan(stored(16, 16, 16, false).statements / 2);
});

it("vectors run along rows only where no lane of what is read would be fetched from elsewhere", () => {
  const sink: Sink = { views: [], compute: (_, result) => result };
  expect(runsAlongRows(sink, [1, 3], [9, 9])).toBe(false);
  expect(runsAlongRows({ views: [] }, [1, 3], [9, 9])).toBe(true);
  expect(runsAlongRows(sink, [2, 1], [9, 9])).toBe(false);
  expect(runsAlongRows(sink, [1, 1], [1, 1])).toBe(false);
});
