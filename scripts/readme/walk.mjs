/**
 * Walks through README.md from top to bottom, as its reader does: in a fresh clone of what is committed, with nothing beside
 * it, every command as it is printed, and every program in a project that has the package installed. What only the reader
 * has (pictures, downloads) is provided by `provisions.mjs`.
 *
 *   node scripts/readme/walk.mjs [--tests]    with --tests, `npm ci && npm test` too
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const runsTests = process.argv.includes("--tests");

/** What a reader should never see. */
const troubles = [
  /bug in Fovea/,
  /^\s+at .+:\d+:\d+\)?$/m,
  /permission denied/i,
  /command not found/,
  /\b(Unhandled|Uncaught)\b/,
  /\(node:\d+\) \w*Warning/,
];

const place = mkdtempSync(join(tmpdir(), "fovea-walk-"));
const clone = join(place, "fovea");
const project = join(place, "project");
/** Nothing of the machine's own data; npm's cache and registry are the machine's. */
const env = { ...process.env, FOVEA_DATA: join(place, "data"), FOVEA_CACHE: join(place, "cache") };
for (const name of ["FOVEA_CONFORMANCE", "FOVEA_DEBUG", "FOVEA_X64", "NODE_OPTIONS"]) delete env[name];

/** Runs a command line and shows what it said if that is not what it should be. */
function run(line, cwd) {
  const started = performance.now();
  const { status, signal, stdout, stderr } = spawnSync(line, {
    ...{ cwd, env, shell: "/bin/sh", encoding: "utf8", maxBuffer: 1 << 28 },
    timeout: 600_000,
  });
  const said = `${stdout}${stderr}`;
  const trouble = troubles.find((pattern) => pattern.test(said));
  console.log(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${line.split("\n")[0]}`);
  if (status === 0 && trouble === undefined) return said;
  console.error(said);
  throw new Error(`${line}: ${trouble === undefined ? `exit code ${status ?? signal}` : `its output has ${trouble}`}`);
}

/** The blocks of shell commands and of TypeScript, in their order. */
function* blocksOf(text) {
  for (const [, language, code] of text.matchAll(/^```(sh|ts)\n([\s\S]*?)^```$/gm)) yield { language, code };
}

/** A command as it is printed, without the comment behind it. */
const commandsOf = (code) =>
  code
    .split("\n")
    .map((line) => line.replace(/\s+# .*$/, ""))
    .filter((line) => line.trim() !== "");

/** A project that has the package as npm would install it. */
function createProject() {
  const packed = run("npm pack --silent --ignore-scripts --pack-destination ..", clone).trim().split("\n").at(-1);
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "project", type: "module", private: true }));
  run(`npm install --silent --no-audit --no-fund ../${packed}`, project);
}

let programs = 0;

/** A program is saved as a file, and run by Node with the types taken off. */
async function runProgram(code) {
  const { default: ts } = await import("typescript");
  const name = `program-${++programs}.js`;
  const compilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext };
  writeFileSync(join(project, name), ts.transpileModule(code, { compilerOptions }).outputText);
  if (/\bcreateServer\(/.test(code)) await askServer(name);
  else run(`node ${name}`, project);
}

/** A program that does not end: it is sent a picture where it says that it listens, and is ended when it has answered. */
async function askServer(name) {
  const server = spawn(process.execPath, [name], { cwd: project, env: { ...env, PORT: String(await freePort()) } });
  server.stderr.pipe(process.stderr);
  try {
    const [said] = await once(server.stdout, "data", { signal: AbortSignal.timeout(60_000) });
    const port = Number(/localhost:(\d+)/.exec(said)?.[1]);
    const body = readFileSync(join(clone, "digit.png"));
    const answer = await (await fetch(`http://127.0.0.1:${port}`, { method: "POST", body })).text();
    console.log(`         node ${name}, which answers ${answer.slice(0, 60)}…`);
    if (!answer.includes("probability")) throw new Error(`${name}: it answers ${answer}`);
  } finally {
    server.kill();
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

async function walk() {
  run(`git clone --quiet "${root}" fovea`, place);
  let isReady = false;
  for (const { language, code } of blocksOf(readFileSync(join(clone, "README.md"), "utf8"))) {
    if (isReady && language === "ts") {
      await runProgram(code);
      continue;
    }
    for (const command of commandsOf(code)) {
      if (command === "npm ci && npm test" && !runsTests) continue;
      run(command, clone);
    }
    if (isReady) continue;
    // The first block has installed and built the package.
    createProject();
    const { provide } = await import("./provisions.mjs");
    await provide({ clone, project, data: env.FOVEA_DATA, run: (line) => run(line, clone) });
    isReady = true;
  }
}

const started = performance.now();
try {
  await walk();
  console.log(`the README holds, in ${((performance.now() - started) / 1000).toFixed(0)} s`);
} finally {
  rmSync(place, { recursive: true, force: true });
}
