import { describe, expect, it } from "vitest";
import { augmented, classesInTurn, noiseBatch } from "../../../tests/support/augmentation.ts";
import { array, type NdArray, OptionError, zeros } from "../../array/index.ts";
import { cutMix, mixup } from "./index.ts";

const N = 400;

/** Picture i is of the tone i / N everywhere. */
function tones(height = 4, width = 4) {
  const images = zeros([N, 2, height, width]);
  for (let i = 0; i < N; i++) images.row(i).data.fill(i / N);
  return { images, labels: classesInTurn(N) };
}

/** The share of each picture's own class, which is all that is not the next one's. */
function ownShares(labels: NdArray): number[] {
  return Array.from({ length: N }, (_, i) => {
    const row = [...labels.row(i).data];
    expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
    expect(row[i % 10] + row[((i + 1) % N) % 10]).toBeCloseTo(1, 6);
    return row[i % 10];
  });
}

describe("mixup", () => {
  it("gives pictures and labels the same share of the next one, and of the first for the last", () => {
    const { images, labels } = augmented(mixup({ alpha: 1 }), tones());
    for (const [i, share] of ownShares(labels).entries()) {
      const expected = (share * i + (1 - share) * ((i + 1) % N)) / N;
      for (const value of images.row(i).data) expect(Math.abs(value - expected)).toBeLessThan(1e-6);
    }
  });

  it("draws the share anew for each picture, of small α near 0 or 1 mostly", () => {
    const edge = (alpha: number): number =>
      ownShares(augmented(mixup({ alpha }), tones()).labels).filter((share) => share < 0.1 || share > 0.9).length / N;
    // Of Beta(1, 1), a fifth; of Beta(0.2, 0.2), 0.64; of Beta(8, 8), almost none. Four deviations among 400.
    expect(Math.abs(edge(1) - 0.2)).toBeLessThan(0.08);
    expect(Math.abs(edge(0.2) - 0.64)).toBeLessThan(0.1);
    expect(edge(8)).toBeLessThan(0.01);
  });

  it("leaves as many pictures alone as it is told", () => {
    const { images, labels } = augmented(mixup({ alpha: 8, probability: 0.25 }), tones());
    const alone = ownShares(labels).flatMap((share, i) => (share === 1 ? [i] : []));
    expect(Math.abs(alone.length / N - 0.75)).toBeLessThan(0.09);
    for (const i of alone) expect(images.row(i).data.every((value) => value === Math.fround(i / N))).toBe(true);
  });

  it("mixes labels that are probabilities, and rounds bytes", () => {
    const images = array([[[[0, 255]]], [[[255, 0]]]], "u8");
    const labels = array([[0.5, 0.5], [0, 1]]); // biome-ignore format: two samples
    const pad = zeros([2, 10]);
    for (const i of [0, 1]) pad.row(i).data.set(labels.row(i).data);
    const mixed = augmented(mixup({ alpha: 8 }), { images, labels: pad });
    const share = mixed.labels.data[0] / 0.5;
    expect(mixed.labels.data[1]).toBeCloseTo(share * 0.5 + (1 - share), 6);
    expect(mixed.images.data[0]).toBe(Math.round((1 - share) * 255));
    expect(mixed.images.data[1]).toBe(Math.round(share * 255));
  });
});

describe("CutMix", () => {
  it("pastes a rectangle of the next picture, whose share of the area its label gets", () => {
    const [height, width] = [8, 12];
    const { images, labels } = augmented(cutMix(), tones(height, width));
    for (const [i, share] of ownShares(labels).entries()) {
      const other = Math.fround(((i + 1) % N) / N);
      const picture = images.row(i);
      const pasted = Array.from({ length: height * width }, (_, k) => k).filter((k) => picture.data[k] === other);
      expect(share).toBeCloseTo(1 - pasted.length / (height * width), 6);
      const [columns, rows] = [pasted.map((k) => k % width), pasted.map((k) => Math.floor(k / width))];
      if (pasted.length === 0) continue;
      const area = (Math.max(...columns) - Math.min(...columns) + 1) * (Math.max(...rows) - Math.min(...rows) + 1);
      expect(pasted.length).toBe(area);
      // The second channel is pasted at the same place, and all else is the picture's own.
      const own = Math.fround(i / N);
      const isRight = picture.data.every((value, k) => value === (pasted.includes(k % (height * width)) ? other : own));
      expect(isRight).toBe(true);
    }
  });

  it("draws shares evenly for α = 1, but for what is cut off at the edges", () => {
    const shares = ownShares(augmented(cutMix(), tones(64, 64)).labels);
    // A side of s = √u keeps s − s²/4 on average, and ∫ (√u − u/4)² du = 1/2 − 1/5 + 1/48. Four deviations of about 0.23.
    const mean = shares.reduce((a, b) => a + b) / N;
    expect(Math.abs(mean - (1 - (1 / 2 - 1 / 5 + 1 / 48)))).toBeLessThan(0.046);
  });

  it("pastes masks as well", () => {
    const masks = zeros([N, 4, 4], "i32");
    for (let i = 0; i < N; i++) masks.row(i).data.fill(i);
    const mixed = augmented(cutMix(), { ...tones(), masks });
    for (let i = 0; i < N; i++) {
      const tonesOf = mixed.images.row(i).data.subarray(0, 16);
      expect([...mixed.masks!.row(i).data]).toEqual(Array.from(tonesOf, (value) => Math.round(value * N)));
    }
  });
});

it.each([
  [mixup(), "mixup", "boxes", zeros([2, 1, 4])],
  [mixup(), "mixup", "keyPoints", zeros([2, 1, 2])],
  [mixup(), "mixup", "masks", zeros([2, 3, 3], "i32")],
  [cutMix(), "cutMix", "boxes", zeros([2, 1, 4])],
  [cutMix(), "cutMix", "keyPoints", zeros([2, 1, 2])],
])("%# mixtures say what they cannot carry along: %j", (step, type, name, carried) => {
  expect(() => augmented(step, { ...noiseBatch(2, [1, 3, 3]), [name]: carried })).toThrow(
    new OptionError(
      `${type}: cannot carry ${name} along, since a picture becomes part of another; leave out one of them`,
    ),
  );
});
