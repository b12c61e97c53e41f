/** No files import each other in a circle, but for types: what a module is made of is there when it is first used. */
import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Circles that are known, each by its files. */
const known: readonly (readonly string[])[] = [];

type Imports = ReadonlyMap<string, readonly string[]>;

/** An import or an export of another file: the word `type`, what is taken, and the path. */
const STATEMENT = /^(?:import|export)( type)?(?: ([^;"]*?) from)? "(\.[^"]+)";/gm;

const isTypesOnly = (taken: string): boolean => /^\{(\s*type \w+( as \w+)?,?)+\s*\}$/.test(taken);

/** The files that a file needs before it can run. */
const valuesFrom = (path: string, source: string): string[] =>
  [...source.matchAll(STATEMENT)].flatMap(([, type, taken = "", name]) =>
    type !== undefined || isTypesOnly(taken) ? [] : [posix.join(posix.dirname(path), name)],
  );

/** The first circle that each file is found to be in, its files in order. */
function circlesIn(imports: Imports): string[][] {
  const circles: string[][] = [];
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) circles.push(way.slice(way.indexOf(path)));
    if (done.has(path) || way.includes(path)) return;
    for (const next of imports.get(path) ?? []) visit(next, [...way, path]);
    done.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  return circles;
}

it("finds a circle, however long, and none that only types close", () => {
  const imports = (...edges: [string, string][]): Imports =>
    new Map(edges.map(([path, source]) => [path, valuesFrom(path, source)]));
  const circle = imports(
    ["src/a.ts", 'import { b, type B } from "./b.ts";'],
    ["src/b.ts", 'export * from "./c/c.ts";'],
    ["src/c/c.ts", 'import "../a.ts";'],
  );
  expect(circlesIn(circle)).toEqual([["src/a.ts", "src/b.ts", "src/c/c.ts"]]);
  const types = imports(
    ["src/a.ts", 'import { b } from "./b.ts";\nimport { x } from "x";'],
    [
      "src/b.ts",
      'import type { A } from "./a.ts";\nimport {\n  type C,\n  type D,\n} from "./a.ts";\nexport type { E } from "./a.ts";',
    ],
  );
  expect(circlesIn(types)).toEqual([]);
});

it("the source has none but those that are known", () => {
  const files = readdirSync(`${root}src`, { recursive: true, encoding: "utf8" })
    .map((file) => `src/${file.replaceAll("\\", "/")}`)
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"));
  const imports = new Map(files.map((path) => [path, valuesFrom(path, readFileSync(root + path, "utf8"))]));
  const isKnown = (circle: readonly string[]): boolean =>
    known.some((one) => one.length === circle.length && circle.every((path) => one.includes(path)));
  expect(circlesIn(imports).filter((circle) => !isKnown(circle))).toEqual([]);
});
