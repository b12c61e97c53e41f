import { describe, expect, it } from "vitest";
import { regionsOf, stretchesOf } from "./stretches.ts";

const axis = { input: 7, output: 4, kernel: 3, stride: 2, dilation: 1, before: 1, after: 1 };

describe("stretches of an axis", () => {
  it("are the edges and all between", () => {
    expect(stretchesOf(axis)).toEqual([
      { outputs: { from: 0, to: 1 }, offsets: { from: 1, to: 3 } },
      { outputs: { from: 1, to: 3 }, offsets: { from: 0, to: 3 } },
      { outputs: { from: 3, to: 4 }, offsets: { from: 0, to: 2 } },
    ]);
  });

  it("are one where no window hangs over", () => {
    expect(stretchesOf({ ...axis, output: 3, before: 0 })).toHaveLength(1);
  });

  it.each([1, 2, 3])("have the offsets that meet the input, with dilation %d", (dilation) => {
    const dilated = { ...axis, output: 9, stride: 1, before: 3, dilation };
    for (const { outputs, offsets } of stretchesOf(dilated))
      for (let output = outputs.from; output < outputs.to; output++) {
        const met = [0, 1, 2].filter((k) => output + k * dilation >= 3 && output + k * dilation < 10);
        expect(met).toEqual([0, 1, 2].filter((k) => k >= offsets.from && k < offsets.to));
      }
  });
});

describe("regions", () => {
  it("are the stretches in every combination, unless that is too much to write out", () => {
    expect(regionsOf([axis, axis], 9, 81)).toHaveLength(9);
    expect(regionsOf([axis, axis], 9, 80)).toEqual([
      { outputs: [{ from: 0, to: 4 }, { from: 0, to: 4 }], inside: undefined }, // biome-ignore format: ranges
    ]);
  });
});
