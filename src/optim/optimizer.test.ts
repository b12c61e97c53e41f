import { describe, expect, it } from "vitest";
import { interpreted } from "../../tests/support/values.ts";
import { array, NdArray, OptionError, StateError } from "../array/index.ts";
import { f32, type Tensor, Variable } from "../graph/index.ts";
import * as nn from "../nn/index.ts";
import { add, matmul, mean, mul, square, sum } from "../ops/index.ts";
import {
  adadelta,
  adagrad,
  adam,
  adamW,
  createAccumulator,
  lion,
  minimize,
  type Optimizer,
  optimizers,
  rmsprop,
  sgd,
  withAverages,
  withoutDecay,
} from "./index.ts";

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

describe("sgd with dampening, by hand", () => {
  it("lets the first gradient in whole, later ones less", async () => {
    // v: 1; then 0.9 · 1 + 0.25 · 2 = 1.4
    const options = { learningRate: 0.1, momentum: 0.9, dampening: 0.75 };
    expectPath(await follow(sgd(options), [1], [[1], [2]]), [[0.9], [0.76]]);
  });
});

describe("the adaptive optimizers by hand", () => {
  it("rmsprop divides by the root of a running mean of squares", async () => {
    // v: 0.5 · 4 = 2; then 0.5 · 2 + 0.5 · 1 = 1.5
    const path = await follow(rmsprop({ learningRate: 0.1, smoothing: 0.5, epsilon: 0 }), [1], [[2], [1]]);
    const first = 1 - 0.2 / Math.sqrt(2);
    expectPath(path, [[first], [first - 0.1 / Math.sqrt(1.5)]]);
  });

  it("rmsprop centered divides by the deviation, and stands a gradient that never changes", async () => {
    // m: 0.5 · 2 = 1; v − m² = 2 − 1
    const options = { learningRate: 0.1, smoothing: 0.5, centered: true };
    expectPath(await follow(rmsprop({ ...options, epsilon: 0 }), [1], [[2]]), [[0.8]]);
    const steady = await follow(rmsprop({ ...options, epsilon: 1 }), [1], Array(60).fill([1 / 3]));
    expect(steady.flat().every(Number.isFinite)).toBe(true);
  });

  it("adagrad divides by the root of all squares", async () => {
    const path = await follow(adagrad({ learningRate: 0.1 }), [1, 1], [[3, 0.1], [4, 0]]); // biome-ignore format: two steps
    expectPath(path, [[0.9, 0.9], [0.9 - 0.4 / 5, 0.9]]); // biome-ignore format: two steps
  });

  it("adadelta moves by the size of what it has moved", async () => {
    // v = 0.5 · 4 = 2, Δ = 2 √(0 + 2) / √(2 + 2) = √2; u = 0.5 · 2 = 1, v = 1 + 0.5 = 1.5, Δ = √3 / √3.5
    const path = await follow(adadelta({ smoothing: 0.5, epsilon: 2 }), [5], [[2], [1]]);
    expectPath(path, [[5 - Math.SQRT2], [5 - Math.SQRT2 - Math.sqrt(3 / 3.5)]]);
  });

  it("lion steps by the sign of a mean, and remembers by another one", async () => {
    // m: 0.5 · 1 = 0.5; then c = 0.9 · 0.5 − 0.1 · 4 = 0.05, still up; then m = 0.25 − 2 and c < 0
    const options = { learningRate: 0.1, betas: [0.9, 0.5] as const };
    expectPath(await follow(lion(options), [1], [[1], [-4], [-1]]), [[0.9], [0.8], [0.9]]);
    expectPath(await follow(lion({ ...options, weightDecay: 0.5 }), [2], [[1]]), [[2 - 0.1 - 0.1]]);
    expectPath(await follow(lion(options), [1], [[0]]), [[1]]);
  });
});

