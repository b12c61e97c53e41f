import { describe, expect, it } from "vitest";
import { interpreted } from "../../tests/support/values.ts";
import { array, NdArray, OptionError, StateError } from "../array/index.ts";
import { f32, type Tensor, Variable } from "../graph/index.ts";
import * as nn from "../nn/index.ts";
import { add, mul, square, sum } from "../ops/index.ts";
import { adam, adamW, minimize, type Optimizer, optimizers, sgd } from "./index.ts";

/** Float32 keeps 7 digits; the numbers here are near 1. */
const DIGITS = 6;

/** A parameter after each of the given gradients. */
async function follow(optimizer: Optimizer, start: readonly number[], slopes: readonly (readonly number[])[]) {
  const parameter = new Variable("w", array([...start]));
  const step = interpreted((slope) => void optimizer.update([parameter], [slope]), [f32(start.length)]);
  const path: number[][] = [];
  for (const slope of slopes) {
    await step(array([...slope]));
    path.push([...parameter.value.data]);
  }
  return path;
}

const expectPath = (path: readonly number[][], expected: readonly (readonly number[])[]): void => {
  expect(path).toEqual(expected.map((row) => row.map((value) => expect.closeTo(value, DIGITS))));
};

describe("sgd by hand", () => {
  const slopes = [[1, -2], [0.5, 0]]; // biome-ignore format: two steps

  it("steps against the gradient", async () => {
    expectPath(await follow(sgd({ learningRate: 0.1 }), [1, 1], slopes), [[0.9, 1.2], [0.85, 1.2]]); // biome-ignore format: two steps
  });

  it("gathers momentum", async () => {
    // v: 1, −2; then 0.9 · 1 + 0.5 = 1.4, 0.9 · −2 = −1.8
    const path = await follow(sgd({ learningRate: 0.1, momentum: 0.9 }), [1, 1], slopes);
    expectPath(path, [[0.9, 1.2], [0.76, 1.38]]); // biome-ignore format: two steps
  });

  it("looks ahead with Nesterov's momentum", async () => {
    // g + 0.9 v: 1.9, −3.8; then 0.5 + 0.9 · 1.4 = 1.76, 0.9 · −1.8 = −1.62
    const path = await follow(sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }), [1, 1], slopes);
    expectPath(path, [[0.81, 1.38], [0.634, 1.542]]); // biome-ignore format: two steps
  });

  it("adds the decay of the weight to its gradient", async () => {
    // g: 1 + 0.5, −2 + 0.5; then 0.5 + 0.5 · 0.85, 0.5 · 1.15
    const path = await follow(sgd({ learningRate: 0.1, weightDecay: 0.5 }), [1, 1], slopes);
    expectPath(path, [[0.85, 1.15], [0.7575, 1.0925]]); // biome-ignore format: two steps
  });
});

describe("adam by hand", () => {
  it("starts with steps of the learning rate, whatever the gradient's size", async () => {
    expectPath(await follow(adam({ learningRate: 0.1 }), [1, 1, 1], [[0.05, -5, 0]]), [[0.9, 1.1, 1]]);
  });

  it("divides the mean of gradients by the root of the mean of their squares", async () => {
    // With β = 1/2: m = 1, 1 → m̂ = 2, (1 + 0) / 2 / (3/4); v = 2, 1 → v̂ = 4, 1 / (3/4)
    const path = await follow(adam({ learningRate: 0.1, betas: [0.5, 0.5] }), [1], [[2], [0]]);
    const second = 0.1 * (0.5 / 0.75 / Math.sqrt(1 / 0.75));
    expectPath(path, [[0.9], [0.9 - second]]);
  });

  it("forgets everything with β = 0", async () => {
    expectPath(await follow(adam({ learningRate: 0.1, betas: [0, 0] }), [1], [[7], [-3], [2]]), [[0.9], [1], [0.9]]);
  });

  it("adds ε to the root", async () => {
    expectPath(await follow(adam({ learningRate: 0.1, epsilon: 3 }), [1], [[1]]), [[1 - 0.1 / 4]]);
  });

  it("decays with the gradient, adamW beside it", async () => {
    const options = { learningRate: 0.1, weightDecay: 0.5 };
    expectPath(await follow(adam(options), [2, 2], [[0, 1]]), [[1.9, 1.9]]);
    expectPath(await follow(adamW(options), [2, 2], [[0, 1]]), [[1.9, 1.8]]);
  });
});

