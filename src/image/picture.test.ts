import { describe, expect, it } from "vitest";
import { OptionError } from "../array/index.ts";
import { checkPicture, type Picture, resize, toBytes, toFloats, toGray, toRgb, withoutAlpha } from "./picture.ts";

const gray = (width: number, ...data: number[]): Picture => ({
  width,
  height: data.length / width,
  channels: 1,
  data: Uint8Array.from(data),
});

describe("gray and alpha", () => {
  it("weights the colors as BT.601 does", () => {
    const picture: Picture = {
      width: 4,
      height: 1,
      channels: 3,
      data: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9),
    };
    expect(toGray(picture)).toEqual(gray(4, 76, 150, 29, 9));
  });

  it("lays transparent pixels over white", () => {
    const rgba: Picture = {
      width: 3,
      height: 1,
      channels: 4,
      data: Uint8Array.of(0, 0, 0, 0, 255, 0, 0, 255, 0, 100, 0, 51),
    };
    expect(withoutAlpha(rgba)).toEqual({
      width: 3,
      height: 1,
      channels: 3,
      data: Uint8Array.of(255, 255, 255, 255, 0, 0, 204, 224, 204),
    });
    expect(toGray({ width: 2, height: 1, channels: 2, data: Uint8Array.of(10, 255, 10, 0) })).toEqual(gray(2, 10, 255));
  });

  it("makes gray pictures RGB, floats too", () => {
    const rgb = { width: 2, height: 1, channels: 3, data: Uint8Array.of(10, 10, 10, 20, 20, 20) };
    expect(toRgb(gray(2, 10, 20))).toEqual(rgb);
    expect(toRgb({ width: 2, height: 1, channels: 2, data: Uint8Array.of(10, 255, 90, 0) }).data).toEqual(
      Uint8Array.of(10, 10, 10, 255, 255, 255),
    );
    expect(toRgb(toFloats(gray(1, 51))).data).toEqual(Float32Array.of(0.2, 0.2, 0.2));
    expect(toRgb(rgb as Picture)).toEqual(rgb);
  });

  it("leaves gray pictures alone", () => {
    expect(toGray(gray(1, 7))).toEqual(gray(1, 7));
  });
});

describe("checkPicture", () => {
  const good: Picture = { width: 2, height: 3, channels: 3, data: new Uint8Array(18) };
  it.each([
    [{}, undefined],
    [{ width: 0 }, "x: a picture of 0×3 pixels, expected whole numbers from 1 on"],
    [{ height: 1.5 }, "x: a picture of 2×1.5 pixels, expected whole numbers from 1 on"],
    [{ width: Number.NaN }, "x: a picture of NaN×3 pixels"],
    [{ channels: 5 as 4 }, "x: 5 channels, expected 1, 2, 3 or 4"],
    [{ channels: 4 as const }, "x: 2×3×4 values are 24, the data have 18"],
  ])("of a picture with %j says %s", (change, message) => {
    const check = () => checkPicture({ ...good, ...change }, "x");
    if (message === undefined) expect(check).not.toThrow();
    else expect(check).toThrow(OptionError);
    if (message !== undefined) expect(check).toThrow(message);
  });
});

describe("resize", () => {
  it("refuses sizes that no memory holds", () => {
    expect(() => resize(gray(1, 0), 1e9, 1e9)).toThrow(
      new OptionError("resize: 1000000000×1000000000 pixels, expected at most 100000000"),
    );
  });

  it("changes nothing at the same size", () => {
    const picture = gray(3, 1, 2, 3, 200, 100, 0);
    expect(resize(picture, 3, 2)).toEqual(picture);
  });

  it("interpolates linearly when enlarging, and repeats the edges", () => {
    // Centers of the targets lie at −¼, ¼, ¾, 1¼ of the sources' grid.
    expect([...resize(gray(2, 0, 100), 4, 1).data]).toEqual([0, 25, 75, 100]);
    expect([...resize(gray(1, 0, 100), 1, 4).data]).toEqual([0, 25, 75, 100]);
  });

  it("averages with a triangle when shrinking", () => {
    // Halving: weights 1, 3, 3, 1 over eight; at the edge the part inside, 3, 3, 1 over seven.
    expect([...resize(gray(8, 0, 0, 80, 160, 40, 0, 0, 0), 4, 1).data]).toEqual([
      Math.round(80 / 7),
      Math.round((0 + 3 * 80 + 3 * 160 + 40) / 8),
      Math.round((160 + 3 * 40) / 8),
      0,
    ]);
  });

  it("keeps an even tone even, at any size and in every channel", () => {
    const picture: Picture = {
      width: 7,
      height: 5,
      channels: 3,
      data: Uint8Array.from({ length: 105 }, (_, i) => [9, 100, 255][i % 3]),
    };
    for (const [width, height] of [
      [1, 1],
      [28, 28],
      [3, 11],
      [7, 1],
    ]) {
      const { data } = resize(picture, width, height);
      expect(data.length).toBe(width * height * 3);
      expect(data.every((value, i) => value === [9, 100, 255][i % 3])).toBe(true);
    }
  });

  it("does not let fine stripes alias", () => {
    const stripes = gray(100, ...Array.from({ length: 100 }, (_, x) => (x % 2) * 255));
    for (const value of resize(stripes, 10, 1).data) expect(Math.abs(value - 127.5)).toBeLessThan(10);
  });

  it("refuses alpha and sizes that are none", () => {
    expect(() => resize({ ...gray(1, 1, 1), channels: 2, height: 1 }, 1, 1)).toThrow(
      "call withoutAlpha() or toGray() first",
    );
    expect(() => resize(gray(1, 1), 0, 1)).toThrow(
      new OptionError("resize: width 0, expected a whole number from 1 on"),
    );
    expect(() => resize(gray(1, 1), 1, 1.5)).toThrow("resize: height 1.5, expected");
  });
});

describe("bytes and floats", () => {
  const floats = (...data: number[]): Picture => ({
    ...gray(data.length),
    width: data.length,
    height: 1,
    data: Float32Array.from(data),
  });

  it("turn into each other", () => {
    expect(toFloats(gray(3, 0, 51, 255))).toEqual(floats(0, 0.2, 1));
    expect(toBytes(floats(0, 0.2, 1))).toEqual(gray(3, 0, 51, 255));
  });

  it("are cut where bytes end, and NaN is black", () => {
    expect(toBytes(floats(-1, 1.5, Infinity, -Infinity, NaN)).data).toEqual(Uint8Array.of(0, 255, 255, 0, 0));
  });

  it("stay what they are when nothing needs to change", () => {
    const [bytes, values] = [gray(1, 7), floats(0.5)];
    expect(toBytes(bytes).data).toBe(bytes.data);
    expect(toFloats(values).data).toBe(values.data);
  });

  it("are laid over white, made gray and resized alike", () => {
    const colors: Picture = { width: 2, height: 1, channels: 4, data: Uint8Array.of(255, 0, 0, 51, 0, 100, 30, 255) };
    const bytes = resize(toGray(withoutAlpha(colors)), 4, 2);
    const values = resize(toGray(withoutAlpha(toFloats(colors))), 4, 2);
    expect(values.data).toBeInstanceOf(Float32Array);
    for (const [i, value] of values.data.entries()) expect(Math.abs(value * 255 - bytes.data[i])).toBeLessThan(2); // rounded thrice
  });
});
