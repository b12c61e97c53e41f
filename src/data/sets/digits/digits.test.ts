import { describe, expect, it } from "vitest";
import { OptionError, sameArray } from "../../../array/index.ts";
import { allographs } from "./allographs.ts";
import { drawStroke } from "./curve.ts";
import { type DigitsSplit, drawDigit, drawDigits } from "./index.ts";
import { PICTURE_SIZE, renderInk } from "./render.ts";

const PLAIN_INK = { pen: 2.4, blur: 1, pressure: 0, rhythm: 0, phase: 0, size: 20, offset: [0, 0] } as const;
const sample = drawDigits({ count: 1000, seed: 11 });
const pictures = Array.from({ length: 1000 }, (_, i) => sample.images.row(i).data as Uint8Array);

/** Rows of " ", "+" and "#" for black, gray and white. */
const thumbnail = (picture: Uint8Array): string[] =>
  Array.from({ length: PICTURE_SIZE }, (_, y) =>
    Array.from(picture.subarray(y * PICTURE_SIZE, (y + 1) * PICTURE_SIZE), (g) => (g < 64 ? " " : g < 192 ? "+" : "#"))
      .join("")
      .trimEnd(),
  );

describe("drawDigits", () => {
  it("gives bytes and labels in MNIST's layout", () => {
    const { images, labels } = drawDigits({ count: 3 });
    expect([images.dtype, images.shape]).toEqual(["u8", [3, 1, 28, 28]]);
    expect([labels.dtype, labels.shape]).toEqual(["i32", [3]]);
    expect(drawDigits({ count: 0 }).images.shape).toEqual([0, 1, 28, 28]);
  });

  it("repeats, and defaults to seed 0 of the training split", () => {
    const again = drawDigits({ count: 1000, seed: 11 });
    expect(sameArray(again.images, sample.images)).toBe(true);
    expect(sameArray(again.labels, sample.labels)).toBe(true);
    const defaults = drawDigits({ count: 12 });
    expect(sameArray(defaults.images, drawDigits({ count: 12, seed: 0, split: "train" }).images)).toBe(true);
  });

  it.each([1, 9, 10, 23])("draws the first %i digits of any larger count", (count) => {
    const few = drawDigits({ count, seed: 11 });
    expect(few.images.data).toEqual(sample.images.data.subarray(0, few.images.size));
    expect(few.labels.data).toEqual(sample.labels.data.subarray(0, count));
  });

  it("shows other pictures for every split and seed", () => {
    const splits: DigitsSplit[] = ["train", "validation", "test"];
    const seen = new Set<string>();
    for (const split of splits) {
      for (const seed of [0, 1]) {
        const { images } = drawDigits({ count: 50, seed, split });
        for (let i = 0; i < 50; i++) seen.add(images.row(i).data.join());
      }
    }
    expect(seen.size).toBe(300);
  });

  it("draws the splits independently: pictures of one number are no more alike than others", () => {
    const difference = (a: Uint8Array, b: Uint8Array) => a.reduce((sum, gray, at) => sum + Math.abs(gray - b[at]), 0);
    let sameNumber = 0;
    let otherNumber = 0;
    for (let i = 0; i < 300; i++) {
      const picture = drawDigit(i % 10, 0, "train", i);
      sameNumber += difference(picture, drawDigit(i % 10, 0, "test", i));
      otherNumber += difference(picture, drawDigit(i % 10, 0, "test", i + 10));
    }
    expect(sameNumber / otherNumber).toBeGreaterThan(0.93);
    expect(sameNumber / otherNumber).toBeLessThan(1.07);
  });

  it("balances the classes in every block of ten, in changing order", () => {
    const blocks = Array.from({ length: 100 }, (_, b) => [...sample.labels.data.subarray(10 * b, 10 * b + 10)]);
    for (const block of blocks) expect(block.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(new Set(blocks.map((block) => block.join(""))).size).toBeGreaterThan(90);
  });

  it("draws the same picture alone", () => {
    for (const i of [0, 9, 10, 537]) {
      expect(drawDigit(sample.labels.data[i], 11, "train", i)).toEqual(pictures[i]);
    }
    expect(drawDigit(3, 11, "test", 0)).not.toEqual(drawDigit(3, 11, "train", 0));
  });
});

describe("the ink", () => {
  // One pixel of play, one of rounding, and one more where a top-heavy 7 would otherwise be cut off.
  const MAX_OFF_CENTER = 3;
  const pixel = Array.from({ length: PICTURE_SIZE * PICTURE_SIZE }, (_, at) => at);
  const mass = (picture: Uint8Array) => picture.reduce((sum, gray) => sum + gray / 255, 0);

  it("is there, in amounts that MNIST knows", () => {
    const masses = pictures.map(mass);
    expect(Math.min(...masses)).toBeGreaterThan(12);
    expect(Math.max(...masses)).toBeLessThan(300);
    for (const picture of pictures) {
      expect(Math.max(...picture)).toBeGreaterThan(200);
      expect(picture.some((gray) => gray > 0 && gray < 200)).toBe(true);
    }
  });

  it("leaves the outermost ring of pixels almost empty", () => {
    const ring = pixel.filter((at) => [0, 27].includes(at % 28) || [0, 27].includes(Math.floor(at / 28)));
    for (const picture of pictures) expect(ring.reduce((sum, at) => sum + picture[at], 0)).toBeLessThan(128);
  });

  it("nearly fills a box of 20 pixels and has its center of mass near the center", () => {
    for (const picture of pictures) {
      const inked = pixel.filter((at) => picture[at] > 0);
      const columns = inked.map((at) => at % 28);
      const rows = inked.map((at) => Math.floor(at / 28));
      const extent = (xs: number[]) => Math.max(...xs) - Math.min(...xs) + 1;
      const longest = Math.max(extent(columns), extent(rows));
      expect(longest).toBeGreaterThanOrEqual(17);
      expect(longest).toBeLessThanOrEqual(22);
      for (const xs of [columns, rows]) {
        const center = xs.reduce((sum, x, k) => sum + (x + 0.5) * picture[inked[k]], 0) / (255 * mass(picture));
        expect(Math.abs(center - 14.5)).toBeLessThan(MAX_OFF_CENTER);
      }
    }
  });
});

describe("the alphabet", () => {
  const table = allographs.flatMap((options, digit) => options.map((a) => [`${digit} ${a.name}`, a] as const));

  it("shares out a hundred writers for each digit", () => {
    for (const options of allographs) expect(options.reduce((sum, { share }) => sum + share, 0)).toBe(100);
    expect(allographs).toHaveLength(10);
  });

  it("has at least two shapes of every allograph to mix", () => {
    for (const [, { shapes }] of table) expect(shapes.length).toBeGreaterThanOrEqual(2);
  });

  it.each(table)("%s renders in each of its shapes", (_, { strokes, shapes }) => {
    const points = strokes.reduce((sum, { length }) => sum + length, 0);
    for (const stroke of strokes) expect(stroke.length).toBeGreaterThanOrEqual(2);
    for (const shape of shapes) {
      expect(shape).toHaveLength(2 * points);
      expect(shape.every((at) => at >= -10 && at <= 110)).toBe(true);
      const lines = strokes.map((stroke) => drawStroke(shape, stroke, 1));
      expect(renderInk(lines, PLAIN_INK).filter((gray) => gray > 128).length).toBeGreaterThan(35);
    }
  });
});

describe("the pen", () => {
  const frame = (corners: boolean[]) => ({ first: 0, length: corners.length, corners });

  it("passes through every point, and turns at corners only", () => {
    const points = Float64Array.of(0, 0, 40, 0, 40, 30);
    const smooth = drawStroke(points, frame([false, false, false]), 1);
    const corner = drawStroke(points, frame([false, true, false]), 1);
    const distances = (line: number[]) => line.flatMap((x, i) => (i % 2 ? [] : [Math.hypot(x - 40, line[i + 1])]));
    for (const line of [smooth, corner]) {
      expect(line.slice(0, 2)).toEqual([0, 0]);
      expect(line.slice(-2)).toEqual([40, 30]);
      expect(Math.min(...distances(line))).toBeCloseTo(0, 9);
    }
    expect(Math.max(...corner.filter((_, i) => i % 2 === 0))).toBeCloseTo(40, 9);
    expect(Math.max(...smooth.filter((_, i) => i % 2 === 0))).toBeGreaterThan(40.5);
  });

  it("draws what it drew before", () => {
    const tick = [0, 60, 30, 100, 80, 0];
    expect(thumbnail(renderInk([tick], PLAIN_INK))).toMatchInlineSnapshot(`
      [
        "",
        "",
        "",
        "                    ##",
        "                   +##",
        "                   ##+",
        "                  +##+",
        "                  ##+",
        "                 +##+",
        "                 ##+",
        "                +##+",
        "                ##+",
        "               +##+",
        "      ++       ##+",
        "      ##+     +##+",
        "      ###     ##+",
        "      +##+   +##+",
        "       +##+  ##+",
        "        +##++##+",
        "         #####+",
        "         +####+",
        "          +##+",
        "           +#+",
        "",
        "",
        "",
        "",
        "",
      ]
    `);
  });
});

describe("bad input", () => {
  it.each([
    [() => drawDigits({ count: -1 }), "digits: count must be an integer of at least 0, got -1"],
    [() => drawDigits({ count: 2.5 }), "digits: count must be an integer of at least 0, got 2.5"],
    [() => drawDigits({ count: 1, seed: -1 }), "seed -1 is out of range"],
    [
      () => drawDigits({ count: 1, split: "tset" as DigitsSplit }),
      'digits: split must be one of train, validation, test, got "tset"',
    ],
    [() => drawDigit(10, 0, "train", 0), "digits: digit must be an integer from 0 to 9, got 10"],
    [() => drawDigit(Number.NaN, 0, "train", 0), "digits: digit must be an integer from 0 to 9, got NaN"],
    [() => drawDigit(1, 0, "train", -3), "digits: index must be an integer of at least 0, got -3"],
  ])("case %#", (act, message) => {
    expect(act).toThrow(OptionError);
    expect(act).toThrow(message);
  });
});
