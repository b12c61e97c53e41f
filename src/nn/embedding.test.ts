import { describe, expect, it } from "vitest";
import { interpreted } from "../../tests/support/values.ts";
import { array, OptionError, ShapeError } from "../array/index.ts";
import { i32, trace } from "../graph/index.ts";
import { gradient, sum } from "../ops/index.ts";
import * as nn from "./index.ts";

const build = (options: nn.EmbeddingOptions = {}): nn.Model => {
  const model = nn.Model.build(nn.embedding(4, 2, options), { input: [3], dtype: "i32" });
  model.variables[0].value = array([[0, 1], [2, 3], [4, 5], [6, 7]]); // biome-ignore format: rows of two
  return model;
};

const sentences = array([[3, 0, 3], [2, 1, 1]], "i32"); // biome-ignore format: two sentences

const run = (model: nn.Model) =>
  interpreted(
    (x) => {
      const y = model(x);
      return { y, slope: gradient(sum(y), [model.variables[0].read()])[0] };
    },
    [sentences],
  );

describe("embedding", () => {
  it("gives the row of each number, and adds up derivatives in the rows", async () => {
    const { y, slope } = await run(build())(sentences);
    expect(y.toNested()).toEqual([
      [[6, 7], [0, 1], [6, 7]],
      [[4, 5], [2, 3], [2, 3]],
    ]); // biome-ignore format: two sentences
    expect(slope.toNested()).toEqual([[1, 1], [2, 2], [1, 1], [2, 2]]); // biome-ignore format: rows of two
  });

  it("reads the padding's row and never changes it", async () => {
    const { y, slope } = await run(build({ padding: 3 }))(sentences);
    expect(y.row(0).row(0).toNested()).toEqual([6, 7]);
    expect(slope.toNested()).toEqual([[1, 1], [2, 2], [1, 1], [0, 0]]); // biome-ignore format: rows of two
  });

  it("starts normally distributed, and at 0 for the padding", () => {
    const { data } = nn.Model.build(nn.embedding(101, 400, { padding: 100 }), { input: [3], dtype: "i32" }).variables[0]
      .value;
    const drawn = [...data.slice(0, 40_000)];
    const mean = drawn.reduce((a, b) => a + b) / drawn.length;
    const variance = drawn.reduce((a, b) => a + b * b, 0) / drawn.length;
    // Five standard deviations of the mean, 1 / √n, and of the variance, √(2 / n), of 40 000 draws.
    expect(Math.abs(mean)).toBeLessThan(5 / 200);
    expect(Math.abs(variance - 1)).toBeLessThan((5 * Math.SQRT2) / 200);
    expect([...data.slice(40_000)].every((value) => value === 0)).toBe(true);
  });

  it("gives NaN for numbers that have no row", async () => {
    const { y } = await run(build())(array([[4, -1, 0], [0, 0, 0]], "i32")); // biome-ignore format: two sentences
    expect(y.row(0).toNested()).toEqual([[Number.NaN, Number.NaN], [Number.NaN, Number.NaN], [0, 1]]); // biome-ignore format: rows of two
  });

  it("takes bytes as numbers too, and is saved with what it takes", async () => {
    const model = build();
    const bytes = sentences.cast("u8");
    const { y } = await interpreted((x) => ({ y: model(x) }), [bytes])(bytes);
    expect(y.row(0).row(0).toNested()).toEqual([6, 7]);
    expect(nn.Model.fromBytes(await model.toBytes()).dtype).toBe("i32");
  });

  it("refuses what are no numbers of rows", () => {
    expect(() => nn.Model.build(nn.embedding(4, 2), { input: [3] })).toThrow(
      new ShapeError(
        'embedding: expects numbers i32[n, …], got f32[1,3]; build the model with dtype "i32", and put the embedding first',
      ),
    );
    expect(() => trace((x) => build()(x), [{ shape: [1, 3], dtype: "f32" }])).toThrow(
      new ShapeError("the model takes integers, i32 or u8, got f32[1,3]"),
    );
    expect(() => trace((x) => build()(x), [i32(1, 3)])).not.toThrow();
  });

  it("refuses a padding without a row, and a normalization of numbers", () => {
    expect(() => nn.embedding(4, 2, { padding: 4 })).toThrow(
      new OptionError("embedding: padding must be the number of a row, 0 to 3, got 4"),
    );
    const normalization = { mean: [0, 0, 0], std: [1, 1, 1] };
    expect(() => nn.Model.build(nn.embedding(4, 2), { input: [3], dtype: "i32", normalization })).toThrow(
      "normalization: is for inputs of dtype f32, not of i32; leave it out",
    );
  });
});
