import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { DataError } from "../array/index.ts";
import { pictureGrid } from "./grid.ts";
import { pictureGridSvg } from "./grid-svg.ts";
import type { BytePicture } from "./picture.ts";
import { decodePng } from "./png/png.ts";
import { readPicture } from "./read-picture.ts";
import { crop } from "./turns.ts";

const noise = (width: number, height: number, channels: 1 | 3): BytePicture => ({
  width,
  height,
  channels,
  data: Uint8Array.from({ length: width * height * channels }, (_, i) => (i * i * 7919) >> 5),
});
const cells = [
  { picture: noise(8, 5, 3), caption: "noise" },
  { picture: noise(28, 28, 1), caption: "seven & eight\nnine" },
];

describe("an SVG grid", () => {
  it("shows the pictures that the other grid shows, in the same places", async () => {
    const svg = await pictureGridSvg(cells, { title: "Noise", background: [230, 240, 250] });
    const grid = pictureGrid(cells, { title: "Noise", background: [230, 240, 250] });
    const drawn = await sharp(new TextEncoder().encode(svg)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    expect([drawn.info.width, drawn.info.height]).toEqual([grid.width, grid.height]);
    const seen: BytePicture = { width: grid.width, height: grid.height, channels: 3, data: new Uint8Array(drawn.data) };
    const places = [...svg.matchAll(/<image x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"/g)];
    expect(places).toHaveLength(2);
    for (const [x, y, width, height] of places.map((place) => place.slice(1).map(Number))) {
      expect(crop(seen, { x, y, width, height })).toEqual(crop(grid, { x, y, width, height }));
    }
    const corner = { x: 0, y: 0, width: 4, height: 4 };
    expect(crop(seen, corner)).toEqual(crop(grid, corner));
  });

  it("holds the pictures themselves", async () => {
    const svg = await pictureGridSvg(cells);
    const files = [...svg.matchAll(/href="data:image\/png;base64,([\w+/=]+)"/g)].map(([, code]) => code);
    const pictures = await Promise.all(files.map((code) => decodePng(Uint8Array.from(Buffer.from(code, "base64")))));
    expect(pictures).toEqual(cells.map(({ picture }) => picture));
  });

  it("holds large pictures too", async () => {
    const picture = noise(200, 150, 3);
    const [, code] = /base64,([\w+/=]+)"/.exec(await pictureGridSvg([{ picture }]))!;
    expect(await readPicture(new Uint8Array(Buffer.from(code, "base64")))).toEqual(picture);
  });

  it("has its text as text, a line an element", async () => {
    const svg = await pictureGridSvg(cells, { title: "All" });
    const lines = [...svg.matchAll(/<text x="([\d.]+)" y="(\d+)" font-size="(\d+)">([^<]*)<\/text>/g)];
    expect(lines.map(([, x, y, size, text]) => [Number(x), Number(y), size, text])).toEqual([
      [76, 22, "20", "All"],
      [40, 101, "10", "noise"],
      [112, 101, "10", "seven &amp;"],
      [112, 111, "10", "eight"],
      [112, 121, "10", "nine"],
    ]);
    expect(svg).toContain("<title>seven &amp; eight\nnine</title>");
  });

  it("lets no caption become markup", async () => {
    const evil = `</text></title><script>alert("1")</script><!-- ' ]]> \0\u001b\ud800\uffff`;
    const svg = await pictureGridSvg([{ picture: noise(300, 2, 1), caption: evil }], { title: evil });
    expect(svg).not.toMatch(/<script|<!--|]]>/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML allows none of them
    expect(svg).not.toMatch(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Cs}/u);
    expect(svg).toContain("&lt;/text&gt;&lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)");
    const tags = new Set([...svg.matchAll(/<\/?(\w+)/g)].map(([, tag]) => tag));
    expect([...tags].sort()).toEqual(["g", "image", "rect", "svg", "text", "title"]);
    // It is XML that a strict parser reads.
    expect((await sharp(new TextEncoder().encode(svg)).metadata()).format).toBe("svg");
  });

  it("needs cells", async () => {
    await expect(pictureGridSvg([])).rejects.toThrow(
      new DataError("pictureGridSvg: no cells, expected at least one picture"),
    );
  });
});
