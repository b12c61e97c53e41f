import { describe, expect, it } from "vitest";
import { OptionError, Random, ShapeError } from "../array/index.ts";
import * as nn from "./index.ts";
import { type Initializer, initialize, initializerNames } from "./initializers.ts";

const SHAPE = [64, 32, 3, 3];
const FAN_IN = 32 * 9;
const FAN_OUT = 64 * 9;
const COUNT = 64 * 32 * 9;

/** Relative spread of a sample variance: √((κ − 1) / n) for a kurtosis κ; the Gaussian has 3, the uniform less. */
const FIVE_DEVIATIONS = 5 * Math.sqrt(2 / COUNT);

const variances: Readonly<Record<string, number>> = {
  lecun: 1 / FAN_IN,
  glorot: 2 / (FAN_IN + FAN_OUT),
  he: 2 / FAN_IN,
  heFanOut: 2 / FAN_OUT,
  torch: 1 / (3 * FAN_IN),
};

const values = (initializer: Initializer, shape: number[], stream = "test") => [
  ...initialize(initializer, shape, new Random(3, stream)).data,
];

describe("random weights", () => {
  const random = initializerNames.filter((name) => /Uniform|Normal/.test(name));

  it.each(random)("by %s have mean 0 and the variance of their rule", (name) => {
    const { data } = initialize(name, SHAPE, new Random(3, name));
    const expected = variances[name.replace(/Uniform|Normal/, "")];
    const mean = [...data].reduce((sum, x) => sum + x, 0) / COUNT;
    const variance = [...data].reduce((sum, x) => sum + (x - mean) ** 2, 0) / COUNT;
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(expected / COUNT));
    expect(Math.abs(variance / expected - 1)).toBeLessThan(FIVE_DEVIATIONS);
  });

  it.each(random)("by %s stay within √3 deviations if uniform, and go beyond if normal", (name) => {
    const { data } = initialize(name, SHAPE, new Random(3, name));
    const most = Math.max(...[...data].map(Math.abs)) / Math.sqrt(variances[name.replace(/Uniform|Normal/, "")]);
    if (name.endsWith("Uniform")) expect(most).toBeLessThanOrEqual(Math.sqrt(3) * (1 + 2 ** -23));
    else expect(most).toBeGreaterThan(3);
  });

  it("count what meets in one output of a linear layer", () => {
    const { data } = initialize("lecunNormal", [50, 400], new Random(3, "linear"));
    const variance = [...data].reduce((sum, x) => sum + x * x, 0) / data.length;
    expect(Math.abs(variance * 400 - 1)).toBeLessThan(5 * Math.sqrt(2 / data.length));
  });
});

it("starts with one value where the rule has no random numbers", () => {
  expect(new Set(values("zeros", [3, 2]))).toEqual(new Set([0]));
  expect(new Set(values("ones", [3, 2]))).toEqual(new Set([1]));
  expect(new Set(values({ type: "constant", value: 0.25 }, [3, 2]))).toEqual(new Set([0.25]));
});

describe("rules with options", () => {
  it("scale by their gain", () => {
    const [plain, louder] = [values("heNormal", [4, 3]), values({ type: "heNormal", gain: 2 }, [4, 3])];
    expect(louder).toEqual(plain.map((x) => 2 * x));
  });

  it("draw from a range, or around a mean", () => {
    const uniform = values({ type: "uniform", low: 2, high: 3 }, [50, 50]);
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...uniform)).toBeLessThanOrEqual(3);
    const normal = values({ type: "normal", mean: 5, deviation: 0.1 }, [50, 50]);
    const mean = normal.reduce((a, b) => a + b) / normal.length;
    // Five deviations of a mean of 2500.
    expect(Math.abs(mean - 5)).toBeLessThan((5 * 0.1) / 50);
    expect(Math.max(...normal.map((x) => Math.abs(x - 5)))).toBeGreaterThan(0.2);
  });

  it("start PyTorch's layers within ±1/√fanIn", () => {
    const bound = 1 / Math.sqrt(FAN_IN);
    const most = Math.max(...values("torchUniform", SHAPE).map(Math.abs));
    expect(most / bound).toBeLessThanOrEqual(1 + 2 ** -23);
    expect(most / bound).toBeGreaterThan(0.99);
  });
});

describe("orthogonal weights", () => {
  /** Products of rows, each with each. */
  const products = (flat: number[], rows: number, columns: number, at: (r: number, c: number) => number) =>
    Array.from({ length: rows }, (_, a) =>
      Array.from({ length: rows }, (_, b) =>
        Array.from({ length: columns }, (_, c) => flat[at(a, c)] * flat[at(b, c)]).reduce((x, y) => x + y, 0),
      ),
    );
  const unit = (n: number, size = 1) =>
    Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => expect.closeTo(i === j ? size : 0, 5)));

  it("have orthonormal rows, or columns where those are fewer", () => {
    const wide = values("orthogonal", [5, 3, 2, 2]);
    expect(products(wide, 5, 12, (r, c) => r * 12 + c)).toEqual(unit(5));
    const tall = values({ type: "orthogonal", gain: 2 }, [7, 3]);
    expect(products(tall, 3, 7, (r, c) => c * 3 + r)).toEqual(unit(3, 4));
    expect(values("orthogonal", [1, 1]).map(Math.abs)).toEqual([expect.closeTo(1, 6)]);
    expect(values("orthogonal", [0, 3])).toEqual([]);
  });

  it("differ from seed to seed, and have no direction of their own", () => {
    expect(values("orthogonal", [3, 3], "a")).not.toEqual(values("orthogonal", [3, 3], "b"));
    const corners = Array.from({ length: 400 }, (_, i) => values("orthogonal", [2, 2], `${i}`)[0]);
    const mean = corners.reduce((a, b) => a + b) / corners.length;
    // Five deviations of the mean of 400 numbers with variance 1/2.
    expect(Math.abs(mean)).toBeLessThan((5 * Math.SQRT1_2) / 20);
  });
});

