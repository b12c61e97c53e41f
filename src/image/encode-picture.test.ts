import { afterEach, describe, expect, it, vi } from "vitest";
import { pictureCodec } from "#platform";
import { CapabilityError, OptionError } from "../array/index.ts";
import { sharpCodec } from "../platform/sharp.ts";
import { encodePicture, pictureFormats } from "./encode-picture.ts";
import { type BytePicture, toFloats } from "./picture.ts";
import { encodePng } from "./png/png.ts";
import { readPicture } from "./read-picture.ts";

vi.mock("#platform", async (original) => {
  const platform = await original<typeof import("#platform")>();
  return { ...platform, pictureCodec: vi.fn(platform.pictureCodec) };
});
afterEach(() => void vi.mocked(pictureCodec).mockReset());

const LOSS = 6; // of a flat tone, at the default quality

const flat = (channels: BytePicture["channels"], ...pixel: number[]): BytePicture => ({
  width: 16,
  height: 8,
  channels,
  data: Uint8Array.from({ length: 16 * 8 * channels }, (_, i) => pixel[i % channels]),
});

const expectPixel = ({ data, channels }: BytePicture, ...expected: number[]) => {
  expect(channels).toBe(expected.length);
  for (const [c, value] of expected.entries()) expect(Math.abs(data[c] - value)).toBeLessThan(LOSS);
};

/** Bytes by their length alone, which take no room. */
const vastBytes = (length: number): Uint8Array => Object.create(Uint8Array.prototype, { length: { value: length } });

describe("encodePicture", () => {
  it("writes PNG by itself, which loses nothing", async () => {
    const picture = flat(4, 1, 2, 3, 4);
    expect(await encodePicture(picture)).toEqual(await encodePng(picture));
    expect(await readPicture(await encodePicture(picture, { format: "png" }))).toEqual(picture);
    expect(pictureCodec).not.toHaveBeenCalled();
  });

  it("writes floats as the bytes that they show", async () => {
    const picture = flat(3, 10, 100, 200);
    expect(await encodePicture(toFloats(picture))).toEqual(await encodePicture(picture));
    expectPixel(await readPicture(await encodePicture(toFloats(picture), { format: "jpeg" })), 10, 100, 200);
  });

  it.each(["jpeg", "webp", "avif"] as const)("writes colors, and gray, as %s", async (format) => {
    expectPixel(await readPicture(await encodePicture(flat(3, 200, 100, 50), { format })), 200, 100, 50);
    const gray = await readPicture(await encodePicture(flat(1, 120), { format }));
    expectPixel({ ...gray, channels: 1 }, 120);
  });

  it("keeps a gray JPEG gray", async () => {
    expect((await readPicture(await encodePicture(flat(1, 120), { format: "jpeg" }))).channels).toBe(1);
  });

  it("keeps alpha where the format can, and lays the picture over white where it cannot", async () => {
    for (const format of ["webp", "avif"] as const) {
      const rgba = await readPicture(await encodePicture(flat(4, 200, 100, 50, 128), { format }));
      expectPixel(rgba, 200, 100, 50, 128);
      const grayAlpha = await readPicture(await encodePicture(flat(2, 90, 128), { format }));
      expectPixel(grayAlpha, 90, 90, 90, 128);
    }
    expectPixel(await readPicture(await encodePicture(flat(4, 200, 100, 50, 0), { format: "jpeg" })), 255, 255, 255);
  });

  it.each(["jpeg", "webp", "avif"] as const)("gives %s of less quality fewer bytes", async (format) => {
    const noise: BytePicture = {
      ...flat(3, 0),
      data: Uint8Array.from({ length: 16 * 8 * 3 }, (_, i) => (i * i * 7919) >> 5),
    };
    const length = async (quality?: number) => (await encodePicture(noise, { format, quality })).length;
    expect(await length(20)).toBeLessThan(await length());
    expect(await length()).toBeLessThan(await length(100));
  });

  it("refuses what is no format, no quality and no picture", async () => {
    const picture = flat(3, 1, 2, 3);
    const failure = (given: BytePicture, options: object) => encodePicture(given, options).catch((error) => error);
    expect(await failure(picture, { format: "bmp" })).toEqual(
      new OptionError("encodePicture: format 'bmp', expected one of png, jpeg, webp, avif"),
    );
    expect(await failure(picture, { quality: 90 })).toEqual(
      new OptionError("encodePicture: PNG loses nothing, and takes no quality"),
    );
    for (const quality of [0, 101, 50.5, Number.NaN]) {
      expect(await failure(picture, { format: "jpeg", quality })).toEqual(
        new OptionError(`encodePicture: quality ${quality}, expected a whole number from 1 to 100`),
      );
    }
    expect((await failure({ ...picture, height: 9 }, { format: "webp" })).message).toBe(
      "encodePicture: 16×9×3 values are 432, the data have 384",
    );
    const long: BytePicture = { width: 16_384, height: 1, channels: 1, data: new Uint8Array(16_384) };
    expect((await failure(long, { format: "webp" })).message).toBe(
      "encodePicture: 16384×1 pixels, a side of a webp has at most 16383",
    );
    // Read again, it would be refused as too large.
    const vast = { width: 10_001, height: 10_000, channels: 1, data: vastBytes(100_010_000) } as const;
    for (const format of ["png", "jpeg", "webp", "avif"] as const) {
      expect((await failure(vast, { format })).message).toBe(
        "encodePicture: 10001×10000 pixels, expected at most 100000000",
      );
    }
    expect(
      (await encodePicture({ ...long, width: 16_383, data: long.data.subarray(1) }, { format: "webp" })).length,
    ).toBeGreaterThan(0);
  });

  it("says what writing a format needs, and that a codec cannot", async () => {
    const failure = () => encodePicture(flat(3, 1, 2, 3), { format: "avif" }).catch((error) => error);
    const mocked = vi.mocked(pictureCodec);
    mocked.mockResolvedValueOnce(sharpCodec({ found: false, reason: "is not installed" }));
    expect(await failure()).toEqual(
      new CapabilityError("encodePicture: writing avif needs the package sharp: npm install sharp; PNG does not"),
    );
    const codec = { name: "the browser", exact: false, asksFirst: false, decode: vi.fn(), encode: vi.fn() };
    mocked.mockResolvedValue({ found: true, kinds: [], codec });
    codec.encode.mockResolvedValueOnce(undefined);
    expect(await failure()).toEqual(
      new CapabilityError("encodePicture: the browser does not write avif; choose another format"),
    );
    codec.encode.mockRejectedValueOnce(new Error("no room\nat all"));
    expect(await failure()).toEqual(new CapabilityError("encodePicture: the browser cannot write this avif: no room"));
  });

  it("lists its formats", () => {
    expect(pictureFormats).toEqual(["png", "jpeg", "webp", "avif"]);
  });
});
