import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { array, NdArray, OptionError, Random, ShapeError } from "../array/index.ts";
import { type AffineMatrix, affineMatrix, centerOf, identity, invertAffine } from "./affine.ts";
import type { BytePicture, Picture } from "./picture.ts";
import { decodePng } from "./png/png.ts";
import { sampleRow, samplingOf } from "./sampling.ts";
import { type Fill, surroundingsOf, warpAffine, warpPlanes } from "./warp.ts";

const gray = (width: number, ...data: number[]): BytePicture => ({
  width,
  height: data.length / width,
  channels: 1,
  data: Uint8Array.from(data),
});

const noise = (width: number, height: number, channels: Picture["channels"] = 3): BytePicture => {
  const random = new Random(1, "noise");
  const data = Uint8Array.from({ length: width * height * channels }, () => random.integer(256));
  return { width, height, channels, data };
};

const about = (picture: Picture, parts: Parameters<typeof affineMatrix>[0]) => affineMatrix(parts, centerOf(picture));

describe("flips and turns by multiples of 90°", () => {
  const picture = gray(3, 1, 2, 3, 4, 5, 6, 7, 8, 9);

  it.each([
    [{ flip: true }, [3, 2, 1, 6, 5, 4, 9, 8, 7]],
    [{ rotation: 90 }, [3, 6, 9, 2, 5, 8, 1, 4, 7]],
    [{ rotation: 180 }, [9, 8, 7, 6, 5, 4, 3, 2, 1]],
    [{ rotation: -90 }, [7, 4, 1, 8, 5, 2, 9, 6, 3]],
    [{ flip: true, rotation: 180 }, [7, 8, 9, 4, 5, 6, 1, 2, 3]],
    [{ translation: [1, -1] as const }, [0, 4, 5, 0, 7, 8, 0, 0, 0]],
  ])("%j move values", (parts, expected) => {
    expect([...warpAffine(picture, about(picture, parts)).data]).toEqual(expected);
  });

  it("keep every bit of floats, those that are no numbers too", () => {
    const floats: Picture = {
      ...picture,
      data: Float32Array.of(NaN, Infinity, 0.1, -1e30, 1e-40, -0, 3, -Infinity, 7),
    };
    const turned = warpAffine(floats, about(floats, { rotation: 90 }));
    const back = warpAffine(turned, about(floats, { rotation: 270 }));
    expect(back).toEqual(floats);
    expect(Object.is(back.data[5], -0)).toBe(true);
  });

  it("come back to the same picture after two and four times", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(1, 3, 4),
        (w, h, c) => {
          const picture = noise(w, h, c as Picture["channels"]);
          const twice = (parts: object) =>
            warpAffine(warpAffine(picture, about(picture, parts)), about(picture, parts));
          expect(twice({ flip: true })).toEqual(picture);
          expect(twice({ rotation: 180 })).toEqual(picture);
          const square = noise(w, w, 3);
          let turned = square;
          for (let i = 0; i < 4; i++) turned = warpAffine(turned, about(square, { rotation: 90 }));
          expect(turned).toEqual(square);
        },
      ),
    );
  });
});

describe("what lies between pixels and beyond edges", () => {
  const row = gray(3, 10, 20, 40);
  const shifted = (by: number, fill: Fill) => [...warpAffine(row, [1, 0, by, 0, 1, 0], { width: 7, fill }).data];

  it("is interpolated, to the nearest byte", () => {
    expect(shifted(2.25, 0)).toEqual([0, 0, 8, 18, 35, 10, 0]);
    expect([...warpAffine({ ...row, data: Float32Array.of(0, 1, 2) }, [1, 0, 0.25, 0, 1, 0]).data]).toEqual([
      0, 0.75, 1.75,
    ]);
    expect([...warpAffine(gray(2, 0, 100, 100, 200), [1, 0, 0.5, 0, 1, 0.5], { fill: "replicate" }).data]).toEqual([
      0, 50, 50, 100,
    ]);
  });

  it.each<[Fill, number[]]>([
    [100, [100, 100, 10, 20, 40, 100, 100]],
    ["replicate", [10, 10, 10, 20, 40, 40, 40]],
    ["reflect", [40, 20, 10, 20, 40, 20, 10]],
  ])("is %s", (fill, expected) => {
    expect(shifted(2, fill)).toEqual(expected);
    // A hair beside whole pixels, the loop that interpolates gives the same.
    expect(shifted(2 + 1e-6, fill)).toEqual(expected);
  });

  it("has a value for each channel, in any layout", () => {
    const picture = noise(5, 4);
    const map = about(picture, { rotation: 25, scale: 0.6 });
    const options = { fill: [1, 120, 255] } as const;
    const interleaved = warpAffine(picture, map, options);
    const planes = new Uint8Array(60).map((_, i) => picture.data[(i % 20) * 3 + Math.floor(i / 20)]);
    const warped = warpPlanes(new NdArray(planes, [1, 3, 4, 5], "u8"), [map], options);
    expect(interleaved.data).toEqual(warped.data.map((_, i) => warped.data[Math.floor(i / 3) + 20 * (i % 3)]));
    expect([...interleaved.data.subarray(0, 3)]).toEqual([1, 120, 255]);
  });

  it("changes nothing in an even tone, bit for bit", () => {
    const tone: Picture = { width: 9, height: 7, channels: 1, data: new Float32Array(63).fill(0.1) };
    const { data } = warpAffine(tone, about(tone, { rotation: 31, scale: 1.7, shear: 9 }), { fill: "reflect" });
    expect(data).toEqual(tone.data);
  });
});

