import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DataError, OptionError, Random, sameArray } from "../../array/index.ts";
import { type BytePicture, type Picture, toFloats } from "../picture.ts";
import { readPicture } from "../read-picture.ts";
import { matchDescriptors } from "./match.ts";
import { type Keypoint, sift } from "./sift.ts";

const camera = await readPicture(
  readFileSync(new URL("../../../tests/fixtures/pictures/camera.png", import.meta.url)),
  "camera.png",
);

const drawn = (width: number, height: number, value: (x: number, y: number) => number): Picture => ({
  width,
  height,
  channels: 1,
  data: Float32Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width))),
});

/** A picture turned around its middle, toward the y axis; interpolated bilinearly, gray where it has no pixels. */
function rotated(picture: BytePicture, degrees: number): BytePicture {
  const { width, height, data } = picture;
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const [cx, cy] = [(width - 1) / 2, (height - 1) / 2];
  const at = (x: number, y: number) => (x >= 0 && y >= 0 && x < width && y < height ? data[y * width + x] : 128);
  const out = Uint8Array.from({ length: data.length }, (_, i) => {
    const [dx, dy] = [(i % width) - cx, Math.floor(i / width) - cy];
    const [x, y] = [cx + cos * dx + sin * dy, cy - sin * dx + cos * dy];
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const [h, v] = [x - left, y - top];
    const upper = (1 - h) * at(left, top) + h * at(left + 1, top);
    const lower = (1 - h) * at(left, top + 1) + h * at(left + 1, top + 1);
    return Math.round((1 - v) * upper + v * lower);
  });
  return { ...picture, data: out };
}

/** A quarter of a turn toward the y axis, without interpolation. */
function quarterTurned({ width, height, channels, data }: BytePicture): BytePicture {
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) out[x * height + (height - 1 - y)] = data[y * width + x];
  }
  return { width: height, height: width, channels, data: out };
}

/** Matches between the picture and another one, and how many are where `place` says within `pixels`. */
function judge(other: BytePicture, place: (point: Keypoint) => { x: number; y: number }, pixels: number) {
  const [a, b] = [sift(camera), sift(other)];
  const matches = matchDescriptors(a.descriptors, b.descriptors);
  const right = matches.filter((match) => {
    const [expected, got] = [place(a.keypoints[match.a]), b.keypoints[match.b]];
    return Math.hypot(expected.x - got.x, expected.y - got.y) <= pixels;
  });
  return { a, b, matches, right, share: right.length / matches.length };
}

describe("keypoints are found again, and matched,", () => {
  it("when the picture is turned by 30°", () => {
    const [cos, sin] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)];
    const place = ({ x, y }: Keypoint) => ({
      x: 127.5 + cos * (x - 127.5) - sin * (y - 127.5),
      y: 127.5 + sin * (x - 127.5) + cos * (y - 127.5),
    });
    const { a, b, matches, right, share } = judge(rotated(camera, 30), place, 2);
    // 0.7 is asked for.
    expect(matches.length).toBeGreaterThan(100);
    expect(share).toBeGreaterThan(0.9);
    const turns = right.map((match) => b.keypoints[match.b].orientation - a.keypoints[match.a].orientation);
    const aside = turns.filter((turn) => Math.abs(Math.sin(turn - Math.PI / 6)) > 0.2);
    expect(aside.length / turns.length).toBeLessThan(0.1);
  });

  it("when it is turned by a quarter", () => {
    const place = ({ x, y }: Keypoint) => ({ x: 255 - y, y: x });
    const { b, matches, share } = judge(quarterTurned(camera), place, 1);
    expect(matches.length).toBeGreaterThan(0.8 * b.keypoints.length);
    expect(share).toBeGreaterThan(0.97);
    // Samples of the doubled picture are turned into samples, those of later octaves lie beside them.
    const exact = judge(quarterTurned(camera), place, 0.001);
    expect(exact.right.length).toBeGreaterThan(0.5 * exact.matches.length);
  });

  it("when it is darker and has less contrast", () => {
    const dim = { ...camera, data: camera.data.map((value) => 20 + value * 0.6) };
    const { matches, share } = judge(dim, (point) => point, 1);
    expect(matches.length).toBeGreaterThan(100);
    expect(share).toBeGreaterThan(0.95);
  });
});

describe("a blob", () => {
  it.each([
    [2, 1],
    [3.5, -1],
    [6, 1],
    [10, -1],
  ])("of deviation %d is found in its place at its scale", (deviation, sign) => {
    const [cx, cy] = [70.3, 64.6];
    const picture = drawn(
      141,
      129,
      (x, y) => 0.5 + 0.4 * sign * Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * deviation ** 2)),
    );
    const [best] = sift(picture).keypoints;
    expect(Math.hypot(best.x - cx, best.y - cy)).toBeLessThan(0.02 * deviation);
    // D(σ) ∝ 1/(T + k²σ²) − 1/(T + σ²) is extreme at T = kσ². T is the deviation squared, less 0.5² that count as the
    // camera's blur, and more 3/16 that doubling the picture adds.
    const expected = Math.sqrt((deviation ** 2 - 0.25 + 0.1875) / 2 ** (1 / 3));
    expect(Math.abs(best.scale / expected - 1)).toBeLessThan(0.02);
  });

  it("is no keypoint when it has little contrast, unless less is asked for", () => {
    const faint = drawn(64, 64, (x, y) => 0.5 + 0.03 * Math.exp(-((x - 32) ** 2 + (y - 32) ** 2) / 32));
    expect(sift(faint).keypoints).toEqual([]);
    expect(sift(faint, { contrastThreshold: 0.01 }).keypoints.length).toBeGreaterThan(0);
  });
});

