/** The README's programs: each is type-checked and run as it is printed there. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");
const programs = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);

/** Inside the package, so that `fovea` means this package; built output, so that it is not committed. */
const folder = join(root, "dist", "readme");
const work = mkdtempSync(join(tmpdir(), "fovea-readme-"));

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  skipLibCheck: true,
  types: ["node"],
  rootDir: root,
  noEmit: true,
};

/** What each program prints, and what must be true of it. */
const expected = [
  {
    prints: /reads (\d+\.\d) % of digits by other hands/,
    holds: (accuracy: number) => accuracy > 85,
    leaves: "lenet5.safetensors",
  },
  { prints: /learned to a loss of (\d+\.\d+)/, holds: (loss: number) => loss < 0.05, leaves: undefined },
];

beforeAll(() => mkdirSync(folder, { recursive: true }));
afterAll(() => rmSync(work, { recursive: true }));

it("has a check for every program of the README", () => {
  expect(programs).toHaveLength(expected.length);
});

describe.each(programs.map((code, i) => ({ code, i })))("program $i of the README", ({ code, i }) => {
  const path = join(folder, `program-${i}.mts`);

  it("type-checks for users of the package", () => {
    writeFileSync(path, code);
    const program = ts.createProgram([path], options);
    const problems = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
    expect(problems).toEqual([]);
  });

  it("runs and prints what it promises", () => {
    const script = path.replace(".mts", ".mjs");
    writeFileSync(
      script,
      ts.transpileModule(code, { compilerOptions: { ...options, module: ts.ModuleKind.ESNext } }).outputText,
    );
    const { stdout, stderr, status } = spawnSync(process.execPath, [script], { cwd: work, encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const { prints, holds, leaves } = expected[i];
    expect(stdout).toMatch(prints);
    expect(holds(Number(prints.exec(stdout)?.[1]))).toBe(true);
    if (leaves !== undefined) expect(readFileSync(join(work, leaves)).length).toBeGreaterThan(10_000);
  });
});