describe("weights that pass their input on", () => {
  it("are 1 where output and input have the same number", () => {
    expect(values("identity", [2, 3])).toEqual([1, 0, 0, 0, 1, 0]);
    expect(values("identity", [3, 2])).toEqual([1, 0, 0, 1, 0, 0]);
    expect(values("dirac", [2, 2, 3])).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
    expect(values("dirac", [1, 1, 2, 3])).toEqual([0, 0, 0, 0, 1, 0]);
    expect(values({ type: "dirac", groups: 2 }, [2, 1, 1])).toEqual([1, 1]);
    expect(values("dirac", [2, 1, 1])).toEqual([1, 0]);
  });

  it.each<[Initializer, number[], string]>([
    ["identity", [3], "identity: is for the weights of a linear layer, [units, features], got [3]"],
    ["dirac", [3, 3], "dirac: is for the weights of a convolution, [filters, channels, …], got [3,3]"],
    [{ type: "dirac", groups: 2 }, [3, 3, 1], "dirac: 3 filters cannot be divided into 2 groups"],
    ["orthogonal", [3], "orthogonal: needs weights of at least two axes, got [3]"],
  ])("are for some layers only: %j for [%s]", (initializer, shape, message) => {
    expect(() => values(initializer, shape)).toThrow(new ShapeError(message));
  });
});

describe("a layer's option", () => {
  it("takes names, and names with options, and keeps them as plain data", () => {
    const layer = nn.linear(3, { initializer: { type: "normal", deviation: 0.5 }, biasInitializer: "torchUniform" });
    expect(JSON.parse(JSON.stringify(layer.toJSON()))).toEqual({
      type: "linear",
      units: 3,
      bias: true,
      initializer: { type: "normal", mean: 0, deviation: 0.5 },
      biasInitializer: "torchUniform",
    });
  });

  it("has biases go by the weights beside them", () => {
    const layer = nn.linear(200, { initializer: "torchUniform", biasInitializer: "torchUniform" });
    const [weight, bias] = nn.Model.build(layer, { input: [25] }).variables.map(({ value }) => [...value.data]);
    for (const all of [weight, bias]) {
      const most = Math.max(...all.map(Math.abs));
      expect(most).toBeLessThanOrEqual(1 / 5);
      expect(most).toBeGreaterThan(0.97 / 5);
    }
  });

  it.each<[unknown, RegExp]>([
    ["normal", /^linear: initializer must be one of 'lecunUniform', .*, or \{ type, … \} with type .*, got "normal"$/],
    [{ type: "normal" }, /^initializer normal: deviation must be a number of at least 0, got nothing$/],
    [{ type: "normal", deviaton: 1 }, /^initializer normal: there is no option 'deviaton'; did you mean deviation\?$/],
    [{ type: "gaussian" }, /^linear: initializer must be one of .*, got an object$/],
    [{ type: "heNormal", gain: -1 }, /^initializer heNormal: gain must be a number of at least 0, got -1$/],
  ])("is refused: %j", (initializer, message) => {
    const create = () => nn.linear(3, { initializer: initializer as "zeros" });
    expect(create).toThrow(OptionError);
    expect(create).toThrow(message);
  });
});

describe("a new model", () => {
  const layer = nn.sequential(nn.linear(30), nn.linear(30), nn.linear(2, { initializer: "ones", bias: false }));
  const weights = (seed?: number) =>
    nn.Model.build(layer, { input: [30], seed }).variables.map(({ value }) => value.data);

  it("starts the same way with the same seed, and with 0 when none is given", () => {
    expect(weights(5)).toEqual(weights(5));
    expect(weights()).toEqual(weights(0));
    expect(weights(5)[0]).not.toEqual(weights(6)[0]);
  });

  it("starts layers of the same shape differently", () => {
    const [first, , second] = weights();
    expect(first.length).toBe(second.length);
    expect([...first].filter((x, i) => x === second[i]).length).toBeLessThan(5);
  });

  it("starts biases at 0, and weights as the option says", () => {
    const [, bias, , , ones] = weights();
    expect(new Set(bias)).toEqual(new Set([0]));
    expect(new Set(ones)).toEqual(new Set([1]));
  });

  it("takes whole seeds only", () => {
    for (const seed of [-1, 0.5, 2 ** 32]) expect(() => weights(seed)).toThrow(/^seed .* is out of range/);
  });
});
