import { describe, expect, it } from "vitest";
import { NdArray, OptionError, Random, ShapeError } from "../../array/index.ts";
import { matchDescriptors } from "./match.ts";

const rows = (...values: number[][]) =>
  new NdArray(Uint8Array.from(values.flat()), [values.length, values[0].length], "u8");

describe("matchDescriptors", () => {
  it("pairs each row with its nearest, with the distance between them", () => {
    const a = rows([0, 0], [100, 0]);
    const b = rows([100, 4], [3, 4], [200, 200]);
    expect(matchDescriptors(a, b)).toEqual([
      { a: 0, b: 1, distance: 5 },
      { a: 1, b: 0, distance: 4 },
    ]);
  });

  it("drops what has another neighbor about as near", () => {
    const a = rows([0, 0]);
    const b = rows([8, 0], [0, 10]);
    expect(matchDescriptors(a, b)).toEqual([]); // 8 / 10 is not below 0.8
    expect(matchDescriptors(a, b, { ratio: 0.81 })).toEqual([{ a: 0, b: 0, distance: 8 }]);
    expect(matchDescriptors(a, rows([8, 0], [0, 8]), { ratio: 1 })).toEqual([]);
    expect(matchDescriptors(a, rows([0, 0], [0, 0]))).toEqual([]);
  });

  it("keeps those only that are nearest both ways, when asked", () => {
    const a = rows([0, 0], [2, 0]);
    const b = rows([3, 0], [90, 0]);
    expect(matchDescriptors(a, b)).toHaveLength(2);
    expect(matchDescriptors(a, b, { mutual: true })).toEqual([{ a: 1, b: 0, distance: 1 }]);
  });

  it("has no match where there are not two to choose from", () => {
    const none = new NdArray(new Uint8Array(0), [0, 2], "u8");
    expect(matchDescriptors(none, rows([1, 2], [3, 4]))).toEqual([]);
    expect(matchDescriptors(rows([1, 2]), none)).toEqual([]);
    expect(matchDescriptors(rows([1, 2]), rows([1, 2]))).toEqual([]);
  });

  it.each(["u8", "f32"] as const)("agrees in %s with comparing pairs one by one, across tiles and blocks", (dtype) => {
    const random = new Random(3, "descriptors", 0);
    const make = (count: number, length: number) => {
      const values = Array.from({ length: count * length }, () => random.integer(256));
      const data = dtype === "u8" ? Uint8Array.from(values) : Float32Array.from(values, (value) => value / 512);
      return new NdArray(data, [count, length], dtype);
    };
    const [a, b] = [make(7, 5), make(259, 5)];
    // The last row of the last tile belongs to the last row of the last block.
    b.row(258).data.set(a.row(6).data as never);
    const expected = Array.from({ length: 7 }, (_, i) => {
      const apart = Array.from({ length: 259 }, (_, j) => ({
        a: i,
        b: j,
        distance: Math.sqrt(Array.from(a.row(i).data).reduce((sum, x, k) => sum + (x - b.row(j).data[k]) ** 2, 0)),
      })).sort((one, other) => one.distance - other.distance);
      return apart[0].distance < 0.9 * apart[1].distance ? apart.slice(0, 1) : [];
    }).flat();
    const got = matchDescriptors(a, b, { ratio: 0.9 });
    expect(got.length).toBeGreaterThan(1);
    expect(got.at(-1)).toEqual({ a: 6, b: 258, distance: 0 });
    expect(got.map((match) => [match.a, match.b])).toEqual(expected.map((match) => [match.a, match.b]));
    for (const [i, match] of got.entries()) expect(match.distance).toBeCloseTo(expected[i].distance, 6);
  });

  it("refuses what cannot be compared", () => {
    expect(() => matchDescriptors(rows([1, 2]), rows([1, 2, 3]))).toThrow(
      new ShapeError("matchDescriptors: a [1,2] and b [1,3] must have rows of one length"),
    );
    expect(() => matchDescriptors(rows([1, 2]).reshape([2]), rows([1, 2]))).toThrow(
      "matchDescriptors: a is u8 [2], expected u8 or f32 [count, length]",
    );
    expect(() => matchDescriptors(rows([1]), rows([1]).cast("i32"))).toThrow("b is i32 [1,1]");
    expect(() => matchDescriptors(rows([1]), rows([1]), { ratio: 1.5 })).toThrow(
      new OptionError("matchDescriptors: ratio must be a number above 0, up to 1, got 1.5"),
    );
  });
});
