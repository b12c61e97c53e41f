/** Comments as Markdown. */
import { expect, it } from "vitest";
import { alternatives } from "../../scripts/reference/functions.ts";
import { anchor, line, prose, table } from "../../scripts/reference/markdown.ts";

it("joins the lines of a paragraph, and keeps formulas as they stand, those after an empty line too", () => {
  const comment = "The mean\nof both:\n\n  y = a\n    + b\n\n  z = c\n\nwith a < b.\nSource: Ada.";
  expect(prose(comment)).toBe("The mean of both:\n\n```\ny = a\n  + b\n\nz = c\n```\n\nwith a &lt; b.\n\nSource: Ada.");
});

it("changes nothing within code", () => {
  expect(line("all `*.bias` < 2\n  * 3")).toBe("all `*.bias` &lt; 2 \\* 3");
});

it("keeps bars and ends of lines from breaking a table, and makes none without rows", () => {
  expect(table(["a", "b"], [["x | y", "one\n two"]])).toBe("| a | b |\n| --- | --- |\n| x \\| y | one two |");
  expect(table(["a"], [])).toBe("");
});

it("knows the anchors of headings", () => {
  expect(anchor("L7 dropout, 1×1 convolution")).toBe("l7-dropout-11-convolution");
});

it("a union has a line for each of its parts", () => {
  expect(alternatives('{ a: "x" | "y" } | (b: 1 | 2) => void | string')).toEqual([
    '{ a: "x" | "y" }',
    "| (b: 1 | 2) => void",
    "| string",
  ]);
});
