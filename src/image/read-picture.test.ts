import { deflateSync } from "node:zlib";
import sharp, { type Sharp } from "sharp";
import { afterEach, describe, expect, it, vi } from "vitest";
import { pictureCodec } from "#platform";
import { CapabilityError, FormatError, OptionError } from "../array/index.ts";
import { sharpCodec } from "../platform/sharp.ts";
import type { BytePicture, Picture } from "./picture.ts";
import { readPngChunks, writeChunks } from "./png/chunks.ts";
import { encodePng } from "./png/png.ts";
import { readPicture } from "./read-picture.ts";
import { flipHorizontally, flipVertically, quarterTurns } from "./turns.ts";

vi.mock("#platform", async (original) => {
  const platform = await original<typeof import("#platform")>();
  return { ...platform, pictureCodec: vi.fn(platform.pictureCodec) };
});
afterEach(() => void vi.mocked(pictureCodec).mockReset());

const text = (value: string) => new TextEncoder().encode(value);
const latin = (value: string) => Uint8Array.from(value, (sign) => sign.charCodeAt(0));

/** What lossy formats may change a flat tone by. */
const LOSS = 15;
/** And a color that is converted from inks. */
const INK_LOSS = 40;

/** Left half dark, right half bright: easy to recognize after lossy compression and turning. */
const halves = (width: number, height: number) =>
  sharp(
    Uint8Array.from({ length: width * height * 3 }, (_, i) => (Math.floor(i / 3) % width < width / 2 ? 20 : 230)),
    { raw: { width, height, channels: 3 } },
  );
const at = ({ width, channels, data }: Picture, x: number, y: number) => data[(y * width + x) * channels];
const failureOf = (bytes: Uint8Array, options?: Parameters<typeof readPicture>[2]) =>
  readPicture(bytes, "cat.jpg", options).then(
    () => new Error("it was accepted"),
    (error) => error,
  );

