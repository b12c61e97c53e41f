/** What the page says of meetings adds up to what the library computes. */
import { describe, expect, it } from "vitest";
import type { Computed } from "../../../worker/steps/api.ts";
import { compute, scattered } from "../../../worker/steps/compute.ts";
import { numbersOf } from "../numbers.ts";
import { type Scene, sceneOf } from "../scene.ts";
import { beginningOf, type StepsSettings } from "../settings.ts";
import { equationOf } from "../stage/equation.ts";
import { differenceOf } from "../stage/forms.ts";
import { type OperationName, operations } from "./operations.ts";
import { type Chosen, sumOf, termsOf } from "./terms.ts";

/** Rounding of doubles that are added up in another order. */
const TOLERANCE = 1e-9;

const random: Partial<StepsSettings> = { grid: "random", filter: "random", draw: 7 };
const cases: readonly (readonly [OperationName, Partial<StepsSettings>])[] = [
  ["convolution", {}],
  ["convolution", { ...random, stride: 2, padding: 1, channels: 2, filters: 3, bias: 0.5 }],
  ["convolution", { ...random, height: 8, width: 6, stride: 3, dilation: 2, kernel: 2 }],
  ["convolution", { ...random, channels: 4, filters: 4, groups: 2, padding: 2, dilation: 2, stride: 2 }],
  ["convolution", { ...random, height: 6, width: 9, kernel: 1, stride: 2, padding: 2 }],
  ["transposed", {}],
  ["transposed", { ...random, channels: 2, filters: 4, groups: 2, stride: 2, padding: 1, outputPadding: 1 }],
  ["transposed", { ...random, stride: 3, kernel: 2, dilation: 2, bias: -1 }],
  ["max-pooling", {}],
  ["max-pooling", { ...random, kernel: 3, stride: 1, padding: 1, channels: 2 }],
  ["max-pooling", { ...random, height: 7, width: 7, kernel: 2, stride: 2, dilation: 2 }],
  ["mean-pooling", { ...random, kernel: 3, stride: 2, padding: 1, channels: 3 }],
  ["activation", { fn: "sigmoid" }],
  ["activation", { fn: "elu" }],
  ["softmax", {}],
  ["normalization", {}],
  ["normalization", { over: "layer", scale: 2, offset: -1, epsilon: 0.1 }],
];

async function computed(operation: OperationName, changes: Partial<StepsSettings>) {
  const scene = sceneOf(operation, { ...beginningOf(operation), ...changes });
  const found = await compute(scene.request);
  return { scene, found, numbers: numbersOf(scene, found) };
}

const sums = (scene: Scene, of: Chosen["of"], numbers: ReturnType<typeof numbersOf>, count: number): number[] =>
  Array.from({ length: count }, (_, index) => sumOf(termsOf(scene.meetings, { of, index }, numbers)));

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(found.length).toBe(expected.length);
  const furthest = Array.from(found, (value, i) => Math.abs(value - expected[i])).reduce((a, b) => Math.max(a, b), 0);
  expect(furthest).toBeLessThan(TOLERANCE);
}

describe.each(cases)("%s %o", (operation, changes) => {
  it("has the shapes of the library", async () => {
    const { scene, found } = await computed(operation, changes);
    expect(found.y.shape).toEqual(scene.layout.y);
    expect(found.dx.shape).toEqual(scene.layout.x);
    expect(found.dw?.shape).toEqual(scene.layout.w);
  });

  it("adds up to the library's derivatives of input and filter", async () => {
    const { scene, found, numbers } = await computed(operation, changes);
    expectClose(sums(scene, "x", numbers, found.dx.data.length), found.dx.data);
    if (found.dw) expectClose(sums(scene, "w", numbers, found.dw.data.length), found.dw.data);
  });

  const { combines } = operations[operation];
  it.runIf(combines === "sum" || combines === "mean" || combines === "maximum")(
    "adds up to the library's output",
    async () => {
      const { scene, found, numbers } = await computed(operation, changes);
      const { bias } = scene.request;
      expectClose(
        sums(scene, "y", numbers, found.y.data.length).map((sum) => sum + bias),
        found.y.data,
      );
    },
  );

  it("says the library's value in its equation", async () => {
    const { scene, found, numbers } = await computed(operation, changes);
    const chosen: Chosen = { of: "y", index: found.y.data.length - 1 };
    const terms = termsOf(scene.meetings, chosen, numbers);
    const equation = equationOf({ scene, computed: found, numbers }, chosen, terms, false);
    expect(equation.value).toBe(found.y.data[chosen.index]);
    expect(equation.terms.length).toBeGreaterThan(combines === "sum" && operation === "transposed" ? -1 : 0);
  });
});

describe("the three ways of an input gradient", () => {
  it.each(cases.filter(([operation]) => operation === "convolution"))(
    "are equal: %s %o",
    async (operation, changes) => {
      const { found } = await computed(operation, changes);
      expect(differenceOf(found.dx, found.forms!)).toBeLessThan(TOLERANCE);
      expect(found.dx.data.some((value) => value !== 0)).toBe(true);
    },
  );

  it("scatters output by output", async () => {
    const { scene, found } = await computed("convolution", { ...random, stride: 2 });
    const count = found.y.data.length;
    expect((await scattered(scene.request, 0)).data.every((value) => value === 0)).toBe(true);
    const before = await scattered(scene.request, count - 1);
    const all: Computed["dx"] = await scattered(scene.request, count);
    expect(all.data).toEqual(found.dx.data);
    expect(before.data).not.toEqual(all.data);
  });
});

describe("the lectures' grids", () => {
  const rows = (...lines: string[]) => lines.join(" ").split(" ").map(Number);
  it.each([
    ["convolution", {}, rows("3 2 2 3 1", "2 0 2 1 0", "2 2 1 0 0", "3 1 0 0 0", "1 0 0 0 0")],
    [
      "convolution",
      { grid: "corner", filter: "ones", height: 6, width: 6, kernel: 2, stride: 2 },
      rows("3 3 1", "3 1 0", "1 0 0"),
    ],
    ["max-pooling", {}, rows("1 1 1", "1 1 0", "1 0 0")],
    ["mean-pooling", {}, rows(".75 .75 .25", ".75 .25 0", ".25 0 0")],
  ] as const)("%s %o", async (operation, changes, expected) => {
    const { found } = await computed(operation, changes);
    expect([...found.y.data]).toEqual(expected);
  });
});

it("leaves errors to the library", async () => {
  const scene = sceneOf("convolution", { ...beginningOf("convolution"), height: 2, width: 2 });
  await expect(compute(scene.request)).rejects.toThrow(
    /the kernel spans 3 along spatial axis 0, the padded input has 2/,
  );
  const odd = sceneOf("convolution", { ...beginningOf("convolution"), channels: 3, groups: 2 });
  await expect(compute(odd.request)).rejects.toThrow(/2 groups must divide both 3 input channels and 1 filters/);
});
