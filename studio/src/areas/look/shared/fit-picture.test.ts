import { describe, expect, it } from "vitest";
import { bytesOf, middleOf } from "./fit-picture.ts";

const pixels = Uint8ClampedArray.from([255, 0, 0, 255, 0, 255, 0, 255, 10, 20, 30, 255, 255, 255, 255, 255]);

describe("a picture of one's own", () => {
  it("has its colors in planes", () => {
    expect([...bytesOf(pixels, 3, true)]).toEqual([255, 0, 10, 255, 0, 255, 20, 255, 0, 0, 30, 255]);
  });

  it("is gray, on the ground of the pictures that were trained on", () => {
    const gray = [76, 150, 18, 255];
    expect([...bytesOf(pixels, 1, true)]).toEqual(gray);
    expect([...bytesOf(pixels, 1, false)]).toEqual(gray.map((value) => 255 - value));
  });

  it("fills the network's input with its middle", () => {
    expect(middleOf(640, 480, [28, 28])).toEqual([80, 0, 480, 480]);
    expect(middleOf(100, 400, [10, 20])).toEqual([0, 175, 100, 50]);
  });
});