describe("weight decay", () => {
  it("goes into the gradient, or beside it, as the option says", async () => {
    const options = { learningRate: 0.1, momentum: 0.9, weightDecay: 0.5 };
    // Coupled, the second step has the decay of the first in its momentum as well.
    expectPath(await follow(sgd({ ...options, decay: "coupled" }), [2], [[0], [0]]), [[1.9], [1.715]]);
    expectPath(await follow(sgd({ ...options, decay: "decoupled" }), [2], [[0], [0]]), [[1.9], [1.805]]);
    const same = await follow(adam({ learningRate: 0.1, weightDecay: 0.5, decay: "decoupled" }), [2, 2], [[0, 1]]);
    expectPath(same, await follow(adamW({ learningRate: 0.1, weightDecay: 0.5 }), [2, 2], [[0, 1]]));
  });
});

describe("clipping", () => {
  it("cuts elements, and scales what is too long", async () => {
    const step = { learningRate: 1 };
    expectPath(await follow(sgd({ ...step, clipValue: 2 }), [0, 0], [[6, -1]]), [[-2, 1]]);
    expectPath(await follow(sgd({ ...step, clipNorm: 5 }), [0, 0], [[6, -8]]), [[-3, 4]]);
    expectPath(await follow(sgd({ ...step, clipNorm: 5, clipValue: 3 }), [0, 0], [[6, -8]]), [[-3, 3]]);
  });

  it("leaves what is short enough to the bit, and zero as it is", async () => {
    const slopes = [[0.1, -0.7], [0, 0]]; // biome-ignore format: two steps
    const clipped = await follow(sgd({ learningRate: 1, clipNorm: 3, clipValue: 3 }), [1, 1], slopes);
    expect(clipped).toEqual(await follow(sgd({ learningRate: 1 }), [1, 1], slopes));
  });

  it("takes the gradients of all parameters together", async () => {
    const parameters = [new Variable("a", array([0])), new Variable("b", array([0, 0]))];
    const optimizer = sgd({ learningRate: 1, clipNorm: 1 });
    const step = interpreted((x, y) => void optimizer.update(parameters, [x, y]), [f32(1), f32(2)]);
    await step(array([2]), array([4, 4]));
    expect(parameters.flatMap(({ value }) => [...value.data])).toEqual(
      [-1 / 3, -2 / 3, -2 / 3].map((value) => expect.closeTo(value, DIGITS)),
    );
  });
});

describe("moving averages of the weights", () => {
  it("are those of all steps so far, later ones counting more", async () => {
    const optimizer = sgd({ learningRate: 1, average: 0.5 });
    await follow(optimizer, [0], [[-1], [-1], [-1]]);
    // Weights 1, 2, 3 with shares 1/4, 1/2, 1 of 7/4.
    const [[, average]] = optimizer.averages;
    expect(average.name).toBe("average.w");
    expect(average.value.item()).toBeCloseTo((0.25 * 1 + 0.5 * 2 + 3) / 1.75, DIGITS);
    expect(optimizer.variables.map(({ name }) => name)).toEqual(["learningRate", "step", "average.w"]);
  });

  it("can be used for a while", async () => {
    const optimizer = sgd({ learningRate: 1, average: 0.5 });
    await follow(optimizer, [0], [[-1], [-1]]);
    const [[parameter]] = optimizer.averages;
    expect(await withAverages(optimizer, () => parameter.value.item())).toBeCloseTo((0.5 + 2) / 1.5, DIGITS);
    expect(parameter.value.item()).toBe(2);
    const failing = withAverages(optimizer, () => {
      throw new StateError("stop");
    });
    await expect(failing).rejects.toThrow("stop");
    expect(parameter.value.item()).toBe(2);
  });

  it("forget everything with a decay of 0, and are none unless asked for", async () => {
    const forgetful = sgd({ learningRate: 1, average: 0 });
    const path = await follow(forgetful, [0], [[-1], [-1]]);
    expect([...forgetful.averages.values()].map(({ value }) => value.item())).toEqual(path[1]);
    const plain = sgd();
    await follow(plain, [0], [[1]]);
    expect(plain.averages.size).toBe(0);
  });
});

