import { describe, expect, it } from "vitest";
import { compute, derivatives, numbersOf } from "../../tests/support/values.ts";
import { array, type NdArray } from "../array/index.ts";
import { constant, f32, i32, trace } from "../graph/index.ts";
import { gather, oneHot, scatterAdd, take } from "./index.ts";

const { NaN: nan } = Number;
const ints = (...values: number[]): NdArray => array(values, "i32");
const doubles = (...values: number[]): NdArray => array(values, "f64");

describe("gather", () => {
  const outside = ints(-1, 0, 2, 3, 2 ** 31 - 1, -(2 ** 31));

  it("reads NaN outside the axis, and 0 for integers", async () => {
    const pick = (x: NdArray) => numbersOf((x) => gather(x, constant(outside)), x);
    expect(await pick(doubles(5, 6, 7))).toEqual([nan, 5, 7, nan, nan, nan]);
    expect(await pick(ints(5, 6, 7))).toEqual([0, 5, 7, 0, 0, 0]);
    expect(await pick(array([]))).toEqual([nan, nan, nan, nan, nan, nan]);
  });

  it("does not read on in the next row", async () => {
    const [x, index] = [array([[1, 2], [3, 4]], "f64"), array([[2, 1], [-1, 0]], "i32")]; // biome-ignore format: matrices
    expect(await numbersOf((x) => gather(x, constant(index)), x)).toEqual([[nan, 2], [nan, 3]]); // biome-ignore format: rows
    expect(await numbersOf((x) => scatterAdd(x, constant(index), 2), x)).toEqual([[0, 2], [4, 0]]); // biome-ignore format: rows
  });

  it("sends no derivative outside, and adds up where a position is read twice", async () => {
    const [dx] = await derivatives((x) => gather(x, constant(ints(-1, 0, 2, 0, 3))), doubles(5, 6, 7));
    expect(dx).toEqual([2, 0, 1]);
  });

  it("walks any axis", async () => {
    const x = array([[1, 2], [3, 4]]); // biome-ignore format: a matrix
    expect(await numbersOf((x) => gather(x, constant(array([[1, 0]], "i32")), 0), x)).toEqual([[3, 2]]);
    expect(await numbersOf((x) => gather(x, constant(array([[1], [0]], "i32")), -1), x)).toEqual([[2], [3]]);
  });

  it("refuses an index that is no i32, or of another shape beside the axis", () => {
    expect(() => trace((x, i) => gather(x, i), [f32(3), f32(3)])).toThrow("gather: index must be i32, got f32[3]");
    expect(() => trace((x, i) => gather(x, i, 0), [f32(3, 2), i32(4, 3)])).toThrow(
      "gather: index may differ from x along axis 0 only: f32[3,2] and i32[4,3]",
    );
  });
});

describe("scatterAdd", () => {
  it("adds what meets at one position, and drops what lies outside", async () => {
    const index = constant(ints(1, 1, -1, 0, 3));
    expect(await numbersOf((x) => scatterAdd(x, index, 3), doubles(1, 2, 4, 8, 16))).toEqual([8, 3, 0]);
    expect((await derivatives((x) => scatterAdd(x, index, 3), doubles(1, 2, 4, 8, 16)))[0]).toEqual([1, 1, 0, 1, 0]);
  });

  it("makes zeros of nothing", async () => {
    const none = await compute((x) => scatterAdd(x, constant(array([], "i32")), 2), array([]));
    expect(none.toNested()).toEqual([0, 0]);
  });
});

describe("take", () => {
  const table = array([[1, 2], [3, 4], [5, 6]], "f64"); // biome-ignore format: three rows

  it("gives the rows of a table, in the shape of the numbers", async () => {
    const numbers = constant(array([[2], [0]], "i32"));
    expect(await numbersOf((t) => take(t, numbers), table)).toEqual([[[5, 6]], [[1, 2]]]);
    expect(await numbersOf((t) => take(t, constant(ints(1, 1))), doubles(7, 8))).toEqual([8, 8]);
  });

  it("counts each use of a row in its derivative", async () => {
    const [dt] = await derivatives((t) => take(t, constant(ints(2, 0, 2))), table);
    expect(dt).toEqual([1, 1, 0, 0, 2, 2]);
  });

  it("takes nothing from numbers that are none", async () => {
    expect((await compute((t) => take(t, constant(array([], "i32"))), table)).shape).toEqual([0, 2]);
  });
});

it("marks classes with ones, and unknown ones with zeros only", async () => {
  const classes = constant(ints(2, -1, 0, 3));
  expect(await numbersOf(() => oneHot(classes, 3))).toEqual([[0, 0, 1], [0, 0, 0], [1, 0, 0], [0, 0, 0]]); // biome-ignore format: rows
  expect((await compute(() => oneHot(classes, 3, "i32"))).dtype).toBe("i32");
});
