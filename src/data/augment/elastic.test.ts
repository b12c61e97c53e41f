import { describe, expect, it } from "vitest";
import { augmented, classesInTurn, noiseBatch } from "../../../tests/support/augmentation.ts";
import { array, sameArray, zeros } from "../../array/index.ts";
import { elastic } from "./index.ts";

/** A picture whose tones rise along x in the first channel and along y in the second, so that they tell where they are from. */
function places(side: number) {
  const images = zeros([1, 2, side, side]);
  for (let i = 0; i < side * side; i++) {
    images.data[i] = i % side;
    images.data[side * side + i] = Math.floor(i / side);
  }
  return { images, labels: classesInTurn(1) };
}

/** How far each pixel of the middle came, sideways. */
function displacements(options: Parameters<typeof elastic>[0], sample: number, side = 41, margin = 12): number[] {
  const { images } = augmented(elastic({ fill: "replicate", ...options }), places(side), { samples: [sample] });
  const moved: number[] = [];
  for (let y = margin; y < side - margin; y++)
    for (let x = margin; x < side - margin; x++) moved.push(images.data[y * side + x] - x);
  return moved;
}

const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe("elastic distortion", () => {
  it("moves pixels as far as noise that is smoothed does", () => {
    // Uniform noise has variance 1/3; smoothing multiplies it by Σ G² = 1 / (4π σ²).
    for (const [alpha, sigma] of [
      [20, 3],
      [10, 3],
      [20, 4],
    ] as const) {
      // biome-ignore format: three
      const all = Array.from({ length: 60 }, (_, sample) => displacements({ alpha, sigma }, sample)).flat();
      const expected = alpha * Math.sqrt(1 / 3 / (4 * Math.PI * sigma ** 2));
      expect(Math.sqrt(meanOf(all.map((d) => d ** 2))) / expected).toBeCloseTo(1, 0.9);
      expect(Math.abs(meanOf(all)) / expected).toBeLessThan(0.2);
    }
  });

  it("moves neighbors alike", () => {
    const side = 17;
    const moved = displacements({ alpha: 30, sigma: 4 }, 3);
    const apart = moved.flatMap((value, i) => ((i + 1) % side === 0 ? [] : [Math.abs(moved[i + 1] - value)]));
    expect(Math.max(...apart)).toBeLessThan(Math.max(...moved.map(Math.abs)) / 2);
    expect(Math.max(...moved.map(Math.abs))).toBeGreaterThan(0.5);
  });

  it("without strength changes nothing, and an even tone never", () => {
    const batch = noiseBatch(2, [3, 8, 11]);
    expect(sameArray(augmented(elastic({ alpha: 0 }), batch).images, batch.images)).toBe(true);
    batch.images.data.fill(77);
    expect(sameArray(augmented(elastic({ fill: "reflect" }), batch).images, batch.images)).toBe(true);
  });

  it("takes key points to where their pixels went, exactly", () => {
    const keyPoints = array([[[20, 20], [15.5, 24], [9, 30]]]); // biome-ignore format: points
    const { images, keyPoints: moved } = augmented(elastic({ alpha: 30, sigma: 5 }), { ...places(41), keyPoints });
    for (let k = 0; k < 3; k++) {
      const [x, y] = moved!.data.subarray(2 * k, 2 * k + 2);
      expect(Math.hypot(x - keyPoints.data[2 * k], y - keyPoints.data[2 * k + 1])).toBeGreaterThan(0.05);
      // What is shown there comes from where the point was; tones are interpolated, as displacements are.
      for (const axis of [0, 1]) expect(at(images, axis, x, y)).toBeCloseTo(keyPoints.data[2 * k + axis], 3);
    }
  });

  it("is refused without a deviation", () => {
    expect(() => elastic({ sigma: 0 })).toThrow("elastic: sigma must be a number above 0, got 0");
  });
});

function at({ data, shape: [, , , side] }: ReturnType<typeof zeros>, channel: number, x: number, y: number): number {
  const [i, j] = [Math.floor(x), Math.floor(y)];
  const read = (row: number, column: number): number => data[(channel * side + row) * side + column];
  const between = (row: number): number => read(row, i) + (x - i) * (read(row, i + 1) - read(row, i));
  return between(j) + (y - j) * (between(j + 1) - between(j));
}