describe("parameter groups", () => {
  const train = async (options: Parameters<typeof sgd>[0]) => {
    const parameters = ["features.0.weight", "features.0.bias", "head.weight"].map(
      (name) => new Variable(name, name.endsWith("bias") ? array([1]) : array([[1]])),
    );
    const optimizer = sgd({ learningRate: 0.1, weightDecay: 1, ...options });
    const step = interpreted(
      () =>
        void optimizer.update(
          parameters,
          parameters.map((parameter) => mul(parameter.read(), 0)),
        ),
      [],
    );
    await step();
    return parameters.map(({ value }) => value.item());
  };
  const close = (...values: number[]) => values.map((value) => expect.closeTo(value, DIGITS));

  it("are found by pattern, expression or question; the first that matches counts", async () => {
    expect(await train({})).toEqual(close(0.9, 0.9, 0.9));
    expect(await train({ groups: [{ match: "*.bias", weightDecay: 0 }] })).toEqual(close(0.9, 1, 0.9));
    expect(await train({ groups: [{ match: /^features\./, learningRateFactor: 0.1 }] })).toEqual(
      close(0.99, 0.99, 0.9),
    );
    expect(await train({ groups: [withoutDecay] })).toEqual(close(0.9, 1, 0.9));
    const both = [withoutDecay, { match: "features.*", weightDecay: 5 }];
    expect(await train({ groups: both })).toEqual(close(0.5, 1, 0.9));
  });

  it("take a pattern for the whole name, and dots in it for dots", async () => {
    const attempt = (match: string) => train({ groups: [{ match, weightDecay: 0 }] });
    await expect(attempt("weight")).rejects.toThrow(
      new OptionError(
        "sgd, group 0: no parameter matches 'weight'; there are features.0.weight, features.0.bias, head.weight",
      ),
    );
    await expect(attempt("head?weight")).rejects.toThrow(OptionError);
    await expect(attempt("features*0*weigh")).rejects.toThrow(OptionError);
    expect(await attempt("*")).toEqual([1, 1, 1]);
  });

  it("have memory of their own kind", async () => {
    const optimizer = sgd({ learningRate: 1, groups: [{ match: "b", momentum: 0.5 }] });
    const parameters = ["a", "b"].map((name) => new Variable(name, array([0])));
    const step = interpreted((x) => void optimizer.update(parameters, [x, x]), [f32(1)]);
    for (let i = 0; i < 2; i++) await step(array([1]));
    expect(parameters.map(({ value }) => value.item())).toEqual([-2, -2.5]);
    expect(optimizer.variables.map(({ name }) => name)).toEqual(["learningRate", "step", "momentum.b"]);
  });

  it("are part of what tells optimizers apart", () => {
    const groups = [
      { match: "*.bias", weightDecay: 0 },
      { match: /norm/, learningRateFactor: 2 },
    ];
    expect(sgd({ groups }).description).toBe(
      "sgd (learningRate 0.05, momentum 0, dampening 0, nesterov false, weightDecay 0, decay coupled, groups ['*.bias' weightDecay 0; /norm/ learningRateFactor 2])",
    );
  });
});

describe("gradients that are added up over parts", () => {
  it("move the parameters as the whole batch does", async () => {
    const x = array([[1, 2], [3, -1], [0, 1], [2, 2], [-1, 1]]); // biome-ignore format: five samples
    const lossOf = (w: Variable) => (x: Tensor) => mean(square(matmul(x, w.read())));
    const start = () => new Variable("w", array([[1], [-2]])); // biome-ignore format: a column
    const [whole, parted] = [start(), start()];
    const create = () => adam({ learningRate: 0.1, clipNorm: 1 });
    const [one, other] = [create(), create()];
    const step = interpreted((x) => void minimize(lossOf(whole)(x), one), [f32(5, 2)]);
    const sums = createAccumulator();
    const part = (rows: number) =>
      interpreted((x) => void sums.add(lossOf(parted)(x), { share: rows / 5 }), [f32(rows, 2)]);
    const [three, two] = [part(3), part(2)];
    const apply = interpreted(() => void sums.apply(other), []);
    for (let i = 0; i < 3; i++) {
      await step(x);
      await three(new NdArray(x.data.slice(0, 6), [3, 2], "f32"));
      await two(new NdArray(x.data.slice(6), [2, 2], "f32"));
      await apply();
      expect(sums.variables.map(({ name, value }) => [name, ...value.data])).toEqual([["sum.w", 0, 0]]);
    }
    expect([...parted.value.data]).toEqual([...whole.value.data].map((value) => expect.closeTo(value, DIGITS)));
    expect([...parted.value.data]).not.toEqual([1, -2]);
  });

  it("must have been added before they are applied", () => {
    expect(() => interpreted(() => void createAccumulator().apply(sgd()), [])).toThrow(
      new StateError("apply: nothing has been added; trace a step with add() first"),
    );
  });
});

