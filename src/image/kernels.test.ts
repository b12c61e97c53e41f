import { describe, expect, it } from "vitest";
import { OptionError } from "../array/index.ts";
import { filter } from "./filter.ts";
import { gradients } from "./gradients.ts";
import { kernelNames, kernels } from "./kernels.ts";
import type { FloatPicture } from "./picture.ts";
import type { Kernel } from "./sliding.ts";

const sum = (kernel: Kernel): number => kernel.flat().reduce((a, b) => a + b);
/** A plane that rises by 2 a pixel to the right and by 3 downwards. */
const slope: FloatPicture = {
  ...{ width: 9, height: 9, channels: 1 },
  data: Float32Array.from({ length: 81 }, (_, i) => 2 * (i % 9) + 3 * Math.floor(i / 9)),
};
const atCenter = (kernel: Kernel): number => filter(slope, kernel).data[40];

describe("kernels", () => {
  it("that leave an even area as it is add up to 1, those for edges to 0", () => {
    for (const name of ["identity", "blur", "box", "gaussian", "sharpen", "emboss"] as const)
      expect(sum(kernels[name]())).toBeCloseTo(1, 12);
    for (const name of ["outline", "edge", "sobelX", "sobelY", "prewittX", "prewittY", "laplacian"] as const)
      expect(sum(kernels[name]())).toBe(0);
    expect(sum(kernels.laplacian({ neighbors: 8 }))).toBe(0);
    expect(kernelNames).toHaveLength(13);
  });

  it("are those of the literature", () => {
    expect(kernels.sharpen()[1]).toEqual([-1, 5, -1]);
    expect(kernels.outline()[1]).toEqual([-1, 8, -1]);
    expect(kernels.emboss()).toEqual([
      [-2, -1, 0],
      [-1, 1, 1],
      [0, 1, 2],
    ]);
    expect(kernels.laplacian()).toEqual([
      [0, 1, 0],
      [1, -4, 1],
      [0, 1, 0],
    ]);
    expect(kernels.sobelX()).toEqual([
      [-1, 0, 1],
      [-2, 0, 2],
      [-1, 0, 1],
    ]);
    expect(kernels.sobelY({ size: 5 })).toEqual([
      [-1, -4, -6, -4, -1],
      [-2, -8, -12, -8, -2],
      [0, 0, 0, 0, 0],
      [2, 8, 12, 8, 2],
      [1, 4, 6, 4, 1],
    ]);
    expect(kernels.sobelX({ size: 7 })[0]).toEqual([-1, -4, -5, 0, 5, 4, 1]);
    expect(kernels.prewittY()).toEqual([
      [-1, -1, -1],
      [0, 0, 0],
      [1, 1, 1],
    ]);
  });

  it("answer to a slope as their derivatives should", () => {
    expect([atCenter(kernels.prewittX()), atCenter(kernels.prewittY())]).toEqual([2 * 6, 3 * 6]);
    expect([atCenter(kernels.laplacian()), atCenter(kernels.outline())]).toEqual([0, 0]);
    for (const [size, times] of [
      [1, 2],
      [3, 8],
      [5, 128],
      [7, 2048],
    ]) {
      const { x, y } = gradients(slope, { size });
      expect([x.data[40], y.data[40]]).toEqual([2 * times, 3 * times]);
    }
  });

  it("of a Gaussian are as wide as sigma says", () => {
    const kernel = kernels.gaussian({ sigma: 2 });
    expect([kernel.length, kernel[0].length]).toEqual([13, 13]);
    // At a distance of sigma e^(−1/2) of the middle.
    expect(kernel[6][8] / kernel[6][6]).toBeCloseTo(Math.exp(-0.5), 12);
    expect(kernel[4][4]).toBe(kernel[8][8]);
    expect(kernels.gaussian({ sigma: 2, size: 3 })).toHaveLength(3);
    expect(kernels.gaussian()).toHaveLength(7);
  });

  it.each([
    [() => kernels.gaussian({ sigma: 0 }), "kernel gaussian: sigma must be a number above 0, of at most 166, got 0"],
    [() => kernels.gaussian({ size: 4 }), "kernel gaussian: size must be an odd integer from 1 to 1001, got 4"],
    [() => kernels.box({ size: 0.5 }), "kernel box: size must be an integer from 1 to 1001, got 0.5"],
    [() => kernels.sobelX({ size: 9 }), "kernel sobelX: size must be an odd integer from 1 to 7, got 9"],
    [() => kernels.laplacian({ neighbors: 6 as 4 }), "kernel laplacian: neighbors must be 4 or 8, got 6"],
    [() => kernels.sharpen({ size: 3 } as never), "kernel sharpen: there is no option 'size'; known: none"],
  ])("%#: refuse other options", (create, message) => {
    expect(create).toThrow(new OptionError(message));
  });
});
