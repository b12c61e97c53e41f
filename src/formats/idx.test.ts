import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { array, type DType, dtypes, FormatError, NdArray, sameArray, sizeOf, zeros } from "../array/index.ts";
import { readIdx, writeIdx } from "./idx.ts";

const messageOf = (bytes: ArrayLike<number>): string => {
  try {
    readIdx(Uint8Array.from(bytes), "digits.idx");
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
  throw new Error("the file was accepted");
};

describe("IDX", () => {
  it("reads the bytes that the format prescribes", () => {
    expect(readIdx(Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255)).toNested()).toEqual([
      [1, 2, 3],
      [4, 5, 255],
    ]);
    const integers = readIdx(Uint8Array.of(0, 0, 12, 1, 0, 0, 0, 2, 0, 0, 1, 0, 0xff, 0xff, 0xff, 0xfe));
    expect([integers.dtype, integers.toNested()]).toEqual(["i32", [256, -2]]);
    const floats = readIdx(Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 1, 0x3f, 0xc0, 0, 0));
    expect([floats.dtype, floats.toNested()]).toEqual(["f32", [1.5]]);
    const doubles = readIdx(Uint8Array.of(0, 0, 14, 1, 0, 0, 0, 1, 0xc0, 0, 0, 0, 0, 0, 0, 0));
    expect([doubles.dtype, doubles.toNested()]).toEqual(["f64", [-2]]);
  });

  it("gives back what it wrote, and reads from the middle of a buffer", () => {
    const any = fc.tuple(
      fc.constantFrom<DType>("u8", "i32", "f32", "f64"),
      fc.array(fc.nat(4), { minLength: 1, maxLength: 4 }),
      fc.uint8Array({ minLength: 2048, maxLength: 2048 }),
      fc.nat(8),
    );
    fc.assert(
      fc.property(any, ([dtype, shape, bytes, shift]) => {
        const array = new NdArray(new dtypes[dtype].array(bytes.slice().buffer, 0, sizeOf(shape)), shape, dtype);
        const file = writeIdx(array);
        const buffer = new Uint8Array(file.length + 10);
        buffer.set(file, shift);
        expect(sameArray(readIdx(buffer.subarray(shift, shift + file.length)), array)).toBe(true);
      }),
    );
  });

  it.each([
    [[], "digits.idx: 0 bytes are too short for an IDX file"],
    [[0x1f, 0x8b, 8, 0], "digits.idx: it is compressed with gzip; unpack it first (gunzip)"],
    [[0x89, 0x50, 0x4e, 0x47], "it begins with 0x89 0x50 0x4e 0x47, an IDX file with 0x00 0x00"],
    [[0, 0, 0x0b, 1, 0, 0, 0, 0], "element type 0x0b is not supported, expected one of 0x08 (u8), 0x0c (i32)"],
    [[0, 0, 8, 0, 1], "it has 0 axes, expected 1 to 32"],
    [[0, 0, 8, 255, 1], "it has 255 axes, expected 1 to 32"],
    [[0, 0, 8, 3, 0, 0, 0, 1], "the header of 3 axes takes 16 bytes, the file has 8; it was cut off"],
    [[0, 0, 8, 1, 0, 0, 0, 3, 1, 2], "its header promises [3], 3 bytes of data; there are 2: it was cut off"],
    [[0, 0, 13, 1, 0, 0, 0, 1, 1, 2], "its header promises [1], 4 bytes of data; there are 2"],
    [
      [0, 0, 8, 1, 0, 0, 0, 1, 1, 2],
      "its header promises [1], 1 bytes of data; there are 2: it holds more than it says",
    ],
    [[0, 0, 8, 3, ...new Array(12).fill(255), 1], "its header promises [4294967295,4294967295,4294967295], 7.9"],
    [
      [0, 0, 8, 3, ...new Array(8).fill(255), 0, 0, 0, 0, 1],
      "promises [4294967295,4294967295,0], 0 bytes of data; there are 1",
    ],
  ])("%#: refuses %j", (bytes, message) => {
    expect(messageOf(bytes)).toContain(message);
  });

  it("refuses every prefix of a file", () => {
    const file = writeIdx(array([[1, 2, 3]], "i32"));
    for (let length = 0; length < file.length; length++) messageOf(file.subarray(0, length));
  });

  it("refuses to write what the format cannot hold", () => {
    expect(() => writeIdx(zeros([2], "bool"))).toThrow("IDX cannot hold bool: cast the array to u8, i32, f32 or f64");
    expect(() => writeIdx(zeros([]))).toThrow("IDX holds 1 to 32 axes, the array has 0");
    expect(() => writeIdx(zeros([2 ** 32, 0]))).toThrow("IDX holds axes of less than 2³² elements");
    expect(readIdx(writeIdx(zeros([2 ** 32 - 1, 0]))).shape).toEqual([2 ** 32 - 1, 0]);
  });
});
