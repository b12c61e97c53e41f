import { describe, expect, it } from "vitest";
import { OptionError } from "../array/index.ts";
import { fill } from "../graph/index.ts";
import { flag, integer, integers, type Kind, readOptions, real, sizes, withDefault, word } from "./index.ts";

describe("a kind of attribute", () => {
  const accepts = (kind: Kind<unknown>, value: unknown): boolean => kind.read(value) !== undefined;

  it.each<[string, Kind<unknown>, unknown[], unknown[]]>([
    ["an integer", integer(1), [1, 7], [0, 1.5, "1", NaN, Infinity, null, true, [1]]],
    ["any integer", integer(), [-3, 0], [0.5]],
    ["integers", integers(0), [[], [0, 2]], [[-1], [0.5], 3, "12", [[1]]]],
    ["sizes", sizes(1), [2, [2, 3]], [0, [2, 0], "2", {}]],
    ["a number", real(), [-1.5, 0, 1e300], [NaN, "1", null]],
    ["a number from 0 to 1", real(0, 1), [0, 0.5, 1], [-1e-9, 1.1, NaN, Infinity]],
    ["a flag", flag(), [true, false], [0, 1, "true", null]],
    ["a word", word("mean", "sum"), ["mean", "sum"], ["Mean", "", 0, "toString"]],
  ])("%s takes what it should, and nothing else", (_, kind, good, bad) => {
    expect(good.filter((value) => !accepts(kind, value))).toEqual([]);
    expect(bad.filter((value) => accepts(kind, value))).toEqual([]);
  });

  it("says what it expects", () => {
    const expected = [real(), real(0), real(-Infinity, 1), real(0, 1), integer(), integer(2), integers(0)];
    expect(expected.map(({ expects }) => expects)).toEqual([
      "a number",
      "a number of at least 0",
      "a number of at most 1",
      "a number from 0 to 1",
      "an integer",
      "an integer of at least 2",
      "a list of integers of at least 0",
    ]);
  });

  it("copies lists, so that a caller may change its own", () => {
    const given = [1, 2];
    const { kernel } = readOptions("conv2d", { kernel: sizes(1) }, { kernel: given });
    given[0] = 9;
    expect(kernel).toEqual([1, 2]);
  });
});

describe("options", () => {
  const schema = { filters: integer(1), stride: withDefault(sizes(1), 1), bias: withDefault(flag(), true) };
  const read = (given: object) => readOptions("conv2d (features.3)", schema, given);

  it("get their defaults, where they are left out or undefined", () => {
    expect(read({ filters: 6 })).toEqual({ filters: 6, stride: 1, bias: true });
    expect(read({ filters: 6, stride: undefined, bias: false })).toEqual({ filters: 6, stride: 1, bias: false });
  });

  it.each([
    [{ filters: 6, strid: 2 }, "there is no option 'strid'; did you mean stride?"],
    [{ filters: 6, color: "red" }, "there is no option 'color'; known: filters, stride, bias"],
    [{ filters: 6, toString: 1 }, "there is no option 'toString'; known: filters, stride, bias"],
    [{}, "filters must be an integer of at least 1, got nothing"],
    [{ filters: 2.5 }, "filters must be an integer of at least 1, got 2.5"],
    [{ filters: 6, stride: [2, 0] }, "stride must be an integer of at least 1, or one for each axis, got [2,0]"],
    [{ filters: 6, bias: "no" }, 'bias must be true or false, got "no"'],
    [{ filters: Number.NaN }, "filters must be an integer of at least 1, got NaN"],
    [{ filters: () => 1 }, "filters must be an integer of at least 1, got a function"],
    [{ filters: [[Number.NaN]] }, "filters must be an integer of at least 1, got [[NaN]]"],
    [{ filters: 6n }, "filters must be an integer of at least 1, got 6"],
    [{ filters: fill(6, []) }, "filters must be an integer of at least 1, got a Tensor f32[]"],
  ])("%# are refused", (given, message) => {
    expect(() => read(given)).toThrow(new OptionError(`conv2d (features.3): ${message}`));
  });

  it("of a name that every object has are not taken from its prototype", () => {
    expect(() => readOptions("op", { constructor: integer() }, {})).toThrow("constructor must be an integer");
  });
});