describe("an optimiser", () => {
  it("takes another learning rate between steps, without being compiled again", async () => {
    for (const create of Object.values(optimizers)) {
      const optimizer = create({ learningRate: 0.5 });
      const parameter = new Variable("w", array([1]));
      const step = interpreted((slope) => void optimizer.update([parameter], [slope]), [f32(1)]);
      await step(array([1]));
      optimizer.learningRate.value = array(0);
      const before = parameter.value.item();
      await step(array([1]));
      expect([before !== 1, parameter.value.item()]).toEqual([true, before]);
    }
  });

  it("keeps one memory of a parameter for steps that are compiled apart", async () => {
    const optimizer = sgd({ learningRate: 1, momentum: 0.5 });
    const weight = new Variable("w", array([0]));
    const body = (x: Tensor) => void minimize(sum(mul(x, weight.read())), optimizer);
    const [one, two] = [interpreted(body, [f32(1)]), interpreted(body, [f32(2)])];
    await one(array([1]));
    await two(array([1, 2]));
    expect(weight.value.item()).toBe(-1 - (3 + 0.5));
    expect(optimizer.variables.map(({ name }) => name)).toEqual(["learningRate", "step", "momentum.w"]);
    expect(optimizer.variables.map(({ value }) => value.item())).toEqual([1, 2, 3.5]);
  });

  it.each<[() => unknown, string]>([
    [() => sgd({ momentun: 0.9 } as object), "sgd: there is no option 'momentun'; did you mean momentum?"],
    [() => sgd({ learningRate: -1 }), "sgd: learningRate must be a number of at least 0, got -1"],
    [() => adam({ betas: [0.9, 1] }), "adam: betas must be two numbers from 0 up to but not including 1, got [0.9,1]"],
    [() => adamW({ epsilon: Number.NaN }), "adamW: epsilon must be a number of at least 0, got NaN"],
  ])("refuses options that it does not take: %#", (create, message) => {
    expect(create).toThrow(new OptionError(message));
  });
});

describe("minimize", () => {
  it("changes the trainable variables that the trace has read, and returns their gradients", async () => {
    const [w, fixed] = [new Variable("w", array([3])), new Variable("fixed", array([2]), { trainable: false })];
    const step = interpreted(
      () => ({ gradients: minimize(sum(mul(square(w.read()), fixed.read())), sgd({ learningRate: 0.25 })) }),
      [],
    );
    const { gradients } = await step();
    expect(gradients.map((g) => g.item())).toEqual([12]);
    expect([w.value.item(), fixed.value.item()]).toEqual([0, 2]);
  });

  it("changes only the variables that it is given", async () => {
    const [a, b] = [new Variable("a", array([1])), new Variable("b", array([1]))];
    const loss = () => sum(mul(a.read(), b.read()));
    await interpreted(() => void minimize(loss(), sgd({ learningRate: 0.5 }), { variables: [b] }), [])();
    expect([a.value.item(), b.value.item()]).toEqual([1, 0.5]);
  });

  it("moves a parameter that two layers share once, by the sum of both gradients", async () => {
    const shared = nn.defineLayer({
      type: "shared",
      options: {},
      forward: (_, x, scope) => {
        const dense = nn.linear(1, { bias: false, initializer: "ones" });
        return add(scope.apply("dense", dense, x), scope.apply("dense", dense, mul(x, 2)));
      },
    });
    const model = nn.Model.build(shared(), { input: [1] });
    const optimizer = sgd({ learningRate: 0.1, momentum: 0.9 });
    await interpreted((x) => void minimize(sum(model(x)), optimizer), [f32(1, 1)])(array([[1]]));
    expect(model.variables.map(({ name }) => name)).toEqual(["dense.weight"]);
    expect(model.variables[0].value.item()).toBeCloseTo(1 - 0.1 * 3, DIGITS);
    expect(optimizer.variables).toHaveLength(3);
  });

  it("finds the bottom of a bowl", async () => {
    for (const optimizer of [sgd({ learningRate: 0.05, momentum: 0.5 }), adam({ learningRate: 0.1 })]) {
      const w = new Variable("w", array([5, -3]));
      const step = interpreted(
        () => ({ loss: add(sum(square(w.read())), 1), done: minimize(sum(square(w.read())), optimizer) }),
        [],
      );
      for (let i = 0; i < 300; i++) await step();
      expect((await step()).loss.item()).toBeCloseTo(1, 4);
    }
  });

  it("must have something to change, and stand inside a trace", () => {
    const x = new NdArray(new Float32Array(1), [1], "f32");
    const attempt = () => interpreted((x) => void minimize(sum(x), sgd()), [x]);
    expect(attempt).toThrow(new StateError("minimize: the loss depends on no trainable variable"));
    expect(() => minimize({} as Tensor, sgd())).toThrow(/^minimize was called outside a trace/);
  });
});
