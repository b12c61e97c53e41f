/** The source keeps to the rules of its rooms; and the rules notice when it does not. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { allOps } from "../../src/ops/registry.ts";
import {
  importsOwnCode,
  knowsNoEngine,
  listsByName,
  namesNoMachine,
  namesNoOp,
  onlyExports,
  pointsDown,
  type Rule,
  staysShort,
  throughIndex,
} from "./rules.ts";

/** Files that are long because they list much. */
const TABLES: readonly string[] = [];

const opNames = new Set(allOps.keys());
const rules = {
  "points down the levels": pointsDown,
  "looks into other rooms through an index": throughIndex,
  "knows no engine in nn, optim, data and models": knowsNoEngine,
  "lists what an entry exports by name": listsByName,
  "imports packages in cli, and those of a list, and Node's modules there, in platform and in bench": importsOwnCode,
  "only exports in a folder's index": onlyExports,
  "names no op in graph": namesNoOp(opNames),
  "stays short": staysShort(TABLES),
} satisfies Record<string, Rule>;

const root = fileURLToPath(new URL("../..", import.meta.url));
const foreign = new Set(["node_modules", ".git", "dist", "runs", "coverage"]);

/** Every file of the project, made by hand. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (foreign.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}

const files = filesIn(root).map((file) => ({
  path: relative(root, file).split(sep).join("/"),
  source: readFileSync(file, "utf8"),
}));
const code = files.filter(({ path }) => /^(src|recipes|studio)\/.*\.ts$/.test(path));
const texts = files.filter(({ source }) => !source.includes("\0"));

const complaints = (rule: Rule, about: typeof files): string[] =>
  about.flatMap(({ path, source }) => rule(path, source).map((what) => `${path} ${what}`));

describe("the source", () => {
  it.each(Object.entries(rules))("%s", (_, rule) => {
    expect(code.length).toBeGreaterThan(50);
    expect(complaints(rule, code)).toEqual([]);
  });

  it("names no machine's folders, and neither does any other file of the project", () => {
    expect(texts.map(({ path }) => path)).toContain("package.json");
    expect(complaints(namesNoMachine, texts)).toEqual([]);
  });

  it("has the tables that are excused from being short", () => {
    for (const table of TABLES) expect(code.map(({ path }) => path)).toContain(table);
  });
});

describe("the rule that imports point down", () => {
  it.each([
    ["src/graph/a.ts", 'import { conv } from "../ops/conv.ts";', "imports ../ops/conv.ts: ops stands above graph"],
    ["src/graph/a.ts", 'import type { Op } from "../ops/index.ts";', "imports ../ops/index.ts: ops stands above graph"],
    ["src/ops/a.ts", 'export * from "../nn/index.ts";', "imports ../nn/index.ts: nn stands above ops"],
    ["src/nn/a.ts", 'const m = await import("../models/vgg.ts");', "imports ../models/vgg.ts: models stands above nn"],
    ["src/nn/a.ts", 'let m: import("../train/fit.ts").Fit;', "imports ../train/fit.ts: train stands above nn"],
    ["src/train/fit.ts", 'import "../../recipes/a.ts";', "imports ../../recipes/a.ts: recipes stands above train"],
    ["src/engines/cpu/wasm/a.ts", 'import "../../../nn/a.ts";', "imports ../../../nn/a.ts: nn stands above engines"],
    ["src/cli/main.ts", 'import "../entries/main.ts";', "imports ../entries/main.ts: entries stands above cli"],
    ["src/ops/a.ts", 'import "../../toys/a.ts";', "imports ../../toys/a.ts: toys has no level"],
    ["src/bench/a.ts", 'import "../cli/io.ts";', "imports ../cli/io.ts: cli stands above bench"],
    [
      "src/studio/a.ts",
      'import "../bench/run.ts";',
      "imports ../bench/run.ts: bench and studio are started apart from each other",
    ],
    ["src/toys/a.ts", "", "the room 'toys' has no level; give it one in the list of levels"],
  ])("complains about %s: %s", (path, source, complaint) => {
    expect(pointsDown(path, source)).toEqual([complaint]);
  });

  it.each([
    ["src/nn/a.ts", 'import "../data/a.ts"; import "./b.ts"; import "../array/index.ts"; import "#platform";'],
    ["src/graph/a.ts", '// import "../ops/conv.ts"\nconst text = `import "../ops/conv.ts"`;'],
    ["src/graph/a.test.ts", 'import "../ops/index.ts";'],
    ["src/cli/a.ts", 'import "../bench/index.ts"; import "./b.ts";'],
    ["src/bench/a.ts", 'import "./b.ts"; import "../engines/index.ts";'],
    ["src/entries/main.ts", 'export * as nn from "../nn/index.ts";'],
  ])("accepts %s: %s", (path, source) => {
    expect(pointsDown(path, source)).toEqual([]);
  });
});

describe("the rule that the library imports its own code only", () => {
  const why = "that is for cli and platform";
  it.each([
    ["src/nn/a.ts", 'import chalk from "chalk";', `imports chalk: ${why}`],
    ["src/train/a.ts", 'import { readFile } from "node:fs";', `imports node:fs: ${why}`],
    ["src/platform/a.ts", 'import koffi from "koffi";', `imports koffi: ${why}`],
    ["src/bench/a.ts", 'import Table from "cli-table3";', `imports cli-table3: ${why}`],
    ["src/formats/a.ts", "await import(name);", `imports something that is known only when it runs: ${why}`],
  ])("complains about %s: %s", (path, source, complaint) => {
    expect(importsOwnCode(path, source)).toEqual([complaint]);
  });

  it.each([
    ["src/cli/main.ts", 'import { Command } from "commander"; import "node:fs";'],
    ["src/bench/machine.ts", 'import { cpus } from "node:os";'],
    ["src/platform/node.ts", 'import "node:fs/promises"; await import(name);'],
    ["src/nn/a.ts", 'import { readFile } from "#platform"; import "./b.ts";'],
    ["src/nn/a.test.ts", 'import { it } from "vitest";'],
  ])("accepts %s: %s", (path, source) => {
    expect(importsOwnCode(path, source)).toEqual([]);
  });
});

describe("the other rules", () => {
  it("complain about a look past an index", () => {
    const look = 'import { a } from "../ops/conv.ts";';
    expect(throughIndex("src/nn/a.ts", look)).toEqual(["imports ../ops/conv.ts, past the index of ops"]);
    expect(
      throughIndex("src/nn/a.ts", 'import { a } from "./b.ts"; import "../ops/index.ts"; import "#platform";'),
    ).toEqual([]);
    expect(throughIndex("src/bench/a.ts", 'import "../engines/cpu/wasm/index.ts";')).toEqual([]);
    expect(throughIndex("src/nn/a.test.ts", look)).toEqual([]);
  });

  it("complain about an engine where networks and data are described", () => {
    const engine = 'import { compile } from "../engines/index.ts";';
    expect(knowsNoEngine("src/nn/a.ts", engine)).toEqual(["imports ../engines/index.ts: nn knows no engine"]);
    expect(knowsNoEngine("src/train/a.ts", engine)).toEqual([]);
  });

  it("complain about an entry that exports whatever there is", () => {
    expect(listsByName("src/entries/a.ts", 'export * from "../nn/index.ts";')).toHaveLength(1);
    expect(listsByName("src/entries/a.ts", 'export * from "../nn/public.ts";')).toEqual([]);
    expect(listsByName("src/nn/public.ts", 'export * from "./conv.ts";')).toHaveLength(1);
    expect(throughIndex("src/entries/a.ts", 'export * from "../nn/public.ts";')).toEqual([]);
    expect(throughIndex("src/train/a.ts", 'import { a } from "../nn/public.ts";')).toHaveLength(1);
    expect(listsByName("src/entries/a.ts", "export const a = 1;")).toHaveLength(1);
    expect(
      listsByName("src/entries/a.ts", 'export { a } from "../nn/index.ts";\nexport * as nn from "./nn.ts";'),
    ).toEqual([]);
  });

  it("complain about an index that computes", () => {
    const table = 'import { sgd } from "./sgd.ts";\nexport const optimizers = { sgd } as const;\n';
    expect(onlyExports("src/optim/index.ts", table)).toEqual([]);
    const described = "export interface Net { size: number[] }\nexport const nets: Net[] = [{ size: [1, 28], make }];";
    expect(onlyExports("src/models/index.ts", described)).toEqual([]);
    expect(onlyExports("src/optim/index.ts", "export const best = choose();")).toEqual([
      "does more than export: export const best = choose();",
    ]);
    expect(onlyExports("src/optim/index.ts", "export const t = { best: choose() };")).toHaveLength(1);
    expect(onlyExports("src/optim/index.ts", "export const t = { best() {} };")).toHaveLength(1);
    expect(onlyExports("src/optim/index.ts", "register();")).toEqual(["does more than export: register();"]);
    expect(onlyExports("src/nn/index.ts", "function f() {}")).toHaveLength(1);
    expect(onlyExports("src/optim/sgd.ts", "register();")).toEqual([]);
  });

  it("complain about an op's name in graph", () => {
    expect(opNames).toContain("conv");
    const rule = namesNoOp(opNames);
    expect(rule("src/graph/a.ts", 'if (node.op.name === "conv") skip();')).toEqual(["names the op conv"]);
    expect(rule("src/graph/a.ts", "const text = `conv`;")).toEqual(["names the op conv"]);
    expect(rule("src/graph/a.ts", 'const text = "conv2d"; // conv\nadd(x, y);')).toEqual([]);
    expect(rule("src/ops/a.ts", 'const name = "conv";')).toEqual([]);
  });

  it("complain about a long file that is no table and no test", () => {
    const long = "x;\n".repeat(401);
    expect(staysShort([])("src/nn/a.ts", long)).toEqual(["has 401 lines, at most 400 are readable; split it by idea"]);
    expect(staysShort([])("src/nn/a.ts", "x;\n".repeat(400))).toEqual([]);
    expect(staysShort(["src/nn/a.ts"])("src/nn/a.ts", long)).toEqual([]);
    expect(staysShort([])("src/nn/a.test.ts", long)).toEqual([]);
  });

  it("complain about a path of somebody's machine", () => {
    const path = (...parts: string[]) => parts.join("/");
    const found = (text: string) => namesNoMachine("README.md", text).length;
    expect(namesNoMachine("README.md", `first\nsee ${path("", "home", "ada", "nets")}`)).toEqual([
      `line 2 has the path ${path("", "home", "ada")} of some machine`,
    ]);
    expect(found(`"${path("", "Users", "ada")}"`)).toBe(1);
    expect(found(["C:", "Users", "ada"].join("\\"))).toBe(1);
    expect(found("https://example.org/home/page, ./work/notes, ~/work/notes, /home/a, src/home/page")).toBe(0);
  });
});
