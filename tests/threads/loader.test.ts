/** Batches prepared on other threads: processes of their own, because threads run the built package as it stands. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkBuild } from "../cli/run.ts";
import { classesOf, writeTree } from "../support/pictures.ts";

const program = fileURLToPath(new URL("program.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "fovea-threads-"));

beforeAll(async () => {
  checkBuild();
  await writeTree(join(folder, "pets"), await classesOf({ cat: 30, dog: 30 }));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What the program says of a task; it must end by itself. */
function run<T>(task: string): T {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, folder, task], {
    encoding: "utf8",
    env: { ...env, FOVEA_CACHE: join(folder, "cache") },
    timeout: 40_000,
  });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return JSON.parse(stdout);
}

describe("a loader's threads", () => {
  it.each(["stored", "encoded", "augmented", "augmented in memory", "columns"])(
    "give the batches that none would give, in the same order: %s",
    (task) => {
      const [expected, ...others] = run<object[][]>(task);
      expect(expected).toHaveLength(9);
      expect(new Set(expected.map((batch) => JSON.stringify(batch))).size).toBe(9);
      for (const batches of others) expect(batches).toEqual(expected);
    },
  );

  it("give the same model, whatever their number, as pictures in memory", () => {
    const [expected, ...others] = run<{ bytes: string; waited: boolean[] }[]>("models");
    expect(expected.waited).toEqual([true, true]);
    for (const model of others) expect(model).toEqual(expected);
  });

  it("give the same model, whatever their number, where they augment pictures and mix labels", () => {
    const [expected, ...others] = run<{ bytes: string }[]>("augmented models");
    for (const model of others) expect(model.bytes).toBe(expected.bytes);
  });

  it("give their errors to whoever asks, as what they are", () => {
    expect(run("failure")).toEqual({
      isDataError: true,
      message: `cannot read ${join(folder, "gone")}: no such file`,
    });
  });

  it("keep a process alive while a batch is due, and no longer", () => {
    expect(run("leave")).toBe(5);
  });
});
