import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { readPictureHeader } from "./headers.ts";
import { pictureKindOf } from "./kinds.ts";
import { readPngChunks, writeChunks } from "./png/chunks.ts";

const WIDTH = 300; // more than a byte
const HEIGHT = 17;

/** Noise, so that no encoder drops channels that say nothing. */
function file(format: "jpeg" | "png" | "gif" | "webp" | "avif", channels: 1 | 2 | 3 | 4, options = {}) {
  const data = Uint8Array.from({ length: WIDTH * HEIGHT * channels }, (_, i) => (i * i * 7919) >> 5);
  const pipeline = sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels } });
  return (channels < 3 ? pipeline.toColourspace("b-w") : pipeline).toFormat(format, options).toBuffer();
}
const headerOf = (bytes: Uint8Array) => readPictureHeader(bytes, pictureKindOf(bytes, "x"));
const size = { width: WIDTH, height: HEIGHT };

describe("the header", () => {
  it.each([
    ["jpeg", 1, {}, 1],
    ["jpeg", 3, {}, 3],
    ["jpeg", 3, { progressive: true }, 3],
    ["png", 1, {}, 1],
    ["png", 2, {}, 2],
    ["png", 3, {}, 3],
    ["png", 4, {}, 4],
    ["png", 3, { palette: true }, 3],
    ["png", 4, { palette: true }, 4],
    ["gif", 3, {}, undefined],
    ["webp", 3, {}, 3],
    ["webp", 4, {}, 4],
    ["webp", 3, { lossless: true }, 3],
    ["webp", 4, { lossless: true }, 4],
    ["avif", 3, {}, undefined],
    ["avif", 4, {}, undefined],
  ] as const)("of a %s of %i channels, %j, has its size and %s channels", async (format, stored, options, channels) => {
    expect(headerOf(await file(format, stored, options))).toEqual({ ...size, channels });
  });

  it("of a JPEG is found behind a note and a profile", async () => {
    const bytes = await sharp(await file("jpeg", 3))
      .withMetadata({ orientation: 6 })
      .withIccProfile("p3")
      .jpeg()
      .toBuffer();
    expect(headerOf(bytes)).toEqual({ ...size, channels: 3 });
  });

  it("of a PNG that has alpha twice, which none may, counts it once", async () => {
    const [header, ...rest] = readPngChunks(await file("png", 4), "x");
    const bytes = writeChunks([header, { type: "tRNS", data: new Uint8Array(6) }, ...rest]);
    expect(headerOf(bytes)).toEqual({ ...size, channels: 4 });
  });

  it("of a JPEG is found behind fill bytes", async () => {
    const bytes = [...(await file("jpeg", 3))];
    expect(headerOf(Uint8Array.from([...bytes.slice(0, 2), 0xff, 0xff, ...bytes.slice(2)]))).toMatchObject(size);
  });

  it("of an extended WebP has its size", async () => {
    for (const [channels, expected] of [
      [3, 3],
      [4, 4],
    ] as const) {
      const bytes = await sharp(await file("png", channels))
        .withMetadata({ orientation: 1 })
        .webp()
        .toBuffer();
      expect(bytes.toString("latin1", 12, 16)).toBe("VP8X");
      expect(headerOf(bytes)).toEqual({ ...size, channels: expected });
    }
  });

  it("of a BMP has its size, whichever row comes first", () => {
    const bytes = new DataView(new ArrayBuffer(26));
    bytes.setUint16(0, 0x424d);
    bytes.setInt32(18, WIDTH, true);
    for (const height of [HEIGHT, -HEIGHT]) {
      bytes.setInt32(22, height, true);
      expect(headerOf(new Uint8Array(bytes.buffer))).toEqual(size);
    }
  });

  it("is read in place, wherever the bytes lie in their memory", async () => {
    const bytes = await file("avif", 3);
    const memory = new Uint8Array(bytes.length + 100);
    memory.set(bytes, 77);
    expect(headerOf(memory.subarray(77, 77 + bytes.length))).toMatchObject(size);
  });

  it.each(["jpeg", "png", "gif", "webp", "avif"] as const)(
    "of a %s promises nothing where it is cut off, and nothing fails",
    async (format) => {
      const bytes = await file(format, 3);
      const kind = pictureKindOf(bytes, "x");
      for (let length = 0; length < Math.min(bytes.length, 1000); length++) {
        const header = readPictureHeader(bytes.subarray(0, length), kind);
        if (header !== undefined) expect(header).toMatchObject(size);
      }
    },
  );

  it("of a JPEG whose segments say nonsense comes to an end", () => {
    for (const bytes of [
      [0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0],
      [0xff, 0xd8, 0xff, 0xff, 0xff, 0xff],
      [0xff, 0xd8, 0xff, 0xda, 0, 2, 0xff, 0xc0, 0, 11, 8, 0, 9, 0, 9, 3],
    ]) {
      expect(readPictureHeader(Uint8Array.from(bytes), "JPEG")).toBeUndefined();
    }
  });
});
