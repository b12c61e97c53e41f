/** Processes and worker threads that ran machine code on several threads end as any others do, and take nothing along. */
import { spawnSync } from "node:child_process";
import { beforeAll, describe, expect, it } from "vitest";
import { candidates } from "../support/engines.ts";
import { checkBuild, workspace } from "./run.ts";
import type { Finished } from "./told.ts";

const library = new URL("../../dist/entries/main.js", import.meta.url).href;

/** Exports `run`, which computes on three threads, and `threads`, how many this process has. */
const work = `
import { readdirSync, readFileSync } from "node:fs";
import { compile, createX64Engine, f32, matmul, zeros } from ${JSON.stringify(library)};
export const threads = () => readdirSync("/proc/self/task").length;
export const megabytes = () => Number(/VmRSS:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
export async function run() {
  const type = f32(1024, 1024);
  const step = compile((x) => matmul(matmul(x, x), x), [type], { engine: createX64Engine({ threads: 3 }) });
  for (let i = 0; i < 3; i++) await step(zeros([1024, 1024]));
}
`;

const workers = `
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { megabytes, run, threads } from "./work.mjs";
async function inWorker(isTerminated) {
  const worker = new Worker(new URL(import.meta.url));
  const ended = new Promise((resolve, reject) => worker.once("exit", resolve).once("error", reject));
  await new Promise((resolve) => worker.once("message", resolve));
  if (isTerminated) await worker.terminate();
  await ended;
  return { threads: threads(), megabytes: megabytes() };
}
if (isMainThread) {
  const first = await inWorker(false);
  for (let i = 0; i < 6; i++) await inWorker(i % 2 === 0);
  const last = await inWorker(true);
  console.log(JSON.stringify({ threads: last.threads - first.threads, megabytes: last.megabytes - first.megabytes }));
} else {
  await run();
  parentPort.postMessage("done");
}
`;

const before = "import { run } from './work.mjs'; await run(); console.log('ran');";

describe("machine code on several threads", () => {
  if (!candidates.some((candidate) => candidate.name.startsWith("x64") && "engine" in candidate)) {
    it.skip("is not here", () => {});
    return;
  }
  const { write, at } = workspace();
  const node = async (script: string): Promise<Finished> => {
    await write("script.mjs", script);
    const { status, stdout, stderr } = spawnSync(process.execPath, [at("script.mjs")], {
      encoding: "utf8",
      timeout: 50_000,
    });
    return { code: status, stdout, stderr };
  };

  beforeAll(() => {
    checkBuild();
    return write("work.mjs", work);
  });

  it.each([
    ["comes to its end", "", 0],
    ["exits", "process.exit(3);", 3],
    ["exits in the middle of a wait", "setInterval(() => {}, 1000); setTimeout(() => process.exit(4), 20);", 4],
    ["is terminated", "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000);", null],
  ])("lets a process end that %s", async (_, end, code) => {
    expect(await node(`${before} ${end}`)).toEqual({ code, stdout: "ran\n", stderr: "" });
  });

  it("lets a process end with an error of its own", async () => {
    const { code, stdout, stderr } = await node(`${before} throw new Error("of its own");`);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "ran\n" });
    expect(stderr).toContain("Error: of its own");
  });

  it("leaves signals to JavaScript", async () => {
    const end = "process.on('SIGUSR2', () => process.exit(5)); process.kill(process.pid, 'SIGUSR2');";
    expect(await node(`${before} ${end} setInterval(() => {}, 1000);`)).toMatchObject({ code: 5 });
  });

  it("ends with the worker threads that used it, which give their memory back", async () => {
    const { code, stdout, stderr } = await node(workers);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const grown: { threads: number; megabytes: number } = JSON.parse(stdout);
    expect(grown.threads).toBe(0);
    // The seven programs between hold 12 MiB and more each.
    expect(grown.megabytes).toBeLessThan(60);
  });
});
