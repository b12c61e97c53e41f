import { expect, it } from "vitest";
import { encodePicture } from "../encode-picture.ts";
import { pictureGridSvg } from "../grid-svg.ts";
import { decodePng } from "./png.ts";
import { readPngText } from "./text.ts";

const picture = { width: 2, height: 1, channels: 1, data: Uint8Array.of(3, 250) } as const;

it("keeps text beside a picture, in any script, and the picture as it is", async () => {
  const text = { Software: "Fovea", Comment: "fovea look maps 'größe' 图\nsecond line" };
  const bytes = await encodePicture(picture, { text });
  expect(readPngText(bytes)).toEqual(text);
  expect(await decodePng(bytes)).toEqual(picture);
  expect(readPngText(await encodePicture(picture))).toEqual({});
});

it.each<[object, string]>([
  [{ text: { "": "x" } }, "text keyword ''"],
  [{ text: { größe: "x" } }, "text keyword 'größe'"],
  [{ text: { a: "x\0" } }, "must not contain NUL"],
  [{ text: { a: "x" }, format: "jpeg" }, "text is kept in PNG files only, not in jpeg"],
])("refuses %j", async (options, message) => {
  await expect(encodePicture(picture, options)).rejects.toThrow(message);
});

it("describes an SVG, escaped", async () => {
  const svg = await pictureGridSvg([{ picture }], { description: "a <b> & c" });
  expect(svg).toContain("<desc>a &lt;b&gt; &amp; c</desc>");
});
