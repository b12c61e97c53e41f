import { describe, expect, it } from "vitest";
import { array, zeros } from "../array/index.ts";
import { bar, bytes, duration, grouped, percent, sideBySide, textPicture } from "./format.ts";

describe("numbers as text", () => {
  it.each([
    [0, "0"],
    [999, "999"],
    [1000, "1 000"],
    [61_706, "61 706"],
    [416_520.4, "416 520"],
    [1_234_567_890, "1 234 567 890"],
  ])("sets thousands of %d apart", (count, text) => expect(grouped(count)).toBe(text));

  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 KB"],
    [18_816, "18.8 KB"],
    [999_949, "999.9 KB"],
    [999_950, "1.0 MB"],
    [999_999, "1.0 MB"],
    [11_490_434, "11.5 MB"],
    [5e12, "5000.0 GB"],
  ])("gives %d bytes a unit", (count, text) => expect(bytes(count)).toBe(text));

  it.each([
    [0, "0:00"],
    [4.4, "0:04"],
    [59.6, "1:00"],
    [65, "1:05"],
    [3599.4, "59:59"],
    [7384, "2:03:04"],
    [-3, "0:00"],
  ])("gives %d seconds as a clock does", (seconds, text) => expect(duration(seconds)).toBe(text));

  it("gives shares in percent", () => {
    expect([percent(0.5), percent(1, 1), percent(0.98765), percent(0, 0)]).toEqual([
      "50.00 %",
      "100.0 %",
      "98.77 %",
      "0 %",
    ]);
  });
});

describe("a bar", () => {
  it("is as long as its share, in eighths, and as wide as asked for", () => {
    expect(bar(0, 4)).toBe("    ");
    expect(bar(1, 4)).toBe("████");
    expect(bar(0.5, 4)).toBe("██  ");
    expect(bar(1 / 32, 4)).toBe("▏   ");
    expect(bar(15 / 32, 4)).toBe("█▉  ");
    expect([bar(-1, 3), bar(2, 3)]).toEqual(["   ", "███"]);
  });
});

describe("a picture as text", () => {
  it("has half as many lines as rows, brighter where there is more ink", () => {
    const picture = array(
      [
        [
          [0, 0, 255, 255],
          [0, 255, 255, 255],
          [64, 128, 192, 255],
        ],
      ],
      "u8",
    );
    // The last row stands alone: beside it is darkness.
    expect(textPicture(picture)).toEqual([" ▒██", " ░▒▒"]);
    expect(textPicture(zeros([2, 3], "u8"))).toEqual(["   "]);
  });

  it("stands beside others of other heights", () => {
    // Three columns, two apart; the one in the middle is empty.
    expect(sideBySide([["a", "aaa"], [], ["c", "c", "c"]])).toEqual(["a      c", "aaa    c", "       c"]);
    expect(sideBySide([["x"], ["y", "yy"]], "|")).toEqual(["x|y", " |yy"]);
    expect(sideBySide([])).toEqual([]);
  });
});
