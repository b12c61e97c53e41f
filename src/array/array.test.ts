import { describe, expect, it } from "vitest";
import { array, broadcastShapes, didYouMean, NdArray, Random, ShapeError, streamOf, threefry, zeros } from "./index.ts";
import { MOST_LANES } from "./random-lanes.ts";

describe("threefry", () => {
  // The three known answers that its authors publish for Threefry-2×32 with 20 rounds.
  it.each([
    [
      [0, 0],
      [0, 0],
      [0x6b200159, 0x99ba4efe],
    ],
    [
      [-1, -1],
      [-1, -1],
      [0x1cb996fc, 0xbb002be7],
    ],
    [
      [0x13198a2e, 0x03707344],
      [0x243f6a88, 0x85a308d3],
      [0xc4923a9c, 0x483df7a0],
    ],
  ])("key %j, counter %j", (key, counter, expected) => {
    const out = new Int32Array(2);
    threefry(key[0], key[1], counter[0], counter[1], out);
    expect([...out].map((x) => x >>> 0)).toEqual(expected);
  });
});

describe("Random", () => {
  it("repeats for the same address and differs in each coordinate", () => {
    const first = (seed: number, stream: string, position: number) => new Random(seed, stream, position).bits();
    expect(first(1, "a", 0)).toBe(first(1, "a", 0));
    expect(new Set([first(1, "a", 0), first(2, "a", 0), first(1, "b", 0), first(1, "a", 1)]).size).toBe(4);
    expect(streamOf("a")).not.toBe(streamOf("b"));
  });

  it("has the moments it promises", () => {
    const random = new Random(7, "moments");
    const draws = Array.from({ length: 20_000 }, () => random.normal(3, 2));
    const mean = draws.reduce((a, b) => a + b) / draws.length;
    const variance = draws.reduce((a, b) => a + (b - mean) ** 2, 0) / draws.length;
    expect(Math.abs(mean - 3)).toBeLessThan(5 * (2 / Math.sqrt(20_000)));
    expect(Math.abs(variance - 4)).toBeLessThan(5 * 4 * Math.sqrt(2 / 20_000));
  });

  it("fills lists with the numbers that single calls give, from any position on", () => {
    const [one, many] = [0, 1].map(() => new Random(2 ** 32 - 1, "lists", 7));
    // Beyond what is made at a time, an odd number, and nothing.
    for (const length of [3, 0, MOST_LANES + 5, 1]) {
      const [uniform, normal] = [new Float64Array(length), new Float64Array(length)];
      many.fillUniform(uniform, -1, 3);
      expect(uniform).toEqual(Float64Array.from({ length }, () => one.uniform(-1, 3)));
      many.fillNormal(normal, 2, 0.5);
      expect(normal).toEqual(Float64Array.from({ length }, () => one.normal(2, 0.5)));
    }
    expect(many.bits()).toBe(one.bits());
  });

  it("permutes without loss", () => {
    const order = new Random(3, "order").permutation(101);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 101 }, (_, i) => i));
  });

  it("refuses seeds that would be cut off", () => {
    expect(() => new Random(2 ** 32, "x")).toThrow(/seed 4294967296 is out of range/);
    expect(() => new Random(1.5, "x")).toThrow(/seed 1.5/);
  });
});

describe("NdArray", () => {
  it("nests and reads back", () => {
    const nested = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    expect(array(nested).shape).toEqual([2, 3]);
    expect(array(nested).toNested()).toEqual(nested);
    expect(zeros([2, 0, 3]).toNested()).toEqual([[], []]);
    expect(array(5).item()).toBe(5);
  });

  it("refuses ragged rows and data that do not fill the shape", () => {
    expect(() => array([[1, 2], [3]])).toThrow(ShapeError);
    expect(() => new NdArray(new Float32Array(5), [2, 3], "f32")).toThrow(
      "shape [2,3] takes 6 elements, the data have 5",
    );
    expect(() => new NdArray(new Float64Array(6), [2, 3], "f32")).toThrow("must be a Float32Array");
  });

  it("infers the element type from the data", () => {
    const typed = [new Float32Array(2), new Float64Array(2), new Int32Array(2), new Uint8Array(2), Buffer.alloc(2)];
    expect(typed.map((data) => new NdArray(data, [2]).dtype)).toEqual(["f32", "f64", "i32", "u8", "u8"]);
    const data = new Float64Array(2);
    expect(new NdArray(data, [2]).data).toBe(data);
    const plain = new NdArray([1, 2.5, -3, 4], [2, 2]);
    expect([plain.dtype, plain.data.constructor, plain.toNested()]).toEqual([
      "f32",
      Float32Array,
      [
        [1, 2.5],
        [-3, 4],
      ],
    ]);
    expect(new NdArray([1, 2.7, 300], [3], "u8").toNested()).toEqual([1, 2, 255]);
  });

  it.each<[string, unknown, unknown, unknown, string]>([
    [
      "clamped bytes",
      new Uint8ClampedArray(2),
      [2],
      undefined,
      "no element type fits Uint8ClampedArray; expected Float32Array (f32), ",
    ],
    ["big integers", new BigInt64Array(2), [2], undefined, "no element type fits BigInt64Array"],
    ["a buffer", new ArrayBuffer(8), [2], undefined, "no element type fits ArrayBuffer"],
    ["nothing", undefined, [2], undefined, "no element type fits undefined"],
    ["nested rows", [[1, 2]], [1, 2], undefined, "element 0 of the data is no number: nested arrays go through array("],
    ["words", [1, "2"], [2], undefined, "element 1 of the data is no number"],
    [
      "an inherited name",
      new Float32Array(2),
      [2],
      "constructor",
      "there is no element type constructor, expected f32, ",
    ],
    [
      "no shape",
      new Float32Array(2),
      undefined,
      undefined,
      "a shape is a list of lengths, such as [2, 3], got nothing",
    ],
    [
      "a negative length",
      new Float32Array(2),
      [-1, -2],
      "f32",
      "a shape is a list of lengths, such as [2, 3], got [-1,-2]",
    ],
    ["half a length", new Float32Array(2), [0.5, 4], "f32", "got [0.5,4]"],
  ])("refuses %s", (_, data, shape, dtype, message) => {
    const make = () => new NdArray(data as Float32Array, shape as number[], dtype as "f32");
    expect(make).toThrow(ShapeError);
    expect(make).toThrow(message);
  });

  it("casts by truncation, and to bool by comparison with zero", () => {
    expect(array([-1.5, 0, 2.9]).cast("i32").toNested()).toEqual([-1, 0, 2]);
    expect(array([-0.5, 0, Number.NaN]).cast("bool").toNested()).toEqual([true, false, true]);
  });
});

it("broadcasts shapes as NumPy does", () => {
  expect(broadcastShapes([2, 1, 4], [3, 1])).toEqual([2, 3, 4]);
  expect(broadcastShapes([0], [1])).toEqual([0]);
  expect(() => broadcastShapes([2, 3], [4])).toThrow("axis -1 has lengths 3 and 4");
});

it("suggests what was probably meant", () => {
  expect(didYouMean("lenet", ["lenet5", "alexnet"])).toBe("; did you mean lenet5?");
  expect(didYouMean("zzz", ["lenet5"])).toBe("; known: lenet5");
  // One letter for another is no slip of the finger.
  expect(didYouMean("7", ["5", "10"])).toBe("; known: 5, 10");
});
