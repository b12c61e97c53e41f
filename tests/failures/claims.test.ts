/** Model files that claim sizes, in a process of their own, whose memory can be measured. */
import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";

it("a model file that claims sizes is refused, or is cheap to load", () => {
  const node = ["--disable-warning=DEP0205", "--conditions=fovea-source", "--import", "./scripts/typescript.mjs"];
  const { stdout, stderr } = spawnSync(process.execPath, [...node, "tests/failures/claims.ts"], {
    encoding: "utf8",
    timeout: 60_000,
  });
  const lines = stdout.trim().split("\n");
  expect({ stderr, complaints: lines.slice(0, -1) }).toEqual({ stderr: "", complaints: [] });
  const { refused, accepted, broken, megabytes } = JSON.parse(lines.at(-1) ?? "{}");
  expect(broken).toBe(0);
  expect(refused).toBeGreaterThan(300);
  expect(accepted).toBeGreaterThan(30);
  // What one file takes, and garbage of those before it.
  expect(megabytes).toBeLessThan(400);
});
