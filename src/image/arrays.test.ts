import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { array, ShapeError, zeros } from "../array/index.ts";
import { arrayToPicture, batchToPictures, picturesToBatch, pictureToArray } from "./arrays.ts";
import { type BytePicture, type Picture, toFloats } from "./picture.ts";

const rgb: BytePicture = { width: 2, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };

const pictures = fc
  .record({
    width: fc.integer({ min: 1, max: 5 }),
    height: fc.integer({ min: 1, max: 5 }),
    channels: fc.constantFrom<Picture["channels"]>(1, 2, 3, 4),
    bytes: fc.uint8Array({ minLength: 100, maxLength: 100 }),
    float: fc.boolean(),
  })
  .map(({ width, height, channels, bytes, float }): Picture => {
    const picture = { width, height, channels, data: bytes.slice(0, width * height * channels) };
    return float ? toFloats(picture) : picture;
  });

describe("a picture as an array", () => {
  it("has its channels first", () => {
    expect(pictureToArray(rgb)).toEqual(array([[[1, 4]], [[2, 5]], [[3, 6]]], "u8"));
    expect(pictureToArray(toFloats({ ...rgb, data: rgb.data.map(() => 51) }))).toMatchObject({
      dtype: "f32",
      shape: [3, 1, 2],
      data: new Float32Array(6).fill(0.2),
    });
  });

  it("comes back, every picture", () => {
    fc.assert(
      fc.property(pictures, (picture) => {
        expect(arrayToPicture(pictureToArray(picture))).toEqual(picture);
      }),
    );
  });

  it("may have no channels at all, if it is gray", () => {
    expect(arrayToPicture(array([[1, 2, 3]], "u8"))).toEqual({
      width: 3,
      height: 1,
      channels: 1,
      data: Uint8Array.of(1, 2, 3),
    });
  });

  it("shares nothing with the picture", () => {
    const gray: BytePicture = { width: 1, height: 1, channels: 1, data: Uint8Array.of(7) };
    const values = pictureToArray(gray);
    const back = arrayToPicture(values);
    values.data[0] = 8;
    expect([gray.data[0], back.data[0]]).toEqual([7, 7]);
  });

  it.each([
    [zeros([5, 2, 2], "u8"), "u8 [5,2,2]"],
    [zeros([3], "u8"), "u8 [3]"],
    [zeros([1, 1, 2, 2], "u8"), "u8 [1,1,2,2]"],
    [zeros([3, 0, 2], "u8"), "u8 [3,0,2]"],
    [zeros([0, 2, 2], "f32"), "f32 [0,2,2]"],
    [zeros([3, 2, 2], "i32"), "i32 [3,2,2]"],
  ])("%# is refused where it is none", (values, what) => {
    expect(() => arrayToPicture(values)).toThrow(ShapeError);
    expect(() => arrayToPicture(values)).toThrow(`arrayToPicture: ${what}, expected u8 or f32 [channels,height,width]`);
  });

  it("is refused where size and data do not fit together", () => {
    expect(() => pictureToArray({ ...rgb, width: 3 })).toThrow("pictureToArray: 3×1×3 values are 9, the data have 6");
  });
});

describe("a batch", () => {
  it("holds one picture after the other, and gives them back", () => {
    const other: BytePicture = { ...rgb, data: rgb.data.map((value) => value + 10) };
    const batch = picturesToBatch([rgb, other]);
    expect([batch.shape, batch.dtype]).toEqual([[2, 3, 1, 2], "u8"]);
    expect([...batch.data]).toEqual([1, 4, 2, 5, 3, 6, 11, 14, 12, 15, 13, 16]);
    expect(batchToPictures(batch)).toEqual([rgb, other]);
  });

  it("is of pictures of one kind", () => {
    expect(() => picturesToBatch([])).toThrow(new ShapeError("picturesToBatch: no pictures, expected at least one"));
    const turned: BytePicture = { ...rgb, width: 1, height: 2 };
    for (const [other, what] of [
      [turned, "u8 [3,2,1]"],
      [toFloats(rgb), "f32 [3,1,2]"],
    ] as const) {
      expect(() => picturesToBatch([rgb, other])).toThrow(
        new ShapeError(`picturesToBatch: picture 1 is ${what}, the first u8 [3,1,2]; resize or convert it`),
      );
    }
    expect(() => batchToPictures(zeros([3, 2, 2], "u8"))).toThrow(
      "batchToPictures: shape [3,2,2], expected [count,channels,height,width]",
    );
  });
});
