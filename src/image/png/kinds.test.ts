/** Every kind of PNG, written sample by sample, against sharp. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { optionalPackage } from "#platform";
import { colorsAndDepths, type PngKind, palette, pngFile } from "../../../tests/support/png-files.ts";
import { FormatError } from "../../array/index.ts";
import { sharpCodec } from "../../platform/sharp.ts";
import { readPictureHeader } from "../headers.ts";
import type { Chunk } from "./chunks.ts";
import { decodePng } from "./png.ts";

const search = sharpCodec(await optionalPackage("sharp"));
if (!search.found) throw new Error("this test compares with sharp");
const { codec } = search;

const withSharp = (bytes: Uint8Array) =>
  codec.decode(bytes, { kind: "PNG", channels: readPictureHeader(bytes, "PNG")?.channels, checkSize: () => {} });

const chunk = (type: string, ...data: number[]): Chunk => ({ type, data: Uint8Array.from(data) });
const noise = (x: number, y: number, c: number) => (x * 7919 + y * 104_729 + c * 1_299_709 + x * y * 31) >>> 0;

interface Setting extends PngKind {
  readonly isTransparent: boolean;
  readonly sampleOf: (x: number, y: number, c: number) => number;
}

/** A kind with samples of its range; of a transparent color there are some pixels. */
function settingOf(kind: PngKind, isTransparent: boolean): Setting {
  const { color, depth } = kind;
  const count = 2 ** depth - (depth > 1 ? 1 : 0);
  const sampleOf = (x: number, y: number, c: number) =>
    isTransparent && (x + y) % 3 === 0 ? (c + 1) % count : noise(x, y, c) % (color === 3 ? count : 2 ** depth);
  const transparent = {
    0: chunk("tRNS", 0, 1 % count),
    2: chunk("tRNS", 0, 1, 0, 2, 0, 3),
    3: chunk("tRNS", ...[7, 128, 0].slice(0, count)),
  };
  const before = [
    ...(color === 3 ? [palette(count)] : []),
    ...(isTransparent ? [transparent[color as keyof typeof transparent]] : []),
  ];
  return { ...kind, before, isTransparent, sampleOf };
}

const same = async (setting: Setting): Promise<void> => {
  const file = pngFile(setting, setting.sampleOf);
  expect(await decodePng(file)).toEqual(await withSharp(file));
};

describe.each([false, true])("interlaced: %s", (isInterlaced) => {
  it.each(colorsAndDepths)("color type %i with %i bits has sharp's pixels", async (color, depth) => {
    const sizes = [
      [1, 1],
      [3, 2],
      [5, 9],
      [13, 7],
    ];
    for (const [width, height] of sizes) {
      const kind = { width, height, color, depth, isInterlaced, parts: 3 };
      await same(settingOf(kind, false));
      if (color < 4) await same(settingOf(kind, true));
    }
  });
});

it("any kind at any size has sharp's pixels", async () => {
  const settings = fc
    .record({
      width: fc.integer({ min: 1, max: 20 }),
      height: fc.integer({ min: 1, max: 20 }),
      kind: fc.constantFrom(...colorsAndDepths),
      isInterlaced: fc.boolean(),
      isTransparent: fc.boolean(),
      parts: fc.integer({ min: 1, max: 4 }),
    })
    .map(({ kind: [color, depth], isTransparent, ...rest }) =>
      settingOf({ ...rest, color, depth }, isTransparent && color < 4),
    );
  await fc.assert(fc.asyncProperty(settings, same), { numRuns: 60 });
});

it("a transparent color of more bits than samples have counts by its lower bits", async () => {
  const before = [chunk("tRNS", 0xff, 0xf3)];
  const file = pngFile({ width: 4, height: 1, color: 0, depth: 2, before }, (x) => x);
  expect([...(await decodePng(file)).data]).toEqual([0, 255, 85, 255, 170, 255, 255, 0]);
});

it("a transparent color of 16 bits is compared with all of them", async () => {
  const before = [chunk("tRNS", 0x12, 0x34)];
  const file = pngFile({ width: 2, height: 1, color: 0, depth: 16, before }, (x) => [0x1234, 0x1235][x]);
  expect([...(await decodePng(file)).data]).toEqual([0x12, 0, 0x12, 255]);
});

describe("refuses", () => {
  const failure = (kind: Partial<PngKind>, value = 0) =>
    decodePng(
      pngFile({ width: 2, height: 2, color: 3, depth: 2, ...kind }, () => value),
      "cat.png",
    ).then(
      () => "it was accepted",
      (error) => {
        expect(error).toBeInstanceOf(FormatError);
        return error.message;
      },
    );
  it.each<[string, Partial<PngKind>, string, value?: number]>([
    ["a palette that is missing", {}, "the PNG has no PLTE chunk, so its pixels have no colors"],
    [
      "a palette of broken length",
      { before: [chunk("PLTE", 1, 2)] },
      "PNG chunk PLTE has 2 bytes, expected 3 for each of 1 to 4 colors",
    ],
    ["too many colors", { before: [palette(5)] }, "PNG chunk PLTE has 15 bytes, expected 3 for each of 1 to 4 colors"],
    ["two palettes", { before: [palette(2), palette(2)] }, "the PNG has 2 PLTE chunks, expected one"],
    ["a color that is none", { before: [palette(2)] }, "a pixel of the PNG has color 2 of a palette of 2 colors", 2],
    [
      "more alphas than colors",
      { before: [palette(2), chunk("tRNS", 1, 2, 3)] },
      "PNG chunk tRNS has 3 bytes for a palette of 2 colors",
    ],
    [
      "a transparent color of another kind",
      { color: 0, before: [chunk("tRNS", 1)] },
      "PNG chunk tRNS has 1 bytes, expected 2 for each of 1 samples",
    ],
    ["16 bits in a palette", { depth: 16 }, "PNG color type 3 with 16 bits a sample, expected 1, 2, 4, 8"],
    ["two bits of RGB", { color: 2 }, "PNG color type 2 with 2 bits a sample, expected 8, 16"],
  ])("%s", async (_, kind, message, value) => expect(await failure(kind, value)).toBe(`cat.png: ${message}`));

  it("what is cut off or changed anywhere, with a FormatError", async () => {
    const before = [palette(4), chunk("tRNS", 1, 2)];
    const file = pngFile(
      { width: 9, height: 9, color: 3, depth: 2, isInterlaced: true, before },
      (x, y) => (x + y) & 3,
    );
    const broken = (bytes: Uint8Array) => decodePng(bytes).catch((error) => expect(error).toBeInstanceOf(FormatError));
    for (let length = 0; length < file.length; length++) await broken(file.subarray(0, length));
    for (let at = 0; at < file.length; at++) await broken(file.map((byte, i) => (i === at ? byte ^ 0x41 : byte)));
  });
});
