/** The table of the lectures: tests that it names exist, and its examples print what they promise. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXAMPLES, exampleOf, lectureRows } from "../../scripts/reference/lectures.ts";
import { root } from "../../scripts/reference/source.ts";
import { checkBuild } from "../cli/run.ts";

describe.each(lectureRows)("row $id, $about", ({ code = [], tests = [], example }) => {
  it("names tests that are there", () => {
    expect(tests.filter((file) => !/\.test\.ts$/.test(file) || !existsSync(join(root, file)))).toEqual([]);
  });

  it("has code, tests and an example, or nothing yet", () => {
    const has = [code.length > 0, tests.length > 0, example !== undefined];
    expect(has).toEqual(has.map(() => code.length > 0));
  });
});

it("the table has every row once, and the rows of each part are numbered from 1 on", () => {
  const ids = lectureRows.map(({ id }) => id);
  const numbered = ids.map((id, i) => `${id[0]}${ids.slice(0, i + 1).filter((other) => other[0] === id[0]).length}`);
  expect(ids).toEqual(numbered);
});

/** Examples of what no row of the lectures asks for. */
const FURTHER = ["losses.ts", "networks.ts", "sequences.ts", "stretches.ts", "training-loop.ts"];

describe("the examples", () => {
  const files = [...lectureRows.flatMap(({ example }) => example ?? []), ...FURTHER];
  const promised = Object.fromEntries(
    files.map((file) => [
      `${EXAMPLES}/${file}`,
      [...exampleOf(file).matchAll(/^\/\/ → (.*)$/gm)].map(([, text]) => text),
    ]),
  );

  it("are all in the table, and promise something", () => {
    expect(
      readdirSync(join(root, EXAMPLES))
        .filter((name) => name.endsWith(".ts"))
        .sort(),
    ).toEqual([...files].sort());
    expect(Object.values(promised).filter((lines) => lines.length === 0)).toEqual([]);
  });

  it("are what docs/networks.md shows", () => {
    const squeezed = (text: string): string => text.replace(/\s+/g, " ");
    const shown = [...readFileSync(join(root, "docs/networks.md"), "utf8").matchAll(/```ts\n([\s\S]*?)```/g)];
    const programs = ["networks.ts", "sequences.ts"].map((file) => squeezed(exampleOf(file)));
    const strangers = shown.filter(([, code]) => !programs.some((program) => program.includes(squeezed(code.trim()))));
    expect(strangers.map(([, code]) => code)).toEqual([]);
    expect(shown.length).toBeGreaterThan(5);
  });

  // The package as it was built: to take the types off all sources once more would take longer than the examples do.
  it("print what they promise", () => {
    // `registerHooks`, which newer Nodes ask for, is not in Node 20.
    checkBuild();
    const options = ["--disable-warning=DEP0205", "--import", "./scripts/typescript.mjs", "scripts/examples.ts"];
    const run = spawnSync(process.execPath, [...options, ...Object.keys(promised)], { cwd: root, encoding: "utf8" });
    expect(run.stderr).toBe("");
    expect(JSON.parse(run.stdout)).toEqual(promised);
  });
});
