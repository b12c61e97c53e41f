/** The rooms inside the compiler keep apart; and the rules notice when they do not. */
import { readdirSync, readFileSync } from "node:fs";
import { posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { circlesIn, importsThroughIndex, LEVELS, listsItsRoom, pointsDownInside } from "./compiler-rules.ts";
import { isTest, type Rule } from "./rules.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

const filesIn = (folder: string): { path: string; source: string }[] =>
  readdirSync(root + folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => `${entry.parentPath}${sep}${entry.name}`)
    .map((file) => ({
      path: relative(root, file).split(sep).join("/"),
      source: readFileSync(file, "utf8"),
    }));

const everything = ["src", "tests", "scripts", "recipes"].flatMap(filesIn);
const compiler = everything.filter(({ path }) => path.startsWith("src/engines/cpu/"));
const complaints = (rule: Rule, files = compiler): string[] =>
  files.flatMap(({ path, source }) => rule(path, source).map((what) => `${path} ${what}`));

describe("the compiler", () => {
  it("has a level for each room, and an index in each", () => {
    const rooms = [
      ...new Set(compiler.map(({ path }) => posix.relative("src/engines/cpu", posix.dirname(path)) || ".")),
    ];
    expect(rooms.sort()).toEqual(LEVELS.flat().sort());
    const paths = compiler.map(({ path }) => path);
    for (const room of rooms) expect(paths).toContain(posix.join("src/engines/cpu", room, "index.ts"));
  });

  it("points down the levels of its rooms", () => expect(complaints(pointsDownInside)).toEqual([]));

  it("is imported through the indices of its rooms, by all of the project", () =>
    expect(complaints(importsThroughIndex, everything)).toEqual([]));

  it("lists and does nothing in them", () => expect(complaints(listsItsRoom)).toEqual([]));

  it("has no files that import each other by value", () =>
    expect(circlesIn(compiler.filter(({ path }) => !isTest(path)))).toEqual([]));
});

describe("the rules about the compiler's rooms", () => {
  const at = (path: string): string => `src/engines/cpu/${path}`;

  it.each([
    [
      "loops/a.ts",
      'import { lower } from "../lower/index.ts";',
      `imports ${at("lower/index.ts")}: lower does not stand below loops`,
    ],
    [
      "loops/a.ts",
      'import type { View } from "../lower/context/index.ts";',
      `imports ${at("lower/context/index.ts")}: lower/context does not stand below loops`,
    ],
    [
      "lower/context/a.ts",
      'export { lower } from "../index.ts";',
      `imports ${at("lower/index.ts")}: lower does not stand below lower/context`,
    ],
    [
      "wasm/a.ts",
      'import { encode } from "../x64/index.ts";',
      `imports ${at("x64/index.ts")}: x64 does not stand below wasm`,
    ],
    ["x64/a.ts", 'import { debug } from "../debug.ts";', `imports ${at("debug.ts")}: . does not stand below x64`],
    ["toys/a.ts", "", "the room 'toys' has no level; give it one in the compiler's levels"],
  ])("complain about %s: %s", (path, source, complaint) => {
    expect(pointsDownInside(at(path), source)).toEqual([complaint]);
  });

  it("accept imports that point down, and those of tests", () => {
    expect(
      pointsDownInside(at("x64/a.ts"), 'import "../loops/index.ts"; import "./b.ts"; import "../../engine.ts";'),
    ).toEqual([]);
    expect(pointsDownInside(at("loops/a.test.ts"), 'import "../wasm/index.ts";')).toEqual([]);
  });

  it("complain about imports past an index", () => {
    const past = `imports ${at("loops/ir.ts")}, past the index of its room`;
    expect(importsThroughIndex(at("lower/a.ts"), 'import type { Kernel } from "../loops/ir.ts";')).toEqual([past]);
    expect(importsThroughIndex("src/cli/a.ts", 'import { at } from "../engines/cpu/loops/ir.ts";')).toEqual([past]);
    expect(importsThroughIndex("tests/a.test.ts", 'import { at } from "../src/engines/cpu/loops/ir.ts";')).toEqual([
      past,
    ]);
    expect(importsThroughIndex(at("lower/a.ts"), 'import "../loops/index.ts"; import "./b.ts";')).toEqual([]);
    expect(importsThroughIndex(at("lower/a.test.ts"), 'import "../loops/ir.ts";')).toEqual([]);
  });

  it("complain about an index that does more than list its room", () => {
    expect(
      listsItsRoom(at("loops/index.ts"), 'export { at } from "./builder.ts";\nexport * as math from "./math.ts";'),
    ).toEqual([]);
    expect(listsItsRoom(at("loops/index.ts"), "export const at = 0;")).toHaveLength(1);
    expect(listsItsRoom(at("loops/index.ts"), 'export { lower } from "../lower/lower.ts";')).toHaveLength(1);
    expect(listsItsRoom(at("loops/a.ts"), "export const at = 0;")).toEqual([]);
  });

  it("find circles by value, not by type", () => {
    const circle = (second: string) => [
      { path: "a.ts", source: 'import { b } from "./b.ts";' },
      { path: "b.ts", source: 'export * from "./c.ts";' },
      { path: "c.ts", source: second },
    ];
    expect(circlesIn(circle('import { a } from "./a.ts";'))).toEqual(["a.ts → b.ts → c.ts → a.ts"]);
    expect(circlesIn(circle('import { type A, a } from "./a.ts";'))).toHaveLength(1);
    expect(circlesIn(circle('import type { A } from "./a.ts";'))).toEqual([]);
    expect(circlesIn(circle('import { type A, type B } from "./a.ts";'))).toEqual([]);
    expect(circlesIn(circle('export type { A } from "./a.ts";'))).toEqual([]);
  });
});
