/**
 * The number grids of the lectures' slides, as far as they survive in text. Those of CMU 10-301 lack nothing but in frames of
 * animations, where numbers of the moving window lie over those of the picture.
 */
import { describe, expect, it } from "vitest";
import { type FilterOptions, filter } from "./filter.ts";
import { kernels } from "./kernels.ts";
import type { FloatPicture } from "./picture.ts";
import type { Kernel } from "./sliding.ts";

/** A gray picture of numbers in rows, set apart by spaces. */
const grid = (...rows: string[]): FloatPicture => {
  const numbers = rows.map((row) => row.trim().split(/\s+/).map(Number));
  return { width: numbers[0].length, height: rows.length, channels: 1, data: Float32Array.from(numbers.flat()) };
};

/** "Background: Image Processing" of 10-301: the picture of all its slides. */
const seven = grid(
  "0 0 0 0 0 0 0",
  "0 1 1 1 1 1 0",
  "0 1 0 0 1 0 0",
  "0 1 0 1 0 0 0",
  "0 1 1 0 0 0 0",
  "0 1 0 0 0 0 0",
  "0 0 0 0 0 0 0",
);

/** "Downsampling" of 10-301: the same without its upper and left margin. */
const six = grid("1 1 1 1 1 0", "1 0 0 1 0 0", "1 0 1 0 0 0", "1 1 0 0 0 0", "1 0 0 0 0 0", "0 0 0 0 0 0");

const ones: Kernel = [
  [1, 1],
  [1, 1],
];

const valid = (picture: FloatPicture, kernel: Kernel, options: FilterOptions = {}): FloatPicture =>
  filter(picture, kernel, { border: "valid", ...options });

describe("CMU 10-301, convolution matrices", () => {
  it("an input image, a convolution, the convolved image", () => {
    const convolution = [
      [0, 0, 0],
      [0, 1, 1],
      [0, 1, 0],
    ];
    expect(valid(seven, convolution)).toEqual(grid("3 2 2 3 1", "2 0 2 1 0", "2 2 1 0 0", "3 1 0 0 0", "1 0 0 0 0"));
    // The lecture's "convolution" is the one of networks: with the kernel flipped, the numbers are others.
    expect(valid(seven, convolution, { mode: "convolution" })).toEqual(
      grid("1 2 2 2 2", "2 2 1 2 2", "2 1 1 2 0", "2 2 2 0 0", "2 2 0 0 0"),
    );
  });

  it("identity convolution", () => {
    // On this slide the text of the input has an eighth column; the convolved image goes with the input of the others.
    expect(valid(seven, kernels.identity())).toEqual(
      grid("1 1 1 1 1", "1 0 0 1 0", "1 0 1 0 0", "1 1 0 0 0", "1 0 0 0 0"),
    );
  });

  it("blurring convolution, and the layer that is to learn it", () => {
    const convolved = valid(seven, kernels.blur());
    expect(convolved).toEqual(
      grid(".4 .5 .5 .5 .4", ".5 .6 .5 .6 .3", ".5 .5 .4 .2 .1", ".5 .6 .2 .1 0", ".4 .3 .1 0 0"),
    );
    // The slides' grid has slips in four places. Picture and kernel are their own transposes, so the convolved image must be
    // its own as well, which the slides' is not; the window of [1][1] has six ones around a zero, .6 and not .2.
    const slide = grid(".4 .5 .5 .5 .4", ".4 .2 .3 .6 .3", ".5 .4 .4 .2 .1", ".5 .6 .2 .1 0", ".4 .3 .1 0 0");
    const slips = [...slide.data.keys()].filter((i) => slide.data[i] !== convolved.data[i]);
    expect(slips.map((i) => [Math.floor(i / 5), i % 5])).toEqual([
      [1, 0],
      [1, 1],
      [1, 2],
      [2, 1],
    ]);
    // Its weights add up to 1 as they are.
    expect(valid(seven, kernels.blur(), { normalize: true })).toEqual(convolved);
  });

  it("'What's a convolution?': the kernels for edges, normalized and not", () => {
    const [right, left] = [kernels.edge(), kernels.edge({ toward: "left" })];
    expect(right).toEqual([
      [0, -1, -2],
      [0, 4, -1],
      [0, 0, 0],
    ]);
    expect(left).toEqual([
      [-2, -1, 0],
      [-1, 4, 0],
      [0, 0, 0],
    ]);
    // The slides have a photograph; here a step, 0 on the left and 1 on the right.
    const step = grid("0 0 1 1", "0 0 1 1", "0 0 1 1");
    expect(valid(step, right)).toEqual(grid("-3 0"));
    expect(valid(step, left)).toEqual(grid("0 3"));
    expect(valid(step, left, { normalize: true })).toEqual(grid("0 .75"));
  });

  it("'Ex: 1 input channel, 1 output channel': y as sums of α x, less the bias", () => {
    const x = grid("2 3 5", "7 11 13", "17 19 23");
    const alpha = [
      [1, 10],
      [100, 1000],
    ];
    const y = (a: number, b: number, c: number, d: number) => a + 10 * b + 100 * c + 1000 * d;
    expect(valid(x, alpha)).toEqual(
      grid(`${y(2, 3, 7, 11)} ${y(3, 5, 11, 13)}`, `${y(7, 11, 17, 19)} ${y(11, 13, 19, 23)}`),
    );
  });

  it("downsampling: a convolution with stride 2", () => {
    expect(valid(six, ones, { step: 2 })).toEqual(grid("3 3 1", "3 1 0", "1 0 0"));
  });

  it("downsampling by averaging: the same, normalized", () => {
    const averaged = grid(".75 .75 .25", ".75 .25 0", ".25 0 0");
    expect(valid(six, kernels.box({ size: 2 }), { step: 2 })).toEqual(averaged);
    expect(valid(six, ones, { step: 2, normalize: true })).toEqual(averaged);
  });
});

describe("Adelaide", () => {
  it("'How is convolution done in practice?': a template and its feature map", () => {
    // Of the image, a column of the text is left; the feature map is that of a square of ones, and of no simpler image.
    const image = grid("0 0 0 0 0", "0 1 1 1 0", "0 1 1 1 0", "0 1 1 1 0", "0 0 0 0 0");
    const template = [
      [1, 0, 1],
      [1, 0, 1],
      [1, 0, 1],
    ];
    expect(valid(image, template)).toEqual(grid("2 4 2", "3 6 3", "2 4 2"));
  });

  it("'Convolution Operator (2D)': o[i, j] = Σ f[i − m, j − n] g[m, n], which flips the kernel", () => {
    const f = grid("2 3 5", "7 11 13", "17 19 23");
    const g = [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ];
    // From a₀₀ b₁₁, with which the slide begins, to a₂₂ b₋₁₋₁.
    const c = 2 * 9 + 3 * 8 + 5 * 7 + 7 * 6 + 11 * 5 + 13 * 4 + 17 * 3 + 19 * 2 + 23 * 1;
    expect(valid(f, g, { mode: "convolution" })).toEqual(grid(`${c}`));
  });
});
