import { describe, expect, it } from "vitest";
import { interpreted } from "../../tests/support/values.ts";
import { array, type NdArray, Random, type Shape, zeros } from "../array/index.ts";
import { f32, fill, type Tensor, trace } from "../graph/index.ts";
import { add, gradient, matmul, mul, reshape, rnn, sum, tanh, transpose } from "../ops/index.ts";
import { scan } from "./scan.ts";

function draw(shape: Shape, stream: string): NdArray {
  const random = new Random(1, stream);
  const values = zeros(shape);
  for (let i = 0; i < values.size; i++) values.data[i] = random.uniform(-1, 1);
  return values;
}

/** Running sums: the state is the sum so far, the output its double. */
const sums = (x: Tensor, options: object) =>
  scan(
    (total: Tensor, element) => ({ state: add(total, element), output: mul(add(total, element), 2) }),
    fill(0, [2]),
    x,
    options,
  );

describe("scan", () => {
  const x = array([
    [1, 2, 3],
    [10, 20, 30],
  ]);

  it("carries a state from step to step", async () => {
    const run = interpreted((x) => sums(x, {}), [x]);
    const { state, outputs } = await run(x);
    expect(state.toNested()).toEqual([6, 60]);
    expect(outputs.toNested()).toEqual([
      [2, 6, 12],
      [20, 60, 120],
    ]);
  });

  it("runs backwards, and keeps outputs in their places", async () => {
    const { state, outputs } = await interpreted((x) => sums(x, { reverse: true }), [x])(x);
    expect(state.toNested()).toEqual([6, 60]);
    expect(outputs.toNested()).toEqual([
      [12, 10, 6],
      [120, 100, 60],
    ]);
  });

  it("runs along any axis", async () => {
    const { outputs } = await interpreted((x) => sums(transpose(x), { axis: 0 }), [x])(x);
    expect(outputs.toNested()).toEqual([
      [2, 20],
      [6, 60],
      [12, 120],
    ]);
  });

  it("tells a step its number, and carries any form of state, by its names", async () => {
    const run = interpreted(
      (x) =>
        scan(
          ({ sum, last: [last] }: { sum: Tensor; last: [Tensor] }, element, t) => ({
            state: { last: [t] as [Tensor], sum: add(sum, element) },
            output: { element, last, t },
          }),
          { sum: fill(0, [2]), last: [fill(-1, [], "i32")] as [Tensor] },
          x,
          { axis: -1 },
        ),
      [x],
    );
    const { state, outputs } = await run(x).catch((error) => error);
    expect(state.last[0].item()).toBe(2);
    expect(state.sum.toNested()).toEqual([6, 60]);
    expect(outputs.element.toNested()).toEqual(x.toNested());
    expect(outputs.t.toNested()).toEqual([0, 1, 2]);
    expect(outputs.last.toNested()).toEqual([-1, 0, 1]);
  });

  it("takes several sequences, of one length", async () => {
    const dot = (a: Tensor, b: Tensor) =>
      scan((total: Tensor, [x, y]: readonly Tensor[]) => ({ state: add(total, mul(x, y)), output: [] }), fill(0, [2]), [
        a,
        b,
      ]);
    const { state } = await interpreted((x) => dot(x, x), [x])(x);
    expect(state.toNested()).toEqual([14, 1400]);
    const unequal = () => trace((x, y) => dot(x, y), [f32(2, 3), f32(2, 4)]);
    expect(unequal).toThrow("scan: sequences have 3 and 4 steps along axis 1; make them equal");
  });

  /** Sums over steps are taken in another order: some roundings of 6e-8 of numbers up to 10. */
  const ADDED_UP = 1e-5;

  it("is the recurrent network when it is given its step, with its gradients", async () => {
    const inputs = [draw([2, 4, 3], "x"), draw([5, 3], "ih"), draw([5, 5], "hh")];
    const run = interpreted((x, weight_ih_l0, weight_hh_l0) => {
      const { outputs: whole } = rnn(x, { weight_ih_l0, weight_hh_l0 });
      const product = reshape(matmul(reshape(x, [8, 3]), weight_ih_l0, { transposeB: true }), [2, 4, 5]);
      const step = (h: Tensor, part: Tensor) => {
        const next = tanh(add(part, matmul(h, weight_hh_l0, { transposeB: true })));
        return { state: next, output: next };
      };
      const { outputs: stepwise } = scan(step, fill(0, [2, 5]), product);
      const of = (y: Tensor) => [y, ...gradient(sum(mul(y, y)), [x, weight_ih_l0, weight_hh_l0])];
      return { whole: of(whole), stepwise: of(stepwise) };
    }, inputs);
    const { whole, stepwise } = await run(...inputs);
    whole.forEach(({ data }, k) => {
      expect(stepwise[k].data).toHaveLength(data.length);
      data.forEach((value, i) => {
        expect(Math.abs(stepwise[k].data[i] - value)).toBeLessThan(ADDED_UP);
      });
    });
  });
});
