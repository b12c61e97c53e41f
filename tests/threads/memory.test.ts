/** Memory and threads of dropped programs and engines, by a few cases of `npm run test:memory` that are soon done. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it } from "vitest";
import { nativeHost } from "#platform";
import { checkBuild } from "../cli/run.ts";

const script = fileURLToPath(new URL("../../scripts/memory.mjs", import.meta.url));
const engines = nativeHost().found ? ["x64", "wasm"] : ["wasm"];

beforeAll(checkBuild);

it
  .skipIf(process.platform !== "linux")
  .each([
    ...engines.map((engine) => ({ parts: ["large arrays", `${engine}, threads 2`, "without waiting"], times: 30 })),
    { parts: ["numbers of threads", "wasm, threads 1", "without waiting"], times: 5 },
  ])("what is dropped is given back: $parts", ({ parts, times }) => {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, ...parts, "--times", String(times)], {
    encoding: "utf8",
    env,
    timeout: 30_000,
  });
  expect({ stderr, status }, stdout).toEqual({ stderr: "", status: 0 });
  expect(stdout).toMatch(/^fine /);
});
