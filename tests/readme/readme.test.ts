/** The README's programs: each is type-checked and run as it is printed there. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodePng } from "../../src/formats/index.ts";

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
  {
    prints: /trained on (\d+) pictures of cat and dog/,
    // A tenth is kept for validation.
    holds: (count: number) => count === 18,
    leaves: "pets.safetensors",
  },
];

/** Grey pictures, darker ones and brighter ones, in a folder for each class. */
async function writePets(): Promise<void> {
  for (const [pet, shade] of Object.entries({ cat: 60, dog: 190 })) {
    mkdirSync(join(work, "pets", pet), { recursive: true });
    for (let i = 0; i < 10; i++) {
      const data = new Uint8Array(80 * 70).fill(shade + i);
      writeFileSync(join(work, "pets", pet, `${i}.png`), await encodePng({ width: 80, height: 70, channels: 1, data }));
    }
  }
}

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  await writePets();
});
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
    const { stdout, stderr, status } = spawnSync(process.execPath, [script], {
      cwd: work,
      encoding: "utf8",
      env: { ...process.env, FOVEA_CACHE: join(work, "cache") },
    });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const { prints, holds, leaves } = expected[i];
    expect(stdout).toMatch(prints);
    expect(holds(Number(prints.exec(stdout)?.[1]))).toBe(true);
    if (leaves !== undefined) expect(readFileSync(join(work, leaves)).length).toBeGreaterThan(5_000);
  });
});
