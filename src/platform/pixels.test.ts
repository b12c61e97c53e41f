import { describe, expect, it } from "vitest";
import * as browser from "./browser.ts";
import * as node from "./node.ts";
import { copyChannels, isOpaque } from "./pixels.ts";
import { sharpCodec } from "./sharp.ts";
import type { PictureCodec, Pixels } from "./types.ts";

describe("copyChannels", () => {
  const rgba = [1, 2, 3, 4, 5, 6, 7, 8];
  const of = (from: readonly number[], stored: number, channels: Pixels["channels"]) => {
    const to = new Uint8Array((from.length / stored) * channels);
    copyChannels(from, stored, to, channels);
    return [...to];
  };

  it("takes red for gray, and alpha where it is asked for", () => {
    expect(of(rgba, 4, 1)).toEqual([1, 5]);
    expect(of(rgba, 4, 2)).toEqual([1, 4, 5, 8]);
    expect(of(rgba, 4, 3)).toEqual([1, 2, 3, 5, 6, 7]);
    expect(of(rgba, 4, 4)).toEqual(rgba);
  });

  it("adds an alpha that says opaque", () => {
    expect(of([1, 2, 3], 3, 4)).toEqual([1, 2, 3, 255]);
    expect(of([1, 2, 3], 3, 2)).toEqual([1, 255]);
  });

  it("writes where it is told", () => {
    const to = new Uint8Array(4);
    copyChannels(rgba, 4, to, 1, 2);
    expect([...to]).toEqual([0, 0, 1, 5]);
  });

  it("has a colleague that looks at alpha alone", () => {
    expect(isOpaque([0, 0, 0, 255, 9, 9, 9, 255])).toBe(true);
    expect(isOpaque([255, 255, 255, 255, 255, 255, 255, 254])).toBe(false);
  });
});

describe("the search for a codec", () => {
  it("finds sharp in Node, for every kind but BMP", async () => {
    const search = await node.pictureCodec();
    expect(search).toMatchObject({ found: true, codec: { name: "sharp", exact: true } });
    expect(search.kinds).toContain("AVIF");
    expect(search.kinds).not.toContain("BMP");
  });

  it("tells a package that is missing from one that does not load", () => {
    const needed = "the package sharp: npm install sharp";
    expect(sharpCodec({ found: false, reason: "is not installed" })).toMatchObject({ found: false, needed });
    expect(sharpCodec({ found: false, reason: "is installed but does not load: no binary" })).toMatchObject({
      needed: `${needed} (it is installed but does not load: no binary)`,
    });
  });

  it("finds none where a page has no OffscreenCanvas, as this Node", async () => {
    expect(await browser.pictureCodec()).toMatchObject({
      found: false,
      kinds: expect.arrayContaining(["BMP"]),
      needed: "a browser that has OffscreenCanvas",
    });
  });
});

describe("sharp's codec", async () => {
  const { codec } = (await node.pictureCodec()) as { codec: PictureCodec };
  const request = { kind: "WebP", checkSize: () => {} };

  it("gives the channels that it is asked for", async () => {
    const bytes = await codec.encode(
      { width: 1, height: 1, channels: 3, data: Uint8Array.of(90, 90, 90) },
      "webp",
      100,
    );
    const expected = { 1: [90], 2: [90, 255], 3: [90, 90, 90], 4: [90, 90, 90, 255] };
    for (const channels of [1, 2, 3, 4] as const) {
      const pixels = await codec.decode(bytes!, { ...request, channels });
      expect(pixels.channels).toBe(channels);
      expect([...pixels.data]).toEqual(expected[channels]);
    }
  });

  it("asks about the size before it decodes", async () => {
    const bytes = await codec.encode({ width: 3, height: 2, channels: 1, data: new Uint8Array(6) }, "jpeg", 90);
    const sizes: number[] = [];
    const checkSize = (width: number, height: number) => {
      sizes.push(width, height);
      throw new Error("too large");
    };
    await expect(codec.decode(bytes!, { kind: "JPEG", checkSize })).rejects.toThrow("too large");
    expect(sizes).toEqual([3, 2]);
  });
});
