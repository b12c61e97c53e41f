/** The table of CONTRIBUTING.md, "to add … touch …": its files exist, and no addition touches more than four of them. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const text = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");

const MOST_FILES = 4;

/** The rows of the table, each with the paths of its last cell. */
const rows = text
  .split("## To add")[1]
  .split("\n## ")[0]
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .slice(2)
  .map((line) => {
    const [, what, touched] = line.split("|").map((cell) => cell.trim());
    return { what, paths: [...touched.matchAll(/`([\w./-]+(?:\/|\.\w+))`/g)].map(([, path]) => path) };
  });

/** Where rows lead that are ahead of the source; to be emptied as it catches up. */
const AHEAD: readonly string[] = [
  "src/data/columns/",
  "src/data/sets/",
  "src/engines/cpu/lower/elementwise/",
  "src/engines/table.ts",
  "src/train/tasks/",
];

/** New files are called NAME; their folder exists. */
const exists = (path: string): boolean =>
  AHEAD.some((start) => path.startsWith(start)) || existsSync(join(root, path.includes("NAME") ? dirname(path) : path));

it("the table has rows, and paths in each", () => {
  expect(rows.length).toBeGreaterThan(10);
  expect(rows.filter(({ paths }) => paths.length === 0)).toEqual([]);
});

describe.each(rows)("to add: $what", ({ paths }) => {
  it("names files that exist, and at most four", () => {
    expect(paths.filter((path) => !exists(path))).toEqual([]);
    expect(paths.length).toBeLessThanOrEqual(MOST_FILES);
  });
});
