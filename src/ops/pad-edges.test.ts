import { describe, expect, it } from "vitest";
import { derivatives, numbersOf } from "../../tests/support/values.ts";
import { array } from "../array/index.ts";
import { padReflect, padReplicate } from "./index.ts";

const x = array([1, 2, 3]);

describe("padding with what is there", () => {
  it("mirrors at the edge without repeating it", async () => {
    expect(await numbersOf((x) => padReflect(x, [[2, 2]]), x)).toEqual([3, 2, 1, 2, 3, 2, 1]);
    expect((await derivatives((x) => padReflect(x, [[2, 1]]), x))[0]).toEqual([1, 3, 2]);
    expect(await numbersOf((x) => padReflect(x, [[0, 0]]), array([7]))).toEqual([7]);
  });

  it("repeats the edge", async () => {
    expect(await numbersOf((x) => padReplicate(x, [[3, 1]]), x)).toEqual([1, 1, 1, 1, 2, 3, 3]);
    expect((await derivatives((x) => padReplicate(x, [[3, 1]]), x))[0]).toEqual([4, 1, 2]);
  });

  it("does each axis by itself", async () => {
    const square = array([[1, 2], [3, 4]]); // biome-ignore format: a matrix
    expect(await numbersOf((x) => padReflect(x, [[1, 0], [0, 1]]), square)).toEqual([[3, 4, 3], [1, 2, 1], [3, 4, 3]]); // biome-ignore format: rows
    expect(await numbersOf((x) => padReplicate(x, [[1, 0], [0, 1]]), square)).toEqual([[1, 2, 2], [1, 2, 2], [3, 4, 4]]); // biome-ignore format: rows
  });
});
