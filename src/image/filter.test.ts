import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compute } from "../../tests/support/values.ts";
import { NdArray, OptionError, Random, ShapeError } from "../array/index.ts";
import { conv } from "../ops/index.ts";
import type { Border } from "./borders.ts";
import { type FilterOptions, filter } from "./filter.ts";
import { kernels } from "./kernels.ts";
import type { FloatPicture, Picture } from "./picture.ts";
import type { Kernel } from "./sliding.ts";

const gray = (width: number, ...data: number[]): FloatPicture => ({
  width,
  height: data.length / width,
  channels: 1,
  data: Float32Array.from(data),
});
const row = (...data: number[]): FloatPicture => gray(data.length, ...data);

/** Whole numbers from −8 to 8: their sums are exact, whatever the order. */
const wholeNumbers = (stream: string, count: number): number[] => {
  const random = new Random(3, stream);
  return Array.from({ length: count }, () => random.integer(17) - 8);
};
const kernelOf = (height: number, width: number, numbers: readonly number[]): Kernel =>
  Array.from({ length: height }, (_, y) => numbers.slice(y * width, (y + 1) * width));

/** What a window reads at a position, by the definitions. */
const readers: Readonly<Record<Border, (at: (i: number) => number, i: number, length: number) => number>> = {
  valid: (at, i) => at(i),
  zero: (at, i, length) => (i < 0 || i >= length ? 0 : at(i)),
  replicate: (at, i, length) => at(Math.max(0, Math.min(length - 1, i))),
  reflect: (at, i, length) => {
    let position = length === 1 ? 0 : i;
    while (position < 0 || position >= length) position = position < 0 ? -position : 2 * (length - 1) - position;
    return at(position);
  },
};

/** The sums of the header of `filter`, one by one, for one channel. */
function byDefinition({ width, height, data }: FloatPicture, kernel: Kernel, options: FilterOptions): FloatPicture {
  const { mode = "correlation", border = "reflect", step = 1 } = options;
  const [stepY, stepX] = typeof step === "number" ? [step, step] : step;
  const [kh, kw] = [kernel.length, kernel[0].length];
  const [originY, originX] = [Math.floor(kh / 2), Math.floor(kw / 2)];
  const sign = mode === "correlation" ? 1 : -1;
  const read = (y: number, x: number): number =>
    readers[border]((row) => readers[border]((column) => data[row * width + column], x, width), y, height);
  const lines: number[][] = [];
  // With the border `valid`, only windows that lie inside.
  const isInside = (at: number, origin: number, taps: number, length: number): boolean => {
    const ends = [at - sign * origin, at + sign * (taps - 1 - origin)];
    return border !== "valid" || (Math.min(...ends) >= 0 && Math.max(...ends) < length);
  };
  const places = (length: number, origin: number, taps: number, stride: number): number[] =>
    Array.from({ length }, (_, i) => i)
      .filter((at) => isInside(at, origin, taps, length))
      .filter((_, i) => i % stride === 0);
  for (const y of places(height, originY, kh, stepY)) {
    lines.push(
      places(width, originX, kw, stepX).map((x) => {
        let sum = 0;
        for (const [i, weights] of kernel.entries())
          for (const [j, weight] of weights.entries())
            sum += weight * read(y + sign * (i - originY), x + sign * (j - originX));
        return sum;
      }),
    );
  }
  return { ...gray(1, ...lines.flat()), width: lines[0].length, height: lines.length };
}