it("an edge has no keypoints, unless edges are asked for", () => {
  // A wall that gets brighter and darker along its way has extrema on it.
  const wall = drawn(96, 96, (x, y) => 0.5 + 0.4 * Math.exp(-((x - 48) ** 2) / 18) * (0.8 + 0.2 * Math.cos(y / 8)));
  const inside = ({ keypoints }: { keypoints: readonly Keypoint[] }) =>
    keypoints.filter(({ x, y }) => Math.abs(x - 48) < 3 && y > 15 && y < 80);
  expect(inside(sift(wall))).toEqual([]);
  expect(inside(sift(wall, { edgeThreshold: 1000 })).length).toBeGreaterThan(0);
});

describe("sift", () => {
  it.each([
    ["an even", 40, 40],
    ["a picture of one pixel, an even", 1, 1],
    ["a narrow", 2, 200],
    ["a tiny", 5, 5],
    ["an empty", 0, 0],
  ])("finds nothing in %s picture", (_, width, height) => {
    const { keypoints, descriptors } = sift(drawn(width, height, (x, y) => (width < 40 ? (x * 7 + y * 3) % 2 : 0.5)));
    expect(keypoints).toEqual([]);
    expect(descriptors.shape).toEqual([0, 128]);
  });

  it("gives numbers only, from pictures of noise with edges too", () => {
    const random = new Random(1, "noise");
    const noise = drawn(33, 47, () => random.uniform());
    const { keypoints, descriptors } = sift(noise, {
      contrastThreshold: 0,
      edgeThreshold: 1e6,
      octaveLayers: 5,
      sigma: 1.2,
    });
    expect(keypoints.length).toBeGreaterThan(25);
    for (const keypoint of keypoints) {
      expect(Object.values(keypoint).every(Number.isFinite)).toBe(true);
      expect(keypoint.orientation >= 0 && keypoint.orientation < 2 * Math.PI).toBe(true);
      expect(keypoint.x > 0 && keypoint.x < 32 && keypoint.y > 0 && keypoint.y < 46).toBe(true);
    }
    for (let i = 0; i < keypoints.length; i++) {
      const length = Math.sqrt(Array.from(descriptors.row(i).data).reduce((sum, value) => sum + value ** 2, 0));
      // Rounding to bytes, and cutting at 255, shorten the length of 512 a little.
      expect(Math.abs(length / 512 - 1)).toBeLessThan(0.05);
    }
  });

  it("takes bytes and floats alike, and colors as their gray", () => {
    const expected = sift(camera);
    const floats = sift(toFloats(camera));
    const rgb = Uint8Array.from({ length: 3 * camera.data.length }, (_, i) => camera.data[Math.floor(i / 3)]);
    const colors = sift({ ...camera, channels: 3, data: rgb });
    for (const same of [floats, colors]) {
      expect(same.keypoints).toEqual(expected.keypoints);
      expect(sameArray(same.descriptors, expected.descriptors)).toBe(true);
    }
  });

  it("leaves the picture as it was", () => {
    const before = camera.data.slice();
    sift(camera);
    expect(camera.data).toEqual(before);
  });

  it("lists the strongest first, and keeps as many as are asked for", () => {
    const all = sift(camera);
    const responses = all.keypoints.map(({ response }) => response);
    expect(responses).toEqual([...responses].sort((a, b) => b - a));
    const few = sift(camera, { maxFeatures: 20 });
    expect(few.keypoints).toEqual(all.keypoints.slice(0, 20));
    expect(few.descriptors.data).toEqual(all.descriptors.data.subarray(0, 20 * 128));
  });

  it("finds more in finer steps, and larger things with a wider first Gaussian", () => {
    expect(sift(camera, { octaveLayers: 5 }).keypoints).not.toHaveLength(sift(camera).keypoints.length);
    const least = (sigma: number) => Math.min(...sift(camera, { sigma }).keypoints.map(({ scale }) => scale));
    expect(least(3.2)).toBeGreaterThan(1.5 * least(1.6));
  });

  it("refuses what it cannot do", () => {
    expect(() => sift(drawn(8, 9, (x, y) => (x === 3 && y === 5 ? Number.NaN : 0)))).toThrow(
      new DataError("sift: the picture has the value NaN in column 3, row 5; expected finite numbers"),
    );
    expect(() => sift(camera, { octaveLayers: 0 })).toThrow(
      new OptionError("sift: octaveLayers must be an integer from 1 to 16, got 0"),
    );
    expect(() => sift(camera, { octaveLayers: 17 })).toThrow("from 1 to 16, got 17");
    expect(() => sift(camera, { sigma: 0.5 })).toThrow("sift: sigma must be a number from 1 to 16, got 0.5");
    expect(() => sift(camera, { edgeThreshold: -1 })).toThrow("sift: edgeThreshold must be a number above 0, got -1");
    expect(() => sift(camera, { contrast: 1 } as object)).toThrow("there is no option 'contrast'");
  });
});