describe("with sharp", () => {
  it.each(["jpeg", "webp", "gif", "tiff", "avif", "png"] as const)("decodes %s", async (format) => {
    const picture = await readPicture(await halves(32, 16).toFormat(format).toBuffer());
    expect([picture.width, picture.height, picture.channels, picture.data.length]).toEqual([32, 16, 3, 32 * 16 * 3]);
    expect(Math.abs(at(picture, 4, 8) - 20)).toBeLessThan(LOSS);
    expect(Math.abs(at(picture, 28, 8) - 230)).toBeLessThan(LOSS);
  });

  it.each(["jpeg", "webp", "gif", "tiff", "avif", "png"] as const)("decodes %s of one pixel", async (format) => {
    const pixel = sharp({ create: { width: 1, height: 1, channels: 3, background: "rgb(200, 200, 200)" } });
    const picture = await readPicture(await pixel.toFormat(format).toBuffer());
    expect([picture.width, picture.height]).toEqual([1, 1]);
    expect(Math.abs(picture.data[0] - 200)).toBeLessThan(LOSS);
  });

  it.each([1, 2, 3, 4] as const)(
    "gives a PNG of %i channels exactly as the built-in decoder does",
    async (channels) => {
      const data = Uint8Array.from({ length: 6 * 5 * channels }, (_, i) => i * 37);
      const file = await encodePng({ width: 6, height: 5, channels, data });
      expect(await readPicture(file)).toEqual({ width: 6, height: 5, channels, data });
      expect(await readPicture(file, "x", { decoder: "own" })).toEqual({ width: 6, height: 5, channels, data });
    },
  );

  it("reduces 16 bits to 8, and resolves palettes", async () => {
    for (const gray of [false, true]) {
      const deep = await halves(8, 8)
        .toColourspace(gray ? "grey16" : "rgb16")
        .png()
        .toBuffer();
      const picture = await readPicture(deep);
      expect(picture.channels).toBe(gray ? 1 : 3);
      expect([at(picture, 0, 0), at(picture, 7, 7)]).toEqual([20, 230]);
    }
    const palette = await readPicture(await halves(8, 8).png({ palette: true }).toBuffer());
    expect([at(palette, 0, 0), at(palette, 7, 7)]).toEqual([20, 230]);
    expect(palette.channels).toBe(3);
  });

  it("reads a gray JPEG as gray", async () => {
    const picture = await readPicture(await halves(8, 8).toColourspace("b-w").jpeg().toBuffer());
    expect(picture).toMatchObject({ width: 8, channels: 1 });
    expect(Math.abs(at(picture, 7, 7) - 230)).toBeLessThan(LOSS);
  });

  it("converts the inks of a CMYK JPEG to RGB", async () => {
    const red = sharp({ create: { width: 16, height: 16, channels: 3, background: "rgb(220, 40, 30)" } });
    const file = await red.toColourspace("cmyk").jpeg().toBuffer();
    expect((await sharp(file).metadata()).space).toBe("cmyk");
    const { channels, data } = await readPicture(file);
    expect(channels).toBe(3);
    for (const [c, value] of [220, 40, 30].entries()) expect(Math.abs(data[c] - value)).toBeLessThan(INK_LOSS);
  });

  it.each(["gif", "webp"] as const)("gives the first frame of an animated %s", async (format) => {
    const frames = Uint8Array.from({ length: 3 * 8 * 8 * 3 }, (_, i) => 100 * Math.floor(i / (8 * 8 * 3)));
    const file = await sharp(frames, { raw: { width: 8, height: 24, channels: 3, pageHeight: 8 } })
      .toFormat(format)
      .toBuffer();
    expect((await sharp(file).metadata()).pages).toBe(3);
    const picture = await readPicture(file);
    expect([picture.width, picture.height]).toEqual([8, 8]);
    expect(at(picture, 4, 4)).toBeLessThan(LOSS);
  });

  it.each(["webp", "gif", "avif", "png", "tiff"] as const)("keeps the transparency of %s", async (format) => {
    const data = Uint8Array.from({ length: 16 * 16 * 4 }, (_, i) => (i % 4 < 3 ? 200 : i < 16 * 8 * 4 ? 0 : 255));
    const file = await sharp(data, { raw: { width: 16, height: 16, channels: 4 } })
      .toFormat(format, format === "tiff" ? { compression: "lzw" } : {})
      .toBuffer();
    const picture = await readPicture(file);
    expect(picture.channels).toBe(4);
    expect([picture.data[3], picture.data.at(-1)]).toEqual([0, 255]);
    expect(Math.abs(picture.data.at(-4)! - 200)).toBeLessThan(LOSS);
  });

  it("keeps the transparent color of a PNG that has no alpha", async () => {
    const file = writeChunks([
      { type: "IHDR", data: Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 1, 8, 0, 0, 0, 0) },
      { type: "tRNS", data: Uint8Array.of(0, 7) },
      { type: "IDAT", data: deflateSync(Uint8Array.of(0, 7, 9)) },
      { type: "IEND", data: new Uint8Array(0) },
    ]);
    expect(await readPicture(file)).toEqual({
      width: 2,
      height: 1,
      channels: 2,
      data: Uint8Array.of(7, 0, 9, 255),
    });
  });
});

describe("orientation", () => {
  /** Four tones in the corners of 24 × 16 pixels: no two turns look alike. */
  const tones = [30, 100, 170, 240];
  const corners: BytePicture = {
    width: 24,
    height: 16,
    channels: 1,
    data: Uint8Array.from({ length: 24 * 16 }, (_, i) => tones[(i % 24 < 12 ? 0 : 1) + (i < 24 * 8 ? 0 : 2)]),
  };
  /** What a viewer has to do for each value of EXIF's tag 0x0112, by the standard's table of rows and columns. */
  const upright: Readonly<Record<number, (picture: BytePicture) => BytePicture>> = {
    1: (picture) => picture,
    2: flipHorizontally,
    3: (picture) => quarterTurns(picture, 2),
    4: flipVertically,
    5: (picture) => flipHorizontally(quarterTurns(picture, 1)),
    6: (picture) => quarterTurns(picture, 1),
    7: (picture) => flipHorizontally(quarterTurns(picture, -1)),
    8: (picture) => quarterTurns(picture, -1),
  };

  it.each(Object.keys(upright).map(Number))("%i is turned upright", async (orientation) => {
    const { data, ...raw } = corners;
    const file = (encode: (pipeline: Sharp) => Sharp) =>
      encode(sharp(data, { raw }).toColourspace("b-w").withMetadata({ orientation })).toBuffer();
    const expected = upright[orientation](corners);
    for (const bytes of await Promise.all([file((p) => p.jpeg()), file((p) => p.webp()), file((p) => p.png())])) {
      const picture = await readPicture(bytes);
      expect([picture.width, picture.height]).toEqual([expected.width, expected.height]);
      for (const x of [2, expected.width - 3]) {
        for (const y of [2, expected.height - 3]) {
          expect(Math.abs(at(picture, x, y) - at(expected, x, y))).toBeLessThan(LOSS);
        }
      }
    }
  });
});

