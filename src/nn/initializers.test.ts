import { describe, expect, it } from "vitest";
import { Random } from "../array/index.ts";
import * as nn from "./index.ts";
import { initializerNames, initializers } from "./initializers.ts";

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
};

describe("random weights", () => {
  const random = initializerNames.filter((name) => /Uniform|Normal/.test(name));

  it.each(random)("by %s have mean 0 and the variance of their rule", (name) => {
    const { data } = initializers[name](SHAPE, new Random(3, name));
    const expected = variances[name.replace(/Uniform|Normal/, "")];
    const mean = [...data].reduce((sum, x) => sum + x, 0) / COUNT;
    const variance = [...data].reduce((sum, x) => sum + (x - mean) ** 2, 0) / COUNT;
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(expected / COUNT));
    expect(Math.abs(variance / expected - 1)).toBeLessThan(FIVE_DEVIATIONS);
  });

  it.each(random)("by %s stay within √3 deviations if uniform, and go beyond if normal", (name) => {
    const { data } = initializers[name](SHAPE, new Random(3, name));
    const most = Math.max(...[...data].map(Math.abs)) / Math.sqrt(variances[name.replace(/Uniform|Normal/, "")]);
    if (name.endsWith("Uniform")) expect(most).toBeLessThanOrEqual(Math.sqrt(3) * (1 + 2 ** -23));
    else expect(most).toBeGreaterThan(3);
  });

  it("count what meets in one output of a linear layer", () => {
    const { data } = initializers.lecunNormal([50, 400], new Random(3, "linear"));
    const variance = [...data].reduce((sum, x) => sum + x * x, 0) / data.length;
    expect(Math.abs(variance * 400 - 1)).toBeLessThan(5 * Math.sqrt(2 / data.length));
  });
});

it("starts with one value where the rule has no random numbers", () => {
  expect(new Set(initializers.zeros([3, 2], new Random(1, "")).data)).toEqual(new Set([0]));
  expect(new Set(initializers.ones([3, 2], new Random(1, "")).data)).toEqual(new Set([1]));
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
