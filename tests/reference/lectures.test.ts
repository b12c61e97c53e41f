/** The table of the lectures: exports and tests that it names exist, and its examples print what they promise. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXAMPLES, exampleOf, lectureRows, lookUp } from "../../scripts/reference/lectures.ts";
import { root } from "../../scripts/reference/source.ts";

describe.each(lectureRows)("row $id, $about", ({ code = [], tests = [], example }) => {
  it("names what is exported, and tests that are there", () => {
    expect(code.filter((name) => lookUp(name) === undefined)).toEqual([]);
    expect(tests.filter((file) => !/\.test\.ts$/.test(file) || !existsSync(join(root, file)))).toEqual([]);
  });

  it("has code, tests and an example, or nothing yet", () => {
    const has = [code.length > 0, tests.length > 0, example !== undefined];
    expect(has).toEqual(has.map(() => code.length > 0));
  });
});

it("the table has every row once", () => {
  const ids = lectureRows.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.join(" ")).toBe(
    "L1 L2 L3 L4 L5 L6 L7 L8 L9 T1 T2 T3 A1 A2 A3 A4 A5 A6 S1 S2 S3 S4 S5 S6 S7 U1 V1 V2 V3 V4 V5 F1",
  );
});

/** Examples of what no row of the lectures asks for. */
const FURTHER = ["networks.ts", "sequences.ts", "stretches.ts", "training-loop.ts"];

describe("the examples", () => {
  const files = [...lectureRows.flatMap(({ example }) => example ?? []), ...FURTHER];
  const promised = Object.fromEntries(
    files.map((file) => [
      `${EXAMPLES}/${file}`,
      [...exampleOf(file).matchAll(/^\/\/ → (.*)$/gm)].map(([, text]) => text),
    ]),
  );

  it("are all in the table, and promise something", () => {
    expect(readdirSync(join(root, EXAMPLES)).sort()).toEqual([...files].sort());
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

  it("print what they promise", () => {
    // `registerHooks`, which newer Nodes ask for, is not in Node 20.
    const options = [
      "--disable-warning=DEP0205",
      "--conditions=fovea-source",
      "--import",
      "./scripts/typescript.mjs",
      "scripts/examples.ts",
    ];
    const run = spawnSync(process.execPath, [...options, ...Object.keys(promised)], { cwd: root, encoding: "utf8" });
    expect(run.stderr).toBe("");
    expect(JSON.parse(run.stdout)).toEqual(promised);
  });
});