describe("size", () => {
  it("may be 50 megapixels", async () => {
    const file = await sharp({ create: { width: 10_000, height: 5_000, channels: 3, background: "rgb(9, 99, 199)" } })
      .png({ compressionLevel: 1 })
      .toBuffer();
    const { width, height, channels, data } = await readPicture(file);
    expect([width, height, channels, data.length]).toEqual([10_000, 5_000, 3, 150_000_000]);
    expect([...data.subarray(-3)]).toEqual([9, 99, 199]);
  });

  it.each(["jpeg", "png", "gif", "webp", "avif", "tiff"] as const)(
    "of a %s is compared with the limit before it is decoded",
    async (format) => {
      const file = await halves(40, 30).toFormat(format).toBuffer();
      expect(await failureOf(file, { maxPixels: 1199 })).toEqual(
        new FormatError("cat.jpg: it has 40×30 pixels, at most 1199 are read; make it smaller, or raise maxPixels"),
      );
      expect((await readPicture(file, "x", { maxPixels: 1200 })).width).toBe(40);
    },
  );

  it("of a small file that promises much is refused by what it promises", async () => {
    const file = await halves(40, 30).jpeg().toBuffer();
    const frame = file.indexOf(Uint8Array.of(0xff, 0xc0));
    file.writeUInt16BE(60_000, frame + 5);
    file.writeUInt16BE(60_000, frame + 7);
    const message = "cat.jpg: it has 60000×60000 pixels, at most 100000000 are read";
    expect((await failureOf(file)).message).toContain(message);
  });

  it("is limited by our own decoder as well, and by whole numbers only", async () => {
    const file = await encodePng({ width: 4, height: 5, channels: 1, data: new Uint8Array(20) });
    const message = "cat.jpg: it has 4×5 pixels, at most 19 are read";
    expect((await failureOf(file, { decoder: "own", maxPixels: 19 })).message).toContain(message);
    for (const maxPixels of [0, 1.5, Number.NaN]) {
      expect(await failureOf(file, { maxPixels })).toEqual(
        new OptionError(`readPicture: maxPixels ${maxPixels}, expected a whole number from 1 on`),
      );
    }
  });
});

describe("broken pictures", () => {
  it.each(["jpeg", "png", "webp", "gif", "avif", "tiff"] as const)("are named when a %s is cut off", async (format) => {
    const file = await halves(64, 64).toFormat(format).toBuffer();
    for (const length of [file.length >> 1, 20, 12]) {
      const failure = await failureOf(file.subarray(0, length));
      expect(failure).toBeInstanceOf(FormatError);
      expect(failure.message).toMatch(/^cat\.jpg: the (JPEG|PNG|WebP|GIF|AVIF|TIFF) is broken: [^\n]+$/);
    }
  });
});

