import { expect, it } from "vitest";
import type { Artifact } from "./artifact.ts";
import { ArtifactCache } from "./artifact-cache.ts";

const MEGABYTE = 2 ** 20;

/** A cache, and which of some keys it would have to compile again. */
function cacheOf(entries: readonly (readonly [key: string, megabytes: number])[]) {
  const cache = new ArtifactCache();
  const artifact = (megabytes: number) => ({ bytes: megabytes * MEGABYTE }) as Artifact;
  for (const [key, megabytes] of entries) cache.get(key, () => artifact(megabytes));
  const isKept = (key: string): boolean => {
    let kept = true;
    cache.get(key, () => {
      kept = false;
      return artifact(0);
    });
    return kept;
  };
  return { isKept };
}

const small = (count: number) => Array.from({ length: count }, (_, i) => [`${i}`, 0] as const);

it("keeps the last 32", () => {
  expect(cacheOf(small(32)).isKept("0")).toBe(true);
  const { isKept } = cacheOf(small(33));
  expect(isKept("1")).toBe(true);
  expect(isKept("0")).toBe(false);
});

it("counts what is used again as the last", () => {
  const { isKept } = cacheOf([...small(32), ["0", 0], ["new", 0]]);
  expect(["0", "2"].map(isKept)).toEqual([true, true]);
  expect(cacheOf([...small(32), ["0", 0], ["new", 0]]).isKept("1")).toBe(false);
});

it("keeps at most 64 MiB", () => {
  const large = [["a", 30] as const, ["b", 30] as const];
  expect(cacheOf([...large, ["c", 4]]).isKept("a")).toBe(true);
  const { isKept } = cacheOf([...large, ["c", 5]]);
  expect(["c", "b", "a"].map(isKept)).toEqual([true, true, false]);
  expect(cacheOf([["huge", 65]]).isKept("huge")).toBe(false);
});
