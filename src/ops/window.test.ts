import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError, ShapeError } from "../array/index.ts";
import { type PaddingWord, paddingPerAxis, perAxis, RUN, resolvePadding, tapsOf, windowAxes } from "./window.ts";

const axis = fc.record({
  input: fc.integer({ min: 1, max: 12 }),
  kernel: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 4 }),
  dilation: fc.integer({ min: 1, max: 3 }),
  before: fc.nat(3),
  after: fc.nat(3),
});

type Axis = typeof axis extends fc.Arbitrary<infer T> ? T : never;

const fits = ({ input, kernel, dilation, before, after }: Axis): boolean =>
  input + before + after >= dilation * (kernel - 1) + 1;

const axes = (rank: number) => fc.array(axis.filter(fits), { minLength: rank, maxLength: rank });

function build(list: readonly Axis[], ceil = false) {
  const pick = (key: keyof Axis) => list.map((axis) => axis[key]);
  const window = { stride: pick("stride"), dilation: pick("dilation"), padding: [...pick("before"), ...pick("after")] };
  return windowAxes(pick("input"), pick("kernel"), window, ceil);
}

describe("a window", () => {
  it("has as many places as fit, counted one by one", () => {
    fc.assert(
      fc.property(axis.filter(fits), (given) => {
        const last = given.input + given.before + given.after - given.dilation * (given.kernel - 1) - 1;
        let places = 0;
        for (let start = 0; start <= last; start += given.stride) places++;
        expect(build([given])[0].output).toBe(places);
      }),
    );
  });

  it("may overhang the end once in ceil mode, if it starts inside the input or what lies before it", () => {
    fc.assert(
      fc.property(axis.filter(fits), (given) => {
        const { input, kernel, stride, dilation, before, after } = given;
        const [plain, ceil] = [build([given])[0].output, build([given], true)[0].output];
        const covers = (plain - 1) * stride + dilation * (kernel - 1) + 1 === input + before + after;
        const startsInside = plain * stride - before < input;
        expect(ceil).toBe(!covers && startsInside ? plain + 1 : plain);
      }),
    );
  });

  it("drops an overhanging place that would start in the padding after the input", () => {
    const given = { input: 3, kernel: 2, stride: 2, dilation: 1, before: 1, after: 1 };
    expect(build([given], true)[0].output).toBe(2);
    expect(build([{ ...given, input: 4, before: 0, stride: 3 }], true)[0].output).toBe(2);
  });

  it("is one that is longer than the padded input by less than the stride, in ceil mode only", () => {
    const given = { input: 2, kernel: 5, stride: 3, dilation: 1, before: 0, after: 1 };
    expect(build([given], true)[0].output).toBe(1);
    expect(() => build([given])).toThrow(ShapeError);
    const dilated = { input: 3, kernel: 2, stride: 2, dilation: 3, before: 0, after: 0 };
    expect(build([dilated], true)[0].output).toBe(1);
    expect(() => build([{ ...given, stride: 2 }], true)).toThrow(
      "the kernel spans 5 along spatial axis 0, the padded input has 3; take a smaller kernel, a larger stride or more padding",
    );
  });

  it("meets the inputs that its equation names, each in scan order of the kernel", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }).chain(axes), fc.boolean(), (list, ceil) => {
        const built = build(list, ceil);
        expect(meetingsOf(built)).toEqual(meetingsByHand(built));
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    [{ input: 4, kernel: 5 }, "spans 5 along spatial axis 0, the padded input has 4"],
    [{ input: 4, kernel: 3, dilation: 2 }, "spans 5 along spatial axis 0, the padded input has 4"],
    [{ input: 0, kernel: 3, before: 1 }, "spans 3 along spatial axis 0, the padded input has 1"],
  ])("must fit: %j", (given, message) => {
    const all = { stride: 1, dilation: 1, before: 0, after: 0, ...given };
    expect(() => build([all])).toThrow(new ShapeError(`the kernel ${message}; take a smaller kernel or more padding`));
  });
});