describe("a batch", () => {
  const images = new NdArray(noise(6, 18, 3).data, [3, 3, 6, 6], "u8");

  it("is warped picture by picture, each by its own map", () => {
    const maps = [identity, ...[20, 90].map((rotation) => affineMatrix({ rotation, scale: 1.2 }, [2.5, 2.5]))];
    const together = warpPlanes(images, maps, { width: 5, height: 4, fill: "reflect" });
    expect(together.shape).toEqual([3, 3, 4, 5]);
    maps.forEach((map, i) => {
      const alone = warpPlanes(images.row(i).reshape([1, 3, 6, 6]), [map], { width: 5, height: 4, fill: "reflect" });
      expect(together.row(i).data).toEqual(alone.row(0).data);
    });
  });

  it("of class numbers takes the nearest pixel", () => {
    const classes = array([[[[1, 7], [3, 9]]]], "i32"); // biome-ignore format: rows
    const map: AffineMatrix = [2, 0, 0.5, 0, 2, 0.5];
    const warped = warpPlanes(classes, [map], { width: 4, height: 5, interpolation: "nearest", fill: -1 });
    expect(warped.toNested()).toEqual([[[[1, 1, 7, 7], [1, 1, 7, 7], [3, 3, 9, 9], [3, 3, 9, 9], [-1, -1, -1, -1]]]]); // biome-ignore format: rows
    expect(() => warpPlanes(classes, [map])).toThrow(
      new OptionError('warpPlanes: i32 values cannot be interpolated; give interpolation: "nearest"'),
    );
  });

  it("is refused when it does not go with its maps, fill or size", () => {
    expect(() => warpPlanes(images, [identity])).toThrow(
      new ShapeError("warpPlanes: needs pictures [n, channels, height, width] and n maps, got [3,3,6,6] and 1"),
    );
    const maps = [identity, identity, identity];
    expect(() => warpPlanes(images, maps, { fill: [1, 2] })).toThrow(
      "fill has 2 values, but the pictures have 3 channels",
    );
    expect(() => warpPlanes(images, maps, { fill: 256 })).toThrow(
      "fill is 256; in pictures of bytes it must be from 0 to 255",
    );
    expect(() => warpPlanes(images, maps, { width: 0 })).toThrow("width must be an integer of at least 1, got 0");
    expect(() => warpAffine(noise(2, 2), [1, 0, 0, 1, 0, 0])).toThrow("cannot be undone");
    expect(() => warpAffine(noise(2, 2), identity, { width: 1e9, height: 1e9 })).toThrow(
      new OptionError("warpAffine: 1000000000×1000000000 pixels, expected at most 100000000"),
    );
  });
});

/**
 * OpenCV rounds places to 1/32 of a pixel before it interpolates, Fovea does not. At OpenCV's places both must agree to
 * the rounding of a byte. At its own places, Fovea's values differ by at most 1/64 of a pixel's way along either axis of
 * a photograph's slope: beside its sharpest edges by a few gray levels.
 */
const WITHIN = 1;
const AT_EDGES = 5;
const SHARE_AT_EDGES = 0.01;

interface Case {
  readonly name: string;
  readonly picture: string;
  readonly width: number;
  readonly height: number;
  readonly fill: Fill;
  readonly matrix: AffineMatrix;
}

const fixtures = new URL("../../tests/fixtures/", import.meta.url);
const load = (path: string): Promise<BytePicture> => decodePng(readFileSync(new URL(path, fixtures)), path);
const { cases } = JSON.parse(readFileSync(new URL("opencv/warps.json", fixtures), "utf8")) as { cases: Case[] };

describe.each(cases)("the photograph $picture, $name", ({ name, picture, matrix, ...options }) => {
  it("is what OpenCV's warpAffine makes of it, at its places", async () => {
    const [source, expected] = await Promise.all([load(`pictures/${picture}.png`), load(`opencv/warp-${name}.png`)]);
    const found = warpAtThirtySeconds(source, matrix, expected, options.fill);
    expect(farthest(found, expected.data)).toBeLessThanOrEqual(WITHIN);
  });

  it("is that within one gray level at its own places, but for the sharpest edges", async () => {
    const [source, expected] = await Promise.all([load(`pictures/${picture}.png`), load(`opencv/warp-${name}.png`)]);
    const { data } = warpAffine(source, matrix, options);
    const far = data.filter((value, i) => Math.abs(value - expected.data[i]) > WITHIN);
    expect(far.length / data.length).toBeLessThan(SHARE_AT_EDGES);
    expect(farthest(data, expected.data)).toBeLessThanOrEqual(AT_EDGES);
  });
});

const farthest = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);

const gridOf = ({ data, width, height, channels }: BytePicture) => ({
  ...{ data, width, height, channels },
  steps: { pixel: channels, row: width * channels, channel: 1 },
});

/** Places as OpenCV has them: in 1/1024 of a pixel, whose sum is rounded to 1/32. */
function warpAtThirtySeconds(source: BytePicture, matrix: AffineMatrix, like: BytePicture, fill: Fill): Uint8Array {
  const [a, b, c, d, e, f] = invertAffine(matrix);
  const out = { ...like, data: new Uint8Array(like.data.length) };
  const sampling = samplingOf(gridOf(source), gridOf(out), surroundingsOf(gridOf(source), fill));
  const fine = (value: number): number => Math.round(value * 1024);
  for (let y = 0; y < like.height; y++) {
    for (let x = 0; x < like.width; x++) {
      sampling.row.xs[x] = ((fine(a * x) + fine(b * y + c) + 16) >> 5) / 32;
      sampling.row.ys[x] = ((fine(d * x) + fine(e * y + f) + 16) >> 5) / 32;
    }
    sampleRow(sampling, y);
  }
  return out.data;
}
