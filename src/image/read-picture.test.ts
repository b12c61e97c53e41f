import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { CapabilityError, FormatError } from "../array/index.ts";
import { encodePng } from "../formats/png.ts";
import type { Picture } from "./picture.ts";
import { readPicture } from "./read-picture.ts";

const text = (value: string) => new TextEncoder().encode(value);
const latin = (value: string) => Uint8Array.from(value, (sign) => sign.charCodeAt(0));

/** Left half dark, right half bright: easy to recognise after lossy compression and turning. */
const halves = (width: number, height: number) =>
  sharp(
    Uint8Array.from({ length: width * height * 3 }, (_, i) => (Math.floor(i / 3) % width < width / 2 ? 20 : 230)),
    {
      raw: { width, height, channels: 3 },
    },
  );
const at = ({ width, channels, data }: Picture, x: number, y: number) => data[(y * width + x) * channels];

describe("with sharp", () => {
  it.each(["jpeg", "webp", "gif", "tiff", "avif", "png"] as const)("decodes %s", async (format) => {
    const picture = await readPicture(await halves(32, 16).toFormat(format).toBuffer());
    expect([picture.width, picture.height, picture.data.length]).toEqual([32, 16, 32 * 16 * picture.channels]);
    expect(picture.channels).toBeGreaterThanOrEqual(3);
    expect(Math.abs(at(picture, 4, 8) - 20)).toBeLessThan(15);
    expect(Math.abs(at(picture, 28, 8) - 230)).toBeLessThan(15);
  });

  it("turns pictures upright as their EXIF note says", async () => {
    const file = await halves(32, 16).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const picture = await readPicture(file);
    expect([picture.width, picture.height]).toEqual([16, 32]);
    expect(at(picture, 8, 2)).toBeLessThan(60);
    expect(at(picture, 8, 30)).toBeGreaterThan(190);
  });

  it.each([1, 2, 3, 4] as const)(
    "gives a PNG of %i channels exactly as the built-in decoder does",
    async (channels) => {
      const data = Uint8Array.from({ length: 6 * 5 * channels }, (_, i) => i * 37);
      const file = await encodePng({ width: 6, height: 5, channels, data });
      expect(await readPicture(file)).toEqual({ width: 6, height: 5, channels, data });
      expect(await readPicture(file, "x", { sharp: "never" })).toEqual({ width: 6, height: 5, channels, data });
    },
  );

  it("reduces 16 bits to 8, and resolves palettes", async () => {
    for (const grey of [false, true]) {
      const deep = await halves(8, 8)
        .toColourspace(grey ? "grey16" : "rgb16")
        .png()
        .toBuffer();
      const picture = await readPicture(deep);
      expect(picture.channels).toBe(grey ? 1 : 3);
      expect([at(picture, 0, 0), at(picture, 7, 7)]).toEqual([20, 230]);
    }
    const palette = await readPicture(await halves(8, 8).png({ palette: true }).toBuffer());
    expect([at(palette, 0, 0), at(palette, 7, 7)]).toEqual([20, 230]);
  });

  it("reads a grey JPEG as grey", async () => {
    expect(await readPicture(await halves(8, 8).toColourspace("b-w").jpeg().toBuffer())).toMatchObject({
      width: 8,
      channels: 1,
    });
  });

  it.each(["jpeg", "png", "webp"] as const)("names the file when a %s is broken", async (format) => {
    const file = await halves(64, 64).toFormat(format).toBuffer();
    const failure = await readPicture(file.subarray(0, file.length >> 1), "cat.dat").catch((error) => error);
    expect(failure).toBeInstanceOf(FormatError);
    expect(failure.message).toMatch(/^cat\.dat: the (JPEG|PNG|WebP) is broken: .+$/);
  });
});

describe("without sharp", () => {
  it.each([
    ["JPEG", latin("\xff\xd8\xff\xe0")],
    ["GIF", latin("GIF89a....")],
    ["WebP", latin("RIFF\x10\0\0\0WEBPVP8 ")],
    ["TIFF", latin("MM\0*\0\0\0\x08")],
    ["AVIF", latin("\0\0\0\x1cftypavif")],
  ])("asks for it, to read a %s", async (kind, bytes) => {
    await expect(readPicture(bytes, "cat.dat", { sharp: "never" })).rejects.toThrow(
      new CapabilityError(`cat.dat is a ${kind}; decoding it needs the package sharp: npm install sharp`),
    );
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
    [Uint8Array.of(0, 1, 2, 255), "cat.jpg: it looks like binary data beginning with 00 01 02 ff"],
  ])("%#: %s", async (bytes, message) => {
    for (const sharp of ["auto", "never"] as const) {
      const failure = await readPicture(bytes, "cat.jpg", { sharp }).catch((error) => error);
      expect(failure).toBeInstanceOf(FormatError);
      expect(failure.message).toContain(message);
    }
  });

  it("does not promise that sharp reads BMP", async () => {
    await expect(readPicture(latin("BM\x36\0\0\0\0\0\0\0\x36\0"), "cat.bmp")).rejects.toThrow(
      new CapabilityError("cat.bmp is a BMP, which is not supported: convert it to PNG or JPEG"),
    );
  });
});
