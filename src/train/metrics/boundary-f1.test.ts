import { describe, expect, it } from "vitest";
import { array, DataError, NdArray, OptionError, ShapeError, zeros } from "../../array/index.ts";
import { boundaryF1 } from "./index.ts";

/** Quotients of small numbers in double precision. */
const DIGITS = 12;

/** A map of rows of digits; `.` is 255. */
const map = (...rows: string[]): NdArray =>
  new NdArray(
    Int32Array.from(rows.join(""), (one) => (one === "." ? 255 : Number(one))),
    [1, rows.length, rows[0].length],
    "i32",
  );

/** The tolerance that lets pixels at a distance below `pixels` agree, in a picture of 6×4. */
const within = (pixels: number) => ({ tolerance: pixels / Math.hypot(6, 4) });

const halves = map("000111", "000111", "000111", "000111");
const shifted = map("000011", "000011", "000011", "000011");

describe("F1 of boundaries", () => {
  it("is 1 for the same map", () => {
    expect(boundaryF1(halves, halves, 2)).toEqual({ mean: 1, perClass: [1, 1], perPicture: [1] });
  });

  it("wants boundaries at distances below the tolerance", () => {
    // The boundary is one column of each class, moved by one pixel.
    expect(boundaryF1(halves, shifted, 2, within(1)).mean).toBe(0);
    expect(boundaryF1(halves, shifted, 2, within(1.01)).mean).toBe(1);
    // In small pictures 0.75 % of the diagonal is less than a pixel.
    expect(boundaryF1(halves, shifted, 2).mean).toBe(0);
  });

  it("is worked out by hand for a corner", () => {
    const truth = map("000", "001", "001");
    const guess = map("000", "000", "001");
    // Class 1: T has both of its pixels, P one that is right: precision 1, recall 1/2. Class 0: T is (2, 0), (1, 1), (1, 2);
    // P is (2, 1), (1, 2): only (1, 2) agrees, precision 1/2, recall 1/3.
    const { perClass, mean } = boundaryF1(truth, guess, 2);
    const [zero, one] = [(2 * (1 / 2) * (1 / 3)) / (1 / 2 + 1 / 3), (2 * (1 / 2)) / (3 / 2)];
    expect(perClass).toEqual([zero, one].map((value) => expect.closeTo(value, DIGITS)));
    expect(mean).toBeCloseTo((zero + one) / 2, DIGITS);
  });

  it("is the distance between centers, along diagonals too", () => {
    const dot = (x: number, y: number): NdArray => {
      const one = zeros([1, 9, 9], "i32");
      one.data[9 * y + x] = 1;
      return one;
    };
    const classOne = (tolerance: number) =>
      boundaryF1(dot(2, 2), dot(4, 5), 2, { tolerance: tolerance / Math.hypot(9, 9) }).perClass[1];
    expect([classOne(3.6), classOne(3.61)]).toEqual([0, 1]); // √13 = 3.6056
  });

  it("is 0 for a boundary on one side alone, and leaves out classes that have none", () => {
    const flat = map("000000", "000000", "000000", "000000");
    expect(boundaryF1(halves, flat, 3)).toEqual({ mean: 0, perClass: [0, 0, NaN], perPicture: [0] });
    expect(boundaryF1(flat, halves, 2).mean).toBe(0);
    expect(boundaryF1(flat, flat, 2)).toEqual({ mean: NaN, perClass: [NaN, NaN], perPicture: [NaN] });
  });

  it("is the mean over pictures, without those that have no boundary", () => {
    const flat = zeros([1, 4, 6], "i32");
    const stack = (...maps: NdArray[]) =>
      new NdArray(Int32Array.from(maps.flatMap(({ data }) => [...data])), [maps.length, 4, 6], "i32");
    const { mean, perPicture } = boundaryF1(stack(halves, halves, flat), stack(halves, shifted, flat), 2);
    expect([mean, perPicture]).toEqual([1 / 2, [1, 0, NaN]]);
    expect(boundaryF1(zeros([0, 4, 6], "i32"), zeros([0, 4, 6], "i32"), 2).mean).toBeNaN();
  });

  it("makes no boundary where the label is to be ignored, whatever is predicted there", () => {
    const truth = map("000.11", "000.11");
    for (const guess of [map("000011", "000011"), map("000111", "000111")])
      expect(boundaryF1(truth, guess, 2, { ignore: 255 }).mean).toBeNaN();
    const wrong = map("001111", "001111");
    expect(boundaryF1(truth, wrong, 2, { ignore: 255 }).mean).toBe(0);
  });

  it("refuses what does not fit", () => {
    const row = zeros([4], "i32");
    expect(() => boundaryF1(row, row, 2)).toThrow(new ShapeError("boundaryF1: needs maps [n, height, width], got [4]"));
    expect(() => boundaryF1(map("00"), map("02"), 2)).toThrow(DataError);
    expect(() => boundaryF1(halves, halves, 2, { tolerance: 0 })).toThrow(OptionError);
    expect(() => boundaryF1(array([[[0.5]]]), array([[[0.5]]]), 2)).toThrow(ShapeError);
  });
});
