import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compute, derivatives, numbersOf } from "../../tests/support/values.ts";
import { array, OptionError, ShapeError, zeros } from "../array/index.ts";
import { f32, type Tensor, trace } from "../graph/index.ts";
import { broadcastTo, concat, flatten, pad, padOp, reshape, slice, sliceOp, transpose } from "./index.ts";

const counted = (length: number) => array(Array.from({ length }, (_, i) => i));

it("pad refuses options that it does not take", () => {
  expect(() => trace((x) => pad(x, [[1, 1]], { vale: 1 } as object), [f32(2)])).toThrow(
    new OptionError("pad: there is no option 'vale'; did you mean value?"),
  );
});

describe("slice", () => {
  it("takes what JavaScript's own slice takes, at every step", async () => {
    const bound = fc.integer({ min: -9, max: 9 });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(7),
        bound,
        fc.option(bound, { nil: undefined }),
        fc.integer({ min: 1, max: 4 }),
        async (n, start, stop, step) => {
          const x = counted(n);
          const expected = [...x.data].slice(start, stop).filter((_, i) => i % step === 0);
          expect(await numbersOf((x) => slice(x, 0, start, stop, step), x)).toEqual(expected);
        },
      ),
    );
  });

  it("leaves other axes as they are", async () => {
    const x = array([[1, 2, 3], [4, 5, 6]]); // biome-ignore format: a matrix
    expect(await numbersOf((x) => slice(x, -1, 0, 3, 2), x)).toEqual([[1, 3], [4, 6]]); // biome-ignore format: a matrix
    expect((await compute((x) => slice(x, 0, 2), x)).shape).toEqual([0, 3]);
  });

  it("sends the derivative back where it was taken", async () => {
    expect((await derivatives((x) => slice(x, 0, 1, 6, 2), counted(6)))[0]).toEqual([0, 1, 0, 1, 0, 1]);
    expect((await derivatives((x) => slice(x, 0, 4, 2), counted(6)))[0]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("refuses steps that lead nowhere, and elements that are not there", () => {
    const attempt = (body: (x: Tensor) => Tensor) => () => trace(body, [f32(6)]);
    for (const step of [0, -1, 1.5]) {
      expect(attempt((x) => slice(x, 0, 0, 6, step))).toThrow(
        new OptionError(`slice: step must be an integer of at least 1, got ${step}`),
      );
    }
    expect(attempt((x) => sliceOp([x], { start: [4], size: [2], step: [2] }))).toThrow(
      new ShapeError("slice: axis 0 has length 6 and cannot give 2 elements from 4 on, 2 apart: x f32[6]"),
    );
  });
});

describe("pad", () => {
  it("puts a number around and between", async () => {
    const around = (x: Tensor) => pad(x, [[1, 2]], { value: 7 });
    expect(await numbersOf(around, counted(2))).toEqual([7, 0, 1, 7, 7, 7].slice(0, 5));
    const between = (x: Tensor) => padOp([x], { before: [0], after: [1], interior: [2] });
    expect(await numbersOf(between, array([1, 2]))).toEqual([1, 0, 0, 2, 0]);
    expect(await numbersOf(between, zeros([0]))).toEqual([0]);
  });

  it("wants two numbers for each axis", () => {
    expect(() => trace((x) => pad(x, [[1, 1]]), [f32(2, 3)])).toThrow(
      new ShapeError("pad: before [1] has 1 numbers for 2 axes: x f32[2,3]"),
    );
  });
});

describe("moving data about", () => {
  const matrix = array([[1, 2, 3], [4, 5, 6]]); // biome-ignore format: a matrix

  it("infers one length of a new shape", async () => {
    expect((await compute((x) => reshape(x, [3, -1]), matrix)).shape).toEqual([3, 2]);
    expect((await compute((x) => reshape(x, [-1]), zeros([0, 3]))).shape).toEqual([0]);
    expect((await compute((x) => flatten(x), zeros([2, 0, 3]))).shape).toEqual([2, 0]);
    expect(() => trace((x) => reshape(x, [-1, -1]), [f32(6)])).toThrow("reshape: [-1,-1] leaves more than one length");
    expect(() => trace((x) => reshape(x, [4, -1]), [f32(6)])).toThrow("6 elements do not fill [4,1]");
  });

  it("reverses axes unless it is told an order", async () => {
    expect(await numbersOf((x) => transpose(x), matrix)).toEqual([[1, 4], [2, 5], [3, 6]]); // biome-ignore format: rows
    expect((await compute((x) => transpose(x, [1, -1, 0]), zeros([2, 3, 5]))).shape).toEqual([3, 5, 2]);
    expect(() => trace((x) => transpose(x, [0, 0]), [f32(2, 3)])).toThrow("order [0,0] is not a permutation");
  });

  it("joins along an axis, empty parts included", async () => {
    const join = (x: Tensor) => concat([x, slice(x, 1, 0, 0), x], 1);
    expect(await numbersOf(join, array([[1, 2]]))).toEqual([[1, 2, 1, 2]]);
    expect((await derivatives(join, matrix))[0]).toEqual([2, 2, 2, 2, 2, 2]);
    expect(() => trace((x, y) => concat([x, y], 0), [f32(2, 3), f32(2, 4)])).toThrow(
      "concat: parts may differ along axis 0 only: f32[2,3] and f32[2,4]",
    );
    expect(() => trace(() => concat([]), [])).toThrow(new ShapeError("concat: needs at least one part"));
  });

  it("repeats along axes of length 1, never along others", async () => {
    expect(await numbersOf((x) => broadcastTo(x, [2, 3]), array([[1], [2]]))).toEqual([[1, 1, 1], [2, 2, 2]]); // biome-ignore format: rows
    expect((await derivatives((x) => broadcastTo(x, [4, 2, 3]), array([[1], [2]])))[0]).toEqual([12, 12]);
    expect(() => trace((x) => broadcastTo(x, [3]), [f32(2, 3)])).toThrow("cannot be repeated to [3]: x f32[2,3]");
    expect(() => trace((x) => broadcastTo(x, [2, 1]), [f32(2, 3)])).toThrow("cannot be repeated to [2,1]");
  });
});
