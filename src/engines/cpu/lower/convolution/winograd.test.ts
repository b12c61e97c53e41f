import { describe, expect, it } from "vitest";
import { x86 } from "../context/tuning.ts";
import { savesTime } from "./winograd.ts";

describe("Winograd's algorithm saves time", () => {
  const saves = (samples: number, channels: number, side: number): boolean =>
    savesTime([samples, channels, side, side], [channels, channels, 3, 3], [1, 1, 1, 1], x86);

  it("for filters that stay in the cache, however few tiles they meet", () => {
    expect(saves(1, 64, 4)).toBe(true);
  });

  it("for larger ones from twelve tiles on", () => {
    expect([saves(1, 512, 7), saves(2, 512, 7), saves(3, 512, 7)]).toEqual([false, false, true]);
    expect(saves(1, 256, 14)).toBe(true);
  });

  it("not for few maps, nor for tiles that overhang much", () => {
    expect([saves(8, 12, 56), saves(8, 64, 5), saves(8, 64, 9)]).toEqual([false, false, false]);
  });

  it("for 16 maps, and for maps of 13×13, which tiles overhang by half", () => {
    expect([saves(1, 16, 56), saves(1, 256, 13)]).toEqual([true, true]);
  });
});