describe("without sharp", () => {
  const files: readonly [string, Uint8Array][] = [
    ["JPEG", latin("\xff\xd8\xff\xe0")],
    ["GIF", latin("GIF89a\x08\0\x08\0")],
    ["WebP", latin("RIFF\x10\0\0\0WEBPVP8 ")],
    ["TIFF", latin("MM\0*\0\0\0\x08")],
    ["AVIF", latin("\0\0\0\x1cftypavif")],
  ];
  const missing = () =>
    vi.mocked(pictureCodec).mockResolvedValue(sharpCodec({ found: false, reason: "is not installed" }));

  it.each(files)("asks for it, to read a %s", async (kind, bytes) => {
    missing();
    expect(await failureOf(bytes)).toEqual(
      new CapabilityError(`cat.jpg is a ${kind}; decoding it needs the package sharp: npm install sharp`),
    );
  });

  it("reads PNG all the same", async () => {
    missing();
    const picture: BytePicture = { width: 2, height: 1, channels: 1, data: Uint8Array.of(7, 9) };
    expect(await readPicture(await encodePng(picture))).toEqual(picture);
  });

  it.each(files)("says that our own decoder does not read a %s", async (kind, bytes) => {
    expect(await failureOf(bytes, { decoder: "own" })).toEqual(
      new CapabilityError(`cat.jpg is a ${kind}; our own decoder reads PNG only`),
    );
  });
});

describe("with a codec that loses what is under alpha", () => {
  it("decodes plain PNG by itself, and leaves the others to the codec", async () => {
    const decode = vi.fn(async () => ({ width: 1, height: 1, channels: 1 as const, data: Uint8Array.of(1) }));
    const codec = { name: "the browser", exact: false, asksFirst: false, decode, encode: async () => undefined };
    vi.mocked(pictureCodec).mockResolvedValue({ found: true, kinds: ["PNG"], codec });
    const plain = await encodePng({ width: 1, height: 1, channels: 2, data: Uint8Array.of(77, 1) });
    expect((await readPicture(plain)).data).toEqual(Uint8Array.of(77, 1));
    expect(decode).not.toHaveBeenCalled();
    const [header, ...rest] = readPngChunks(plain, "x");
    const noted = ["eXIf", "iCCP"].map((type) => writeChunks([header, { type, data: new Uint8Array(4) }, ...rest]));
    for (const file of noted) expect((await readPicture(file)).data).toEqual(Uint8Array.of(1));
    expect(decode).toHaveBeenCalledTimes(2);
  });
});

describe("what is no picture", () => {
  it.each([
    [new Uint8Array(0), "cat.jpg: the file is empty, expected a picture"],
    [
      text("dear diary, today"),
      'cat.jpg: it looks like text beginning with "dear diary, today", expected a picture: PNG, JPEG, GIF',
    ],
    [text("\n<!DOCTYPE html><html>"), "cat.jpg: it looks like a web page, expected a picture"],
    [text('<?xml version="1.0"?><svg/>'), "cat.jpg: it looks like XML or SVG"],
    [text("%PDF-1.7"), "cat.jpg: it looks like a PDF"],
    [latin("PK\x03\x04"), "cat.jpg: it looks like a ZIP archive"],
    [latin("\x1f\x8b\x08\0"), "cat.jpg: it looks like a gzip file"],
    [latin("\0\0\0\x18ftypheic"), "cat.jpg: it looks like a HEIC photograph (save it as JPEG), expected a picture"],
    [latin("\0\0\0\x18ftypisom"), "cat.jpg: it looks like a video"],
    [latin("\0\0\0\x0cJXL \r\n\x87\n"), "cat.jpg: it looks like JPEG XL"],
    [Uint8Array.of(0, 1, 2, 255), "cat.jpg: it looks like binary data beginning with 00 01 02 ff"],
  ])("%#: %s", async (bytes, message) => {
    for (const decoder of ["auto", "own"] as const) {
      const failure = await failureOf(bytes, { decoder });
      expect(failure).toBeInstanceOf(FormatError);
      expect(failure.message).toContain(message);
    }
  });

  it("does not promise that sharp reads BMP", async () => {
    await expect(readPicture(latin("BM\x36\0\0\0\0\0\0\0\x36\0"), "cat.bmp")).rejects.toThrow(
      new CapabilityError("cat.bmp is a BMP, which is not supported here: convert it to PNG or JPEG"),
    );
  });
});
