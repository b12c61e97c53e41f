/**
 * Sums of very many terms of one sign, where rounding always goes the same way: over every arrangement of axes, in means,
 * products, softmax and the gradient of a broadcast. `fit` meets them as losses over maps and as gradients of a bias.
 */
import { describe, expect, it } from "vitest";
import { full, zeros } from "../../src/array/index.ts";
import { compile } from "../../src/engines/index.ts";
import { f32, type Tensor } from "../../src/graph/index.ts";
import { broadcastTo, gradient, logSoftmax, matmul, mean, mul, sum } from "../../src/ops/index.ts";
import { usable } from "../support/engines.ts";

/** Reductions add up parts exactly; within a part some dozens of roundings may go the same way. */
const TOLERANCE = 1e-6;
/** Products add up a thousand terms in a row. */
const PRODUCT_TOLERANCE = 2e-5;

const TENTH = Math.fround(0.1);
const compiled = usable.filter(({ name }) => name !== "interpreter");

describe.each(compiled)("on $name", (candidate) => {
  if (!("engine" in candidate)) return;
  const { engine } = candidate;

  async function errorOf(body: (x: Tensor) => Tensor, shape: number[], expected: number): Promise<number> {
    const y = await compile(body, [f32(...shape)], { engine })(full(shape, TENTH));
    let worst = 0;
    for (const value of y.data) worst = Math.max(worst, Math.abs(value - expected) / Math.abs(expected));
    return worst;
  }

  it.each([
    [[300_007], [0]],
    [[2 ** 19], [0]],
    [
      [700, 701],
      [0, 1],
    ],
    [[100_000, 3], [0]],
    [[5, 50_021], [1]],
    [[2, 50_001, 4], [1]],
    [
      [200, 3, 333],
      [0, 2],
    ],
    [
      [2, 2, 50_021],
      [0, 2],
    ],
  ])("the sum of a tenth, %j over %j", async (shape, axes) => {
    const count = axes.reduce((product, axis) => product * shape[axis], 1);
    expect(await errorOf((x) => sum(x, axes), shape, TENTH * count)).toBeLessThan(TOLERANCE);
  });

  it("sums of columns, in blocks of rows that threads share", async () => {
    const [rows, columns] = [1024, 70];
    const x = zeros([rows, columns]);
    for (let i = 0; i < x.size; i++) x.data[i] = (i % columns) + 1;
    const sums = await compile((values) => sum(values, 0), [f32(rows, columns)], { engine })(x);
    expect(Array.from(sums.data)).toEqual(Array.from({ length: columns }, (_, j) => (j + 1) * rows));
  });

  it("means, gradients of a broadcast, softmax", async () => {
    const shape = [50_001, 2];
    expect(await errorOf((x) => mean(x), shape, TENTH)).toBeLessThan(TOLERANCE);
    const slope = (x: Tensor) => gradient(sum(mul(broadcastTo(sum(x, 0), shape), x)), [x])[0];
    expect(await errorOf(slope, shape, 2 * TENTH * shape[0])).toBeLessThan(2 * TOLERANCE);
    expect(await errorOf((x) => logSoftmax(x, 0), shape, -Math.log(shape[0]))).toBeLessThan(TOLERANCE);
  });

  it.each([
    [1, 200_003, 1],
    [1, 2 ** 16, 16],
    [16, 2 ** 15, 16],
    [3, 49_999, 5],
    [40, 2 ** 14, 40],
  ])("products [%d, %d] · [, %d]", async (rows, terms, columns) => {
    const body = (x: Tensor) => matmul(x, broadcastTo(mean(x), [terms, columns]));
    expect(await errorOf(body, [rows, terms], TENTH ** 2 * terms)).toBeLessThan(PRODUCT_TOLERANCE);
  });

  it("an infinity stays one, and NaN stays NaN", async () => {
    const x = full([100_000], 1);
    x.data[70_000] = Infinity;
    const run = compile((x) => sum(x), [x], { engine });
    expect((await run(x)).item()).toBe(Infinity);
    x.data[99] = -Infinity;
    expect((await run(x)).item()).toBe(Number.NaN);
    expect((await run(full([100_000], 1e35))).item()).toBe(Infinity);
  });
});