describe("filter", () => {
  it("computes the sums of its definition, for any sizes, borders, steps and either mode", () => {
    const size = fc.integer({ min: 1, max: 6 });
    const cases = fc.record({
      width: size,
      height: size,
      kw: size,
      kh: size,
      isSeparable: fc.boolean(),
      mode: fc.constantFrom("correlation" as const, "convolution" as const),
      border: fc.constantFrom("valid" as const, "zero" as const, "reflect" as const, "replicate" as const),
      step: fc.oneof(
        fc.integer({ min: 1, max: 4 }),
        fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 })),
      ),
      seed: fc.nat(1000),
    });
    fc.assert(
      fc.property(cases, ({ width, height, kw, kh, isSeparable, seed, ...options }) => {
        fc.pre(options.border !== "valid" || (kw <= width && kh <= height));
        const picture = gray(width, ...wholeNumbers(`picture ${seed}`, width * height));
        const [column, line] = [wholeNumbers(`column ${seed}`, kh), wholeNumbers(`line ${seed}`, kw)];
        const kernel = isSeparable
          ? column.map((c) => line.map((r) => c * r))
          : kernelOf(kh, kw, wholeNumbers(`kernel ${seed}`, kh * kw));
        expect(filter(picture, kernel, options)).toEqual(byDefinition(picture, kernel, options));
      }),
      { numRuns: 300 },
    );
  });

  it("rounds once, after sums in double precision", () => {
    const picture = gray(9, ...wholeNumbers("rounding", 81).map((value) => value / 7));
    // A Gaussian takes two passes, the lecture's blur one.
    for (const kernel of [kernels.gaussian({ sigma: 1.3 }), kernels.blur(), kernels.box({ size: 3 })])
      expect(filter(picture, kernel)).toEqual(byDefinition(picture, kernel, {}));
  });

  it.each([
    [1, 1, 1],
    [3, 3, 1],
    [2, 3, 1],
    [5, 2, 2],
    [4, 4, 3],
  ])("gives the numbers of a convolutional layer: kernels of %i × %i, step %i", async (kh, kw, step) => {
    const [height, width, channels] = [7, 8, 3] as const;
    const planes = wholeNumbers("planes", channels * height * width);
    const weights = wholeNumbers("weights", channels * kh * kw);
    const picture: FloatPicture = {
      ...{ width, height, channels },
      data: Float32Array.from(planes, (_, i) => planes[(i % channels) * height * width + Math.floor(i / channels)]),
    };
    const perChannel = Array.from({ length: channels }, (_, c) => kernelOf(kh, kw, weights.slice(c * kh * kw)));
    const map = await compute(
      (x, w) => conv(x, w, { stride: step }),
      new NdArray(Float32Array.from(planes), [1, channels, height, width], "f32"),
      new NdArray(Float32Array.from(weights), [1, channels, kh, kw], "f32"),
    );
    const filtered = filter(picture, perChannel, { border: "valid", step });
    expect([1, filtered.channels, filtered.height, filtered.width]).toEqual(map.shape);
    expect([...filtered.data]).toEqual([...map.data]);
  });

  it("tells convolution from correlation: of a single point, one gives the kernel and the other its mirror image", () => {
    const point = gray(3, 0, 0, 0, 0, 1, 0, 0, 0, 0);
    const kernel = kernelOf(3, 3, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const given = { border: "zero" } as const;
    expect(filter(point, kernel, { ...given, mode: "convolution" })).toEqual(gray(3, 1, 2, 3, 4, 5, 6, 7, 8, 9));
    expect(filter(point, kernel, { ...given, mode: "correlation" })).toEqual(gray(3, 9, 8, 7, 6, 5, 4, 3, 2, 1));
    expect(filter(point, kernel, given)).toEqual(filter(point, kernel, { ...given, mode: "correlation" }));
  });

  it.each([
    ["valid", [421, 842]],
    ["zero", [210, 421, 842, 84]],
    ["reflect", [212, 421, 842, 484]],
    ["replicate", [211, 421, 842, 884]],
  ] as const)("reads beyond the edges as the border %s says", (border, expected) => {
    const across = [[1, 10, 100]];
    const down = across[0].map((weight) => [weight]);
    expect(filter(row(1, 2, 4, 8), across, { border })).toEqual(row(...expected));
    expect(filter(gray(1, 1, 2, 4, 8), down, { border })).toEqual(gray(1, ...expected));
  });

  it("has the origin of even kernels after their middle, in either mode", () => {
    const picture = row(1, 2, 4, 8);
    expect(filter(picture, [[10, 1]], { border: "zero" })).toEqual(row(1, 12, 24, 48));
    expect(filter(picture, [[10, 1]], { border: "zero", mode: "convolution" })).toEqual(row(21, 42, 84, 8));
  });

  it("spreads what is not a number as far as the kernel reaches, weights of 0 included", () => {
    const { data } = filter(row(1, 2, NaN, 4, 5), [[0, 1, 0]]);
    expect([...data]).toEqual([1, NaN, NaN, NaN, 5]);
  });

  it("takes bytes as 0 … 1 and does not cut", () => {
    const bytes: Picture = { width: 3, height: 1, channels: 1, data: Uint8Array.of(0, 255, 51) };
    expect(filter(bytes, [[-2]])).toEqual(row(0, -2, Math.fround(-2 * Math.fround(0.2))));
    expect(filter(bytes, [[3]]).data[1]).toBe(3);
  });
});

