import { deflateSync, inflateSync } from "node:zlib";
import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { FormatError, OptionError } from "../../array/index.ts";
import { checksum } from "../../formats/checksum.ts";
import type { BytePicture } from "../picture.ts";
import { type Chunk, readPngChunks, writeChunks } from "./chunks.ts";
import { decodePng, encodePng } from "./png.ts";

const pictures: fc.Arbitrary<BytePicture> = fc
  .record({
    width: fc.integer({ min: 1, max: 9 }),
    height: fc.integer({ min: 1, max: 9 }),
    channels: fc.constantFrom<BytePicture["channels"]>(1, 2, 3, 4),
    bytes: fc.uint8Array({ minLength: 9 * 9 * 4, maxLength: 9 * 9 * 4 }),
  })
  .map(({ width, height, channels, bytes }) => ({
    width,
    height,
    channels,
    data: bytes.slice(0, width * height * channels),
  }));

/** A soft gradient with some noise, on which each filter wins some rows. */
function gradient(width: number, height: number, channels: BytePicture["channels"]): BytePicture {
  const value = (i: number) => {
    const [x, y, c] = [Math.floor(i / channels) % width, Math.floor(i / channels / width), i % channels];
    return Math.sin(x / 5) * 60 + Math.cos((x + y) / 7) * 50 + 128 + c * 9 + ((x * y * 31) % (y % 16 === 0 ? 97 : 3));
  };
  return { width, height, channels, data: Uint8Array.from({ length: width * height * channels }, (_, i) => value(i)) };
}

const withSharp = ({ width, height, channels, data }: BytePicture) => {
  const pipeline = sharp(data, { raw: { width, height, channels } });
  return channels < 3 ? pipeline.toColourspace("b-w") : pipeline;
};

const failure = async (bytes: Uint8Array): Promise<string> => {
  const error = await decodePng(bytes, "cat.png").then(
    () => new Error("the file was accepted"),
    (error) => error,
  );
  if (error instanceof FormatError) return error.message;
  throw error;
};

/** A picture of 2×2 gray pixels, with any part of it changed. */
interface Parts {
  header?: number[];
  raw?: number[];
  before?: Chunk[];
  between?: Chunk[];
  packed?: Uint8Array;
}
function pngOf({
  header = [0, 0, 0, 2, 0, 0, 0, 2, 8, 0, 0, 0, 0],
  raw = [0, 1, 2, 0, 3, 4],
  ...rest
}: Parts): Uint8Array {
  const packed = rest.packed ?? deflateSync(Uint8Array.from(raw));
  return writeChunks([
    { type: "IHDR", data: Uint8Array.from(header) },
    ...(rest.before ?? []),
    { type: "IDAT", data: packed.subarray(0, 3) },
    ...(rest.between ?? []),
    { type: "IDAT", data: packed.subarray(3) },
    { type: "IEND", data: new Uint8Array(0) },
  ]);
}
const chunk = (type: string, data: number[] = []): Chunk => ({ type, data: Uint8Array.from(data) });

/** Bytes by their length alone, which take no room. */
const vastBytes = (length: number): Uint8Array => Object.create(Uint8Array.prototype, { length: { value: length } });

describe("against sharp", () => {
  it.each([1, 2, 3, 4] as const)("decodes what sharp wrote, %i channels", async (channels) => {
    for (const adaptiveFiltering of [false, true]) {
      const picture = gradient(61, 47, channels);
      const file = await withSharp(picture).png({ adaptiveFiltering }).toBuffer();
      expect(await decodePng(file)).toEqual(picture);
    }
  });

  it.each([1, 2, 3, 4] as const)("writes what sharp decodes, %i channels", async (channels) => {
    const picture = gradient(61, 47, channels);
    const { data, info } = await sharp(await encodePng(picture))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([61, 47]);
    // Sharp makes gray RGB; red stands for gray.
    const gray = channels < 3;
    const pixels = Array.from({ length: 61 * 47 }, (_, i) => [
      ...data.subarray(i * info.channels, (i + 1) * info.channels),
    ]);
    const kept = pixels.flatMap((pixel) => (gray ? [pixel[0], ...pixel.slice(3)] : pixel));
    expect(kept).toEqual([...picture.data]);
  });
});

