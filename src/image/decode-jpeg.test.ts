import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { optionalPackage } from "#platform";
import { FormatError } from "../array/index.ts";
import { decodePlainJpeg } from "./decode-jpeg.ts";
import { readJpegHeader } from "./jpeg-header.ts";
import { readPicture } from "./read-picture.ts";

/** Two decoders may round colors differently by one; both are of libjpeg's family and use its integer transform. */
const LEVELS = 1;

const { found } = await optionalPackage("@jsquash/jpeg/codec/dec/mozjpeg_dec.js");
const reason = found ? "" : " (skipped: the package @jsquash/jpeg is not installed)";

/** Smooth and colored: half the samples of color must be made up between others. */
const waves = (width = 45, height = 31) =>
  sharp(
    Uint8Array.from({ length: width * height * 3 }, (_, i) => {
      const [x, y, c] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
      return 128 + 100 * Math.sin(x / (3 + c) + y / 5);
    }),
    { raw: { width, height, channels: 3 } },
  );
const bySharp = (file: Uint8Array) => sharp(file).raw().toBuffer();

describe("a JPEG's header", () => {
  it("tells size, components and coding", async () => {
    const plain = { width: 45, height: 31, components: 3, isCommon: true, orientation: 1, hasProfile: false };
    expect(readJpegHeader(await waves().jpeg().toBuffer())).toEqual(plain);
    expect(readJpegHeader(await waves().jpeg({ progressive: true }).toBuffer())).toEqual(plain);
    expect(readJpegHeader(await waves().toColourspace("b-w").jpeg().toBuffer())).toMatchObject({ components: 1 });
    expect(readJpegHeader(await waves().toColourspace("cmyk").jpeg().toBuffer())).toMatchObject({ components: 4 });
  });

  it.each([1, 3, 6, 8])("tells orientation %i", async (orientation) => {
    const file = await waves().withExif({}).withMetadata({ orientation }).jpeg().toBuffer();
    expect(readJpegHeader(file)).toMatchObject({ orientation, width: 45 });
  });

  it("tells of a color profile", async () => {
    const file = await waves().withIccProfile("p3").jpeg().toBuffer();
    expect(readJpegHeader(file)).toMatchObject({ hasProfile: true });
  });

  it("knows a lossless, arithmetic or 12-bit coding as not common", async () => {
    const file = await waves().jpeg().toBuffer();
    const frame = file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xc0);
    const changed = (at: number, value: number) => file.map((byte, i) => (i === at ? value : byte));
    for (const type of [0xc3, 0xc9, 0xca])
      expect(readJpegHeader(changed(frame + 1, type))).toMatchObject({ isCommon: false });
    expect(readJpegHeader(changed(frame + 4, 12))).toMatchObject({ isCommon: false });
    // A table where the frame is looked for is none.
    expect(readJpegHeader(changed(frame + 1, 0xc4))).toBeUndefined();
  });

  it("is not there in a file that breaks off, at whatever byte", async () => {
    const file = await waves().withExif({}).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const frame = file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xc0);
    for (let length = 0; length < frame + 4; length++) expect(readJpegHeader(file.subarray(0, length))).toBeUndefined();
  });
});

describe.skipIf(!found)(`decoding without sharp${reason}`, () => {
  it.each([
    ["baseline", {}],
    ["progressive", { progressive: true }],
    ["with all samples of color", { chromaSubsampling: "4:4:4" }],
    ["of low quality", { quality: 20 }],
  ])("gives sharp's pixels: %s", async (_, options) => {
    const file = await waves().jpeg(options).toBuffer();
    const picture = await decodePlainJpeg(file);
    expect(picture).toMatchObject({ width: 45, height: 31, channels: 3 });
    const expected = await bySharp(file);
    const differences = picture!.data.map((value, i) => Math.abs(value - expected[i]));
    expect(Math.max(...differences)).toBeLessThanOrEqual(LEVELS);
  });

  it("gives gray pictures in one channel", async () => {
    const file = await waves().toColourspace("b-w").jpeg().toBuffer();
    const picture = (await decodePlainJpeg(file))!;
    expect(picture).toMatchObject({ width: 45, height: 31, channels: 1 });
    expect(Math.abs(picture.data[700] - (await bySharp(file))[3 * 700])).toBeLessThanOrEqual(LEVELS);
  });

  it("leaves to sharp what needs more than a decoder", async () => {
    const files = [
      waves().withMetadata({ orientation: 6 }).jpeg(),
      waves().withIccProfile("p3").jpeg(),
      waves().toColourspace("cmyk").jpeg(),
    ];
    for (const file of files) expect(await decodePlainJpeg(await file.toBuffer())).toBeUndefined();
    const large = sharp({ create: { width: 2100, height: 2000, channels: 3, background: "red" } }).jpeg();
    expect(await decodePlainJpeg(await large.toBuffer())).toBeUndefined();
  });

  it("leaves damaged files alone, and decodes the next", async () => {
    const file = await waves().jpeg().toBuffer();
    const scan = file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xda);
    const broken = [
      file.subarray(0, file.length >> 1),
      file.subarray(0, file.length - 2),
      Buffer.concat([file.subarray(0, scan), Buffer.from("junk ".repeat(99)), Buffer.from([0xff, 0xd9])]),
      file.map((byte, i) => (i > scan - 20 && i < scan ? 0xff : byte)),
    ];
    for (const bytes of broken) {
      expect(await decodePlainJpeg(bytes)).toBeUndefined();
      expect(await decodePlainJpeg(file)).toMatchObject({ width: 45 });
    }
  });

  it("leaves it to readPicture to say what is broken", async () => {
    const file = await waves().jpeg().toBuffer();
    const failure = await readPicture(file.subarray(0, 400), "cat.jpg").catch((error) => error);
    expect(failure).toBeInstanceOf(FormatError);
    expect(failure.message).toMatch(/^cat\.jpg: the JPEG is broken: .+/);
  });
});