describe("an optimizer", () => {
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

  it.each<[() => unknown, string | RegExp]>([
    [() => sgd({ momentun: 0.9 } as object), "sgd: there is no option 'momentun'; did you mean momentum?"],
    [() => sgd({ learningRate: -1 }), "sgd: learningRate must be a number of at least 0, got -1"],
    [() => adam({ betas: [0.9, 1] }), "adam: betas must be two numbers from 0 up to but not including 1, got [0.9,1]"],
    [() => adamW({ epsilon: Number.NaN }), "adamW: epsilon must be a number of at least 0, got NaN"],
    [
      () => lion({ betas: [-0.1, 0.9] }),
      "lion: betas must be two numbers from 0 up to but not including 1, got [-0.1,0.9]",
    ],
    [() => rmsprop({ smoothing: 1 }), "rmsprop: smoothing must be a number from 0 up to but not including 1, got 1"],
    [() => adagrad({ weightDecay: -1 }), "adagrad: weightDecay must be a number of at least 0, got -1"],
    [() => adadelta({ rho: 0.9 } as object), /^adadelta: there is no option 'rho'; known: learningRate, smoothing, /],
    [() => sgd({ clipNorm: 0 }), "sgd: clipNorm must be a number above 0, got 0"],
    [() => adam({ average: 1 }), "adam: average must be a number from 0 up to but not including 1, got 1"],
    [() => adam({ decay: "l2" as "coupled" }), "adam: decay must be one of 'coupled', 'decoupled', got \"l2\""],
    [
      () => sgd({ nesterov: true }),
      "sgd: nesterov looks ahead along the momentum, which is 0; set momentum, such as 0.9",
    ],
    [
      () => sgd({ nesterov: true, momentum: 0.9, dampening: 0.1 }),
      "sgd: nesterov goes without dampening, which is 0.1; leave one out",
    ],
    [() => sgd({ dampening: 0.1 }), "sgd: dampening 0.1 is of the momentum, which is 0; set momentum"],
    [
      () => sgd({ groups: [{ weightDecay: 0 }] as never }),
      "sgd: groups must be a list of groups, { match, … } with a pattern, a regular expression or a function, got [an object]",
    ],
    [
      () => sgd({ groups: [{ match: "*", wightDecay: 0 }] }),
      "sgd, group 0: there is no option 'wightDecay'; did you mean weightDecay?",
    ],
    [
      () => sgd({ groups: [{ match: "*", learningRateFactor: -1 }] }),
      "sgd, group 0: learningRateFactor must be a number of at least 0, got -1",
    ],
    [
      () => sgd({ momentum: 0.9, groups: [{ match: "*", momentum: 0, nesterov: true }] }),
      "sgd: nesterov looks ahead along the momentum, which is 0; set momentum, such as 0.9",
    ],
  ])("refuses options that it does not take: %#", (create, message) => {
    expect(create).toThrow(OptionError);
    expect(create).toThrow(typeof message === "string" ? new OptionError(message) : message);
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

  it("refuses an option that it does not take", () => {
    const options = { variable: [] } as object;
    expect(() => interpreted((x) => void minimize(sum(x), sgd(), options), [f32(1)])).toThrow(
      new OptionError("minimize: there is no option 'variable'; did you mean variables?"),
    );
  });

  it("must have something to change, and stand inside a trace", () => {
    const x = new NdArray(new Float32Array(1), [1], "f32");
    const attempt = () => interpreted((x) => void minimize(sum(x), sgd()), [x]);
    expect(attempt).toThrow(new StateError("minimize: the loss depends on no trainable variable"));
    expect(() => minimize({} as Tensor, sgd())).toThrow(/^minimize was called outside a trace/);
  });
});
