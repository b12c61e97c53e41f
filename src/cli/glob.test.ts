import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { expandGlob, isGlob } from "./glob.ts";

const root = mkdtempSync(join(tmpdir(), "fovea-glob-"));
afterAll(() => rmSync(root, { recursive: true }));
for (const path of [
  "b/2.png",
  "b/10.jpg",
  "b/.hidden.png",
  "a/1.png",
  "a/deep/er/3.PNG",
  "a/(x+y).png",
  "top.png",
  ".d/4.png",
  "braces/a{b",
]) {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), "");
}

describe("a pattern", () => {
  it.each([
    ["*.png", ["top.png"]],
    ["*/*.png", ["a/(x+y).png", "a/1.png", "b/2.png"]],
    ["**/*.png", ["a/(x+y).png", "a/1.png", "b/2.png", "top.png"]],
    ["a/**/*.[pP][nN][gG]", ["a/(x+y).png", "a/1.png", "a/deep/er/3.PNG"]],
    ["b/?.png", ["b/2.png"]],
    ["b/*.{png,jpg}", ["b/10.jpg", "b/2.png"]],
    ["b/[!0-9]*", []],
    ["b/.*.png", ["b/.hidden.png"]],
    ["?", ["a", "b"]],
    ["a/(x+y)*", ["a/(x+y).png"]],
    ["none/*.png", []],
    ["{", []],
    ["}*", []],
    ["b/[9-0]*", []],
    ["braces/*{", []],
    ["braces/a{b", ["braces/a{b"]],
  ])("%s stands for %j", async (pattern, expected) => {
    expect(isGlob(pattern)).toBe(true);
    const found = await expandGlob(join(root, pattern));
    expect(found).toEqual(expected.map((path) => join(root, path)));
  });

  it("is nothing with plain names", () => {
    expect(isGlob("a/(x+y).png")).toBe(false);
  });
});