describe("colors", () => {
  const colors: FloatPicture = { width: 2, height: 1, channels: 3, data: Float32Array.of(1, 2, 3, 40, 50, 60) };
  const difference = [[-1, 1]];
  const three = [[[1]], [[10]], [[100]]];

  it("are kept apart with one kernel, and added up with one for each", () => {
    expect(filter(colors, difference, { border: "valid" })).toEqual({
      ...{ width: 1, height: 1, channels: 3 },
      data: Float32Array.of(39, 48, 57),
    });
    expect(filter(colors, three)).toEqual(row(321, 6540));
  });

  it("are treated otherwise when told to", () => {
    expect(filter(colors, difference, { border: "valid", color: "across" })).toEqual(row(39 + 48 + 57));
    expect(filter(colors, three, { color: "each" }).data).toEqual(Float32Array.of(1, 20, 300, 40, 500, 6000));
  });
});

describe("normalize", () => {
  it("keeps the value of an even area", () => {
    const even = gray(3, ...Array(9).fill(0.25));
    for (const kernel of [kernels.emboss(), kernelOf(2, 2, [1, 2, 3, 2]), [[-3, 1]]])
      expect(filter(even, kernel, { normalize: true })).toEqual(even);
  });

  it("makes 1 of a step from 0 to 1, where the weights cancel", () => {
    const step = row(0, 0, 1, 1);
    expect(filter(step, kernels.sobelX(), { normalize: true })).toEqual(row(0, 1, 1, 0));
    // Weights that add up to zero but for rounding.
    expect(filter(step, [[-0.1, -0.2, 0.3]], { normalize: true }).data[1]).toBe(1);
  });

  it("goes by all channels where they add up, and by each where not", () => {
    const colors: FloatPicture = { width: 1, height: 1, channels: 3, data: Float32Array.of(1, 1, 1) };
    const three = [[[1]], [[3]], [[4]]];
    expect(filter(colors, three, { normalize: true })).toEqual(row(1));
    expect(filter(colors, [[5]], { normalize: true, color: "across" })).toEqual(row(1));
    expect(filter(colors, three, { normalize: true, color: "each" })).toEqual(colors);
  });
});

describe("what cannot be filtered", () => {
  const picture = row(1, 2, 3);
  const ragged = [[1, 2, 3], [4]];
  it.each([
    [
      [],
      {},
      new ShapeError(
        "filter: the kernel is empty, expected rows of weights such as [[0, 1, 0], [1, -4, 1], [0, 1, 0]]",
      ),
    ],
    [[[]], {}, "filter: the kernel is empty"],
    [ragged, {}, new ShapeError("filter: row 1 of the kernel has 1 weights, row 0 has 3; expected equally many")],
    [[[1, NaN]], {}, new OptionError("filter: the kernel has the weight NaN at [0][1], expected a finite number")],
    [[[[1]], [[1]]], {}, new ShapeError("filter: 2 kernels for 1 channel; give one for each, or one for all")],
    [[[["1"]]] as never, {}, "filter: kernel 0 has the weight 1 at [0][0]"],
    [
      kernels.box(),
      { border: "valid" },
      new ShapeError(
        "filter: the kernel of 3 rows and 3 columns does not fit into the picture of 1 rows and 3 columns; choose another border than 'valid'",
      ),
    ],
    [
      [[0]],
      { normalize: true },
      new OptionError("filter: normalize divides by the weights' sum, but all of them are 0"),
    ],
    [[[1]], { step: 0 }, new OptionError("filter: step must be an integer of at least 1, or one for each axis, got 0")],
    [[[1]], { step: [1, 2, 3] }, "filter: step must be one integer, or two, down and across; got 3"],
    [[[1]], { boarder: "zero" }, "filter: there is no option 'boarder'; did you mean border?"],
  ] as const)("%#: %j %j", (kernel, options, error) => {
    expect(() => filter(picture, kernel as Kernel, options as FilterOptions)).toThrow(error);
  });

  it("kernels of several sizes, and pictures with alpha", () => {
    const colors: Picture = { width: 1, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3) };
    expect(() => filter(colors, [[[1]], [[1, 2]], [[1]]])).toThrow(
      new ShapeError("filter: kernel 1 is 1×2, kernel 0 is 1×1; expected one size"),
    );
    expect(() => filter({ ...colors, channels: 4, data: new Uint8Array(4) }, [[1]])).toThrow(
      new OptionError("filter: the picture has an alpha channel; call withoutAlpha() or toGray() first"),
    );
  });
});