describe("encoding and decoding", () => {
  it("gives back every picture", async () => {
    await fc.assert(
      fc.asyncProperty(pictures, async (picture) => {
        expect(await decodePng(await encodePng(picture))).toEqual(picture);
      }),
    );
  });

  it("gives each row the filter that suits it", async () => {
    const width = 40;
    const noise = Array.from({ length: width }, (_, x) => 100 + ((x * x * 7919) % 101));
    const halfway = [noise[0] >> 1];
    for (let x = 1; x < width; x++) halfway.push((halfway[x - 1] + noise[x]) >> 1);
    const shifted = halfway.map((value, x) => value + (x % 20 === 0 ? 5 : 4));
    const flat = new Array(width).fill(200);
    const black = new Array(width).fill(0);
    const rows = [noise, noise, halfway, shifted, flat, black];
    const file = await encodePng({ width, height: rows.length, channels: 1, data: Uint8Array.from(rows.flat()) });
    const raw = inflateSync(readPngChunks(file, "x").find(({ type }) => type === "IDAT")!.data);
    expect(Array.from(rows, (_, y) => raw[y * (width + 1)])).toEqual([1, 2, 3, 4, 1, 0]);
  });

  it("joins IDAT chunks and skips what it need not know", async () => {
    const file = pngOf({ before: [chunk("tEXt", [65, 0, 66]), chunk("gAMA", [0, 0, 0, 1])] });
    expect(await decodePng(file)).toEqual({ width: 2, height: 2, channels: 1, data: Uint8Array.of(1, 2, 3, 4) });
  });

  it("predicts as the specification says, each filter by hand", async () => {
    const row = (raw: number[]) => decodePng(pngOf({ header: [0, 0, 0, 3, 0, 0, 0, 2, 8, 0, 0, 0, 0], raw }));
    const of = async (filter: number) => [...(await row([0, 10, 20, 250, filter, 1, 2, 9])).data.subarray(3)];
    expect(await of(0)).toEqual([1, 2, 9]);
    expect(await of(1)).toEqual([1, 3, 12]);
    expect(await of(2)).toEqual([11, 22, 3]);
    expect(await of(3)).toEqual([6, 15, (9 + Math.floor((15 + 250) / 2)) & 255]);
    expect(await of(4)).toEqual([11, 22, 3]);
  });

  it("knows the CRC-32 that every implementation is checked with", () => {
    expect(checksum(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  });

  it("refuses to write pictures that do not add up", async () => {
    const picture = { width: 2, height: 2, channels: 3, data: new Uint8Array(11) } as const;
    await expect(encodePng(picture)).rejects.toThrow(
      new OptionError("encodePng: 2×2×3 values are 12, the data have 11"),
    );
    await expect(encodePng({ ...picture, width: 0 })).rejects.toThrow(
      "encodePng: a picture of 0×2 pixels, expected whole numbers from 1 on",
    );
    const vast = { width: 20_000, height: 20_000, channels: 1, data: vastBytes(4e8) } as const;
    await expect(encodePng(vast)).rejects.toThrow("encodePng: 20000×20000 pixels, expected at most 100000000");
  });
});

describe("broken files", () => {
  const size = (width: number, height: number, ...rest: number[]) => {
    const view = new DataView(new ArrayBuffer(8));
    view.setUint32(0, width);
    view.setUint32(4, height);
    return [...new Uint8Array(view.buffer), ...rest];
  };
  const cases: [string, Parts, string][] = [
    ["no pixels", { header: size(0, 2, 8, 0, 0, 0, 0) }, "the PNG has 0×2 pixels, expected at least one"],
    [
      "too many",
      { header: size(100_001, 1000, 8, 0, 0, 0, 0) },
      "the PNG has 100001×1000 pixels, at most 100000000 are read",
    ],
    ["color type", { header: size(2, 2, 8, 5, 0, 0, 0) }, "PNG color type 5, expected 0, 2, 3, 4 or 6"],
    [
      "compression",
      { header: size(2, 2, 8, 0, 1, 0, 0) },
      "PNG compression 1, filtering 0, interlacing 0; expected 0, 0, and 0 or 1",
    ],
    [
      "interlacing",
      { header: size(2, 2, 8, 0, 0, 0, 2) },
      "PNG compression 0, filtering 0, interlacing 2; expected 0, 0, and 0 or 1",
    ],
    ["bits", { header: size(2, 2, 3, 0, 0, 0, 0) }, "PNG color type 0 with 3 bits a sample, expected 1, 2, 4, 8, 16"],
    ["passes", { header: size(2, 2, 8, 0, 0, 0, 1) }, "the PNG of 2×2 pixels needs 7 bytes, it holds 6"],
    ["short header", { header: [0, 0] }, "the PNG begins with chunk IHDR of 2 bytes, expected IHDR of 13"],
    ["two headers", { before: [chunk("IHDR")] }, "the PNG has two IHDR chunks"],
    ["unknown chunk", { before: [chunk("ABCD")] }, "PNG chunk ABCD is not known, and marked as indispensable"],
    ["a stranger", { between: [chunk("tIME")] }, "PNG chunk tIME stands between IDAT chunks"],
    ["filter", { raw: [0, 1, 2, 5, 3, 4] }, "row 1 of the PNG has filter 5, expected 0 to 4"],
    ["too little", { raw: [0, 1, 2, 0, 3] }, "the PNG of 2×2 pixels needs 6 bytes, it holds 5"],
    ["too much", { raw: [0, 1, 2, 0, 3, 4, 0] }, "unpacks to more than the 6 bytes that were expected"],
    ["no zlib", { packed: Uint8Array.of(1, 2, 3, 4) }, "broken zlib data"],
  ];
  it.each(cases)("%s", async (_, parts, message) => {
    expect(await failure(pngOf(parts))).toContain(`cat.png: ${message}`);
  });

  it("says when parts are missing", async () => {
    const [header, data, , end] = readPngChunks(pngOf({}), "x");
    expect(await failure(writeChunks([data, end]))).toContain(
      "the PNG begins with chunk IDAT of 3 bytes, expected IHDR",
    );
    expect(await failure(writeChunks([header, end]))).toContain("the PNG has no IDAT chunk");
    expect(await failure(writeChunks([header, data]))).toContain("it has no IEND chunk");
    expect(await failure(new Uint8Array(0))).toContain("it does not begin with the PNG signature");
  });

  it("says where a checksum is wrong", async () => {
    const file = pngOf({});
    file[20] ^= 1;
    expect(await failure(file)).toContain("the checksum of PNG chunk IHDR at byte 8 is wrong: the file is damaged");
  });

  it("gives a FormatError for every prefix, and for nearly every changed byte", async () => {
    const file = await encodePng(gradient(7, 5, 2));
    for (let length = 0; length < file.length; length++) await failure(file.subarray(0, length));
    for (let at = 0; at < file.length; at++) await failure(file.map((byte, i) => (i === at ? byte ^ 0x10 : byte)));
  });
});
