/** The README's programs: each is type-checked and run as it is printed there. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawDigit } from "../../src/data/index.ts";
import { encodePng } from "../../src/image/index.ts";

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

interface Expected {
  /** What the program prints, with one number, and what must be true of that. */
  readonly prints: RegExp;
  readonly holds: (number: number) => boolean;
  /** A file that it writes. */
  readonly leaves?: string;
  /** What a server is asked once it has printed where; then it is ended. */
  readonly asked?: (port: number) => Promise<void>;
}

/** The server of the README reads drawn digits, and says what is no picture. */
async function readsDigits(port: number): Promise<void> {
  const ask = async (body: Uint8Array<ArrayBuffer>): Promise<{ digit: string; probability: number }[]> =>
    (await fetch(`http://127.0.0.1:${port}`, { method: "POST", body })).json();
  const answers = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(async (digit) => {
    const data = drawDigit(digit, 3, "test", digit);
    const classes = await ask(new Uint8Array(await encodePng({ width: 28, height: 28, channels: 1, data })));
    return classes.toSorted((a, b) => b.probability - a.probability)[0].digit === String(digit);
  });
  expect((await Promise.all(answers)).filter((isRight) => isRight).length).toBeGreaterThanOrEqual(8);
  expect(await ask(Uint8Array.of(1, 2, 3))).toHaveProperty("error");
}

const expected: readonly Expected[] = [
  {
    prints: /reads (\d+\.\d) % of digits by other hands/,
    holds: (accuracy: number) => accuracy > 85,
    leaves: "lenet5.safetensors",
  },
  { prints: /learned to a loss of (\d+\.\d+)/, holds: (loss: number) => loss < 0.05 },
  { prints: /digit\.accuracy (\d\.\d+)/, holds: (accuracy: number) => accuracy > 0.5 },
  { prints: /@digit\.png localhost:(\d+)/, holds: () => true, asked: readsDigits },
  {
    prints: /trained on (\d+) pictures of cat and dog/,
    // A tenth is kept for validation.
    holds: (count: number) => count === 18,
    leaves: "pets.safetensors",
  },
];

/** Gray pictures, darker ones and brighter ones, in a folder for each class. */
async function writePets(): Promise<void> {
  for (const [pet, shade] of Object.entries({ cat: 60, dog: 190 })) {
    mkdirSync(join(work, "pets", pet), { recursive: true });
    for (let i = 0; i < 10; i++) {
      const data = new Uint8Array(80 * 70).fill(shade + i);
      writeFileSync(join(work, "pets", pet, `${i}.png`), await encodePng({ width: 80, height: 70, channels: 1, data }));
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** Runs a program to its end; a server until it has been asked. */
async function run(script: string, prints: RegExp, asked: Expected["asked"]) {
  const port = String(await freePort());
  const program = spawn(process.execPath, [script], {
    cwd: work,
    env: { ...process.env, FOVEA_CACHE: join(work, "cache"), PORT: port },
  });
  const ended = once(program, "close");
  let [stdout, stderr] = ["", ""];
  program.stderr.on("data", (text) => {
    stderr += text;
  });
  for await (const text of program.stdout) {
    stdout += text;
    if (asked === undefined || !prints.test(stdout)) continue;
    await asked(Number(port)).finally(() => program.kill());
  }
  const [status] = await ended;
  return { stdout, stderr, status: asked === undefined ? status : 0 };
}

const pathOf = (i: number): string => join(folder, `program-${i}.mts`);

/** All programs at once, so that the package's declarations are read once. */
let compiled: ts.Program;

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  for (const [i, code] of programs.entries()) writeFileSync(pathOf(i), code);
  compiled = ts.createProgram(
    programs.map((_, i) => pathOf(i)),
    options,
  );
  await writePets();
});
afterAll(() => rmSync(work, { recursive: true }));

it("has a check for every program of the README", () => {
  expect(programs).toHaveLength(expected.length);
});

describe.each(programs.map((code, i) => ({ code, i })))("program $i of the README", ({ code, i }) => {
  const path = pathOf(i);

  it("type-checks for users of the package", () => {
    const problems = ts
      .getPreEmitDiagnostics(compiled, compiled.getSourceFile(path))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
    expect(problems).toEqual([]);
  });

  it("runs and prints what it promises", async () => {
    const script = path.replace(".mts", ".mjs");
    writeFileSync(
      script,
      ts.transpileModule(code, { compilerOptions: { ...options, module: ts.ModuleKind.ESNext } }).outputText,
    );
    const { prints, holds, leaves, asked } = expected[i];
    const { stdout, stderr, status } = await run(script, prints, asked);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toMatch(prints);
    expect(holds(Number(prints.exec(stdout)?.[1]))).toBe(true);
    if (leaves !== undefined) expect(readFileSync(join(work, leaves)).length).toBeGreaterThan(5_000);
  });
});
