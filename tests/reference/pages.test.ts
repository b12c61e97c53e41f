/** The reference: its pages are what the generator writes, its links lead somewhere, and nothing lacks a description. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { entries, recordsOf, source } from "../../scripts/reference/entries.ts";
import { gaps } from "../../scripts/reference/gaps.ts";
import { lectureRows, lookUp } from "../../scripts/reference/lectures.ts";
import { anchor } from "../../scripts/reference/markdown.ts";
import { FOLDER, pages } from "../../scripts/reference/pages.ts";
import { type Exported, root } from "../../scripts/reference/source.ts";

const committed = (name: string): string => readFileSync(join(root, FOLDER, name), "utf8");

/** Without a page's code, in which brackets are no links. */
const textOf = (page: string): string => page.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`]*`/g, "code");

describe.each(Object.keys(pages))("docs/reference/%s", (name) => {
  it("is what the generator writes; if not, run `npm run docs`", () => {
    expect(committed(name)).toBe(pages[name]());
  });

  it("has links that lead somewhere", () => {
    const page = committed(name);
    const anchors = [...page.matchAll(/^#+ (.*)$/gm)].map(([, title]) => `#${anchor(title)}`);
    const targets = [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
    expect(targets.length).toBeGreaterThan(0);
    const isDead = (target: string): boolean =>
      target.startsWith("#") ? !anchors.includes(target) : !existsSync(join(root, FOLDER, target.split("#")[0]));
    expect(targets.filter(isDead)).toEqual([]);
  });
});

it("the folder has no page that nobody writes", () => {
  expect(readdirSync(join(root, FOLDER)).sort()).toEqual(Object.keys(pages).sort());
});

/** Options are told of where they are taken, and records of ops by their ops. */
const isToldElsewhere = (one: Exported): boolean =>
  (one.kind === "type" && one.name.endsWith("Options")) ||
  (one.file.startsWith("src/ops/") && (one.kind === "value" || recordsOf(one).length > 0));

it.each([...Object.values(entries), "src/entries/nn.ts", "src/entries/optim.ts"])(
  "what %s exports is on a page",
  (file) => {
    const told = Object.keys(pages).map(committed).join("\n");
    const isTold = (name: string): boolean => new RegExp(`(\`|### |^)${name}(\`|[(:]|$)`, "m").test(told);
    const names = source()
      .exportsOf(file)
      .filter((one) => !isToldElsewhere(one))
      .map(({ name }) => name);
    expect(names.filter((name) => !isTold(name))).toEqual([]);
  },
);

it.each(lectureRows)("row $id of the lectures, $about, names what is exported", ({ code = [] }) => {
  expect(code.filter((name) => lookUp(name) === undefined)).toEqual([]);
});

it("everything that users can reach has a docstring", () => {
  expect(gaps()).toEqual([]);
});
