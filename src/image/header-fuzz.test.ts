/** What a header promises is what a decoder finds: a file must not look small to the one and be large to the other. */
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { Random } from "../array/index.ts";
import { decodePlainJpeg } from "./decode-jpeg.ts";
import { readPictureHeader } from "./headers.ts";
import { readJpegHeader } from "./jpeg-header.ts";
import { pictureKindOf } from "./kinds.ts";
import { readPicture } from "./read-picture.ts";

const picture = (width = 40, height = 30) =>
  sharp(
    Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * i) >> 3),
    { raw: { width, height, channels: 3 } },
  );
const failureOf = (bytes: Uint8Array) =>
  readPicture(bytes, "cat.jpg").then(
    () => new Error("it was accepted"),
    (error) => error,
  );

/** The bytes of a JPEG with others in front of its frame. */
async function withBeforeFrame(inserted: readonly number[]): Promise<Uint8Array> {
  const file = await picture().jpeg().toBuffer();
  const frame = file.indexOf(Uint8Array.of(0xff, 0xc0));
  return Uint8Array.from([...file.subarray(0, frame), ...inserted, ...file.subarray(frame)]);
}

const small = [0xff, 0xc0, 0, 17, 8, 0, 8, 0, 8, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1];
/** 16 648 × 16 648 pixels: as RGBA they take 1.1 GB. */
const large = small.with(5, 0x41).with(7, 0x41);

describe("a JPEG's header", () => {
  it.each<[string, readonly number[]]>([
    ["a restart, which has no length,", [0xff, 0xd0, 0, large.length + 2, ...large]],
    ["TEM, which has no length,", [0xff, 0x01, 0, large.length + 2, ...large]],
    ["a second beginning", [0xff, 0xd8]],
    ["an end", [0xff, 0xd9]],
    ["a stuffed byte", [0xff, 0x00]],
    ["bytes of nothing", [0, 0, 0]],
    ["a second frame", large],
    ["a frame whose length does not fit its components", [0xff, 0xc0, 0, 11, ...small.slice(4, 11)]],
  ])("is not understood with %s in front of the frame", async (_, inserted) => {
    const file = await withBeforeFrame(inserted);
    expect(readJpegHeader(file)).toBeUndefined();
    expect(readPictureHeader(file, "JPEG")).toBeUndefined();
  });

  it("is found behind fill bytes and segments with anything in them", async () => {
    const inside = [0xff, 0xef, 0, large.length + 2, ...large];
    for (const inserted of [[0xff, 0xff, 0xff], inside])
      expect(readJpegHeader(await withBeforeFrame(inserted))).toMatchObject({ width: 40, height: 30 });
  });

  it("hides no frame that is larger than the limit", async () => {
    // A decoder takes the restart for a marker alone, and what follows for a large one. Read as a length, the frame's marker leads to a small frame in a comment.
    const file = await picture().jpeg().toBuffer();
    const frame = file.indexOf(Uint8Array.of(0xff, 0xc0));
    const comment = new Uint8Array(65_500);
    comment.set([0xff, 0xfe, (comment.length - 2) >> 8, (comment.length - 2) & 255]);
    comment.set(small, 0xffc0 - large.length);
    const bytes = Buffer.concat([
      file.subarray(0, frame),
      Uint8Array.from([0xff, 0xd0, ...large]),
      comment,
      file.subarray(frame + large.length),
    ]);
    const before = process.memoryUsage().rss;
    expect(await decodePlainJpeg(bytes)).toBeUndefined();
    expect((await failureOf(bytes)).message).toMatch(/pixels, at most 100000000 are read|is broken/);
    expect(process.memoryUsage().rss - before).toBeLessThan(2e8);
  });
});

describe("headers that were changed", () => {
  it.each(["jpeg", "png", "gif", "webp"] as const)("of a %s say what the decoder says, or nothing", async (format) => {
    const file = await picture().toFormat(format).toBuffer();
    const random = new Random(1, format);
    let compared = 0;
    for (let n = 0; n < 150; n++) {
      const bytes = Uint8Array.from(file);
      for (let k = 0; k < 1 + (n % 3); k++)
        bytes[12 + random.integer(Math.min(700, file.length - 12))] = random.integer(256);
      const found = await sharp(bytes, { limitInputPixels: false })
        .metadata()
        .catch(() => undefined);
      if (found === undefined) continue;
      const header = readPictureHeader(bytes, pictureKindOf(bytes, "x"));
      if (header === undefined) continue;
      compared++;
      expect(header.width * header.height, `change ${n}`).toBeGreaterThanOrEqual(found.width * found.height);
    }
    expect(compared).toBeGreaterThan(20);
  });
});
