import { describe, expect, it } from "vitest";
import { mapSpread, median, ratioOf, spreadOf } from "./statistics.ts";

describe("the median", () => {
  it.each([
    [[3], 3],
    [[9, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[], Number.NaN],
  ])("of %j is %d", (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it("orders numbers as numbers and leaves the list as it is", () => {
    const values = [100, 20, 3];
    expect(median(values)).toBe(20);
    expect(values).toEqual([100, 20, 3]);
  });
});

describe("a spread", () => {
  it("is taken over all rounds", () => {
    expect(spreadOf([[5, 9], [], [7]])).toEqual({ median: 7, best: 5 });
  });

  it("can be turned into other units", () => {
    expect(mapSpread({ median: 4, best: 2 }, (ms) => 100 / ms)).toEqual({ median: 25, best: 50 });
  });
});

describe("a ratio", () => {
  it("is that of the medians, and that of the best times", () => {
    expect(ratioOf([[8], [6, 60]], [[2, 1], [], [4]])).toEqual({ median: 4, best: 6 });
  });
});