/** Kernel offset, output and input of every meeting, as row-major positions, as `tapsOf` lists them. */
function meetingsOf(built: ReturnType<typeof build>): string[] {
  const { runs, step } = tapsOf(built);
  const found: string[] = [];
  for (let r = 0; r < runs.length; r += RUN) {
    for (let i = 0; i < runs[r + 3]; i++) found.push(`${runs[r]}: ${runs[r + 1] + i} ${runs[r + 2] + i * step}`);
  }
  return found;
}

function meetingsByHand(built: ReturnType<typeof build>): string[] {
  /** Every index of a box of the given lengths, with its row-major position. */
  const walk = (lengths: number[]): number[][] =>
    lengths.reduce<number[][]>((all, n) => all.flatMap((head) => [...Array(n).keys()].map((i) => [...head, i])), [[]]);
  const flat = (index: number[], lengths: number[]): number => index.reduce((at, i, a) => at * lengths[a] + i, 0);
  const [kernels, outputs, inputs] = (["kernel", "output", "input"] as const).map((key) => built.map((a) => a[key]));
  return walk(kernels).flatMap((k) =>
    walk(outputs).flatMap((o) => {
      const at = built.map((a, i) => o[i] * a.stride + k[i] * a.dilation - a.before);
      const inside = at.every((p, i) => p >= 0 && p < inputs[i]);
      return inside ? [`${flat(k, kernels)}: ${flat(o, outputs)} ${flat(at, inputs)}`] : [];
    }),
  );
}

describe("options for each axis", () => {
  it("may be one number, or padding one for each side", () => {
    expect(perAxis(2, 3)).toEqual([2, 2, 2]);
    expect(perAxis([1, 2], 2)).toEqual([1, 2]);
    expect(paddingPerAxis(1, 2)).toEqual([1, 1, 1, 1]);
    expect(paddingPerAxis([1, 2], 2)).toEqual([1, 2, 1, 2]);
    expect(paddingPerAxis([1, 2, 3, 4], 2)).toEqual([1, 2, 3, 4]);
  });
});

describe("padding in words", () => {
  const spans = axis.map(({ input, kernel, stride, dilation }) => ({ input, kernel, stride, dilation }));
  const resolve = (word: PaddingWord, { input, kernel, stride, dilation }: Omit<Axis, "before" | "after">) => {
    const window = { kernel: [kernel], stride: [stride], dilation: [dilation] };
    const padding = resolvePadding("conv1d", word, [input], window);
    const [built] = windowAxes([input], [kernel], { ...window, padding });
    return built;
  };

  it("same gives ⌈input / stride⌉ places, and what is odd comes after", () => {
    fc.assert(
      fc.property(spans, (given) => {
        const { output, before, after } = resolve("same", given);
        expect(output).toBe(Math.ceil(given.input / given.stride));
        expect([0, 1]).toContain(after - before);
      }),
    );
    expect(resolve("same", { input: 5, kernel: 2, stride: 2, dilation: 1 })).toMatchObject({ before: 0, after: 1 });
    expect(resolve("same", { input: 4, kernel: 3, stride: 2, dilation: 1 })).toMatchObject({ before: 0, after: 1 });
    expect(resolve("same", { input: 4, kernel: 1, stride: 3, dilation: 1 })).toMatchObject({ before: 0, after: 0 });
  });

  it("full sees each element through every tap, valid none beyond the edges", () => {
    fc.assert(
      fc.property(spans, ({ stride: _, ...given }) => {
        const reach = given.dilation * (given.kernel - 1) + 1;
        expect(resolve("full", { ...given, stride: 1 }).output).toBe(given.input + reach - 1);
        if (given.input >= reach)
          expect(resolve("valid", { ...given, stride: 1 }).output).toBe(given.input - reach + 1);
      }),
    );
  });

  it("must be known words", () => {
    const window = { kernel: [3], stride: [1], dilation: [1] };
    expect(() => resolvePadding("conv1d", "smae" as PaddingWord, [5], window)).toThrow(
      new OptionError("conv1d: padding must be a number, a list or one of 'valid', 'same', 'full', got \"smae\""),
    );
  });
});
