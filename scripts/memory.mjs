/**
 * What dropped programs and engines leave behind: `npm run test:memory`, or `node scripts/memory.mjs [case…] [--times n]`
 * with parts of the cases' names. Every case is a process of its own and prints the most that was resident during and after
 * it, beyond what was at the start; it fails beyond `MOST_MEGABYTES`, or if threads of the operating system stay.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const MOST_MEGABYTES = 150;
const MOST_THREADS = 2;

const engines = [
  { name: "x64", threads: 1 },
  { name: "x64", threads: 2 },
  { name: "wasm", threads: 1 },
  { name: "wasm", threads: 2 },
];

/** Enough work for all threads. */
function product({ compile, matmul, mul, f32, zeros }, engine, i) {
  const side = 256;
  return compile((x) => ({ y: mul(matmul(x, x), i) }), [f32(side, side)], { engine })(zeros([side, side]));
}

/** Each takes the entries of the package, what selects an engine, and the number of a round. */
const rounds = {
  "compile and run": {
    times: 10_000,
    round: async ({ compile, add, mul, f32, zeros }, engine, i) => {
      const n = 20_000 + i;
      await compile((x) => ({ y: add(mul(x, 2), 1) }), [f32(n)], { engine: engine() })(zeros([n]));
    },
  },
  "compile and run on all threads": {
    times: 10_000,
    round: async (fovea, engine, i) => {
      await product(fovea, engine(), i);
    },
  },
  "large programs": {
    times: 300,
    round: async ({ compile, matmul, mul, f32, zeros }, engine, i) => {
      const x = zeros([1000, 1000]);
      await compile((x) => ({ y: mul(matmul(x, mul(x, 2)), i) }), [f32(1000, 1000)], { engine: engine() })(x);
    },
  },
  "large arrays": {
    times: 1_000,
    round: async ({ compile, add, mul, tanh, f32, zeros }, engine, i) => {
      const n = 1_000_000 + i;
      await compile((x) => ({ y: tanh(tanh(add(mul(x, 2), 1))) }), [f32(n)], { engine: engine() })(zeros([n]));
    },
  },
  "large constants": {
    times: 500,
    round: async ({ compile, add, constant, f32, zeros }, engine) => {
      const [x, y] = [zeros([1_000_000]), zeros([1_000_000])];
      await compile((x) => ({ y: add(x, constant(y)) }), [f32(1_000_000)], { engine: engine() })(x);
    },
  },
  "compile without running": {
    times: 10_000,
    round: ({ compile, add, mul, f32 }, engine, i) => {
      compile((x) => ({ y: add(mul(x, 2), 1) }), [f32(20_000 + i)], { engine: engine() });
    },
  },
  evaluate: {
    times: 10_000,
    round: async ({ evaluate, constant, softmax, array }, engine, i) => {
      await evaluate(() => softmax(constant(array([1, 2, i]))), { engine: engine() });
    },
  },
  engines: {
    times: 1_000,
    isNew: true,
    round: async (fovea, engine, i) => {
      await product(fovea, engine(), i);
    },
  },
  "engines with other numbers of threads": {
    times: 300,
    isNew: true,
    round: async (fovea, engine, i) => {
      await product(fovea, engine(1 + ((i + 12) % 12)), i);
    },
  },
  "tiny fits": {
    times: 200,
    isNew: true,
    round: async ({ fit, nn, zeros, array }, engine) => {
      const images = zeros([64, 1, 4, 4]);
      const labels = array(
        Array.from({ length: 64 }, (_, i) => i % 2),
        "i32",
      );
      const data = { images, labels, classes: ["a", "b"] };
      const options = { epochs: 1, batch: 32, engine: engine() };
      await fit(nn.sequential(nn.flatten(), nn.linear(2)), data, options);
    },
  },
};

const megabytes = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
const threadCount = () => readdirSync("/proc/self/task").length;
const task = () => new Promise((resolve) => setTimeout(resolve, 0));

/** One case in this process. */
async function measure({ title, name, threads, waits, times }) {
  const entries = await Promise.all(["fovea", "fovea/data", "fovea/train"].map((entry) => import(entry)));
  const fovea = Object.assign({}, ...entries);
  const { round, isNew } = rounds[title];
  const make = (count = threads) => fovea.selectEngine(name, { threads: count });
  const shared = isNew ? undefined : make();
  const engine = isNew ? make : () => shared;
  for (let i = 0; i < 3; i++) await round(fovea, engine, i - 3);
  const before = { megabytes: megabytes(), threads: threadCount() };
  const start = performance.now();
  let most = 0;
  for (let i = 0; i < times; i++) {
    await round(fovea, engine, i);
    if (waits) await task();
    if (i % 50 === 0) most = Math.max(most, megabytes());
  }
  const milliseconds = (performance.now() - start) / times;
  most = Math.max(most, megabytes());
  // What ends by finalizers ends with a later collection at the latest.
  for (let i = 0; i < 10; i++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    milliseconds,
    most: most - before.megabytes,
    after: megabytes() - before.megabytes,
    threads: threadCount() - before.threads,
  };
}

function runAlone(task) {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--expose-gc", fileURLToPath(import.meta.url), "--task", JSON.stringify(task)],
    { encoding: "utf8", timeout: 3_600_000 },
  );
  if (status !== 0) throw new Error(`${task.title} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

const { values, positionals } = parseArgs({
  options: { task: { type: "string" }, times: { type: "string" } },
  allowPositionals: true,
});
if (values.task !== undefined) {
  console.log(JSON.stringify(await measure(JSON.parse(values.task))));
} else {
  const cases = Object.entries(rounds).flatMap(([title, { times }]) =>
    engines.flatMap(({ name, threads }) =>
      [true, false].map((waits) => ({ title, name, threads, waits, times: Number(values.times ?? times) })),
    ),
  );
  for (const one of cases) {
    const { title, name, threads, waits, times } = one;
    const label = `${title}, ${name}, threads ${threads}, ${waits ? "with waiting" : "without waiting"}`;
    if (!positionals.every((part) => label.includes(part))) continue;
    const { most, after, threads: left, milliseconds } = runAlone(one);
    const isFine = most <= MOST_MEGABYTES && left <= MOST_THREADS;
    if (!isFine) process.exitCode = 1;
    const figures = `${most.toFixed(0)} MB more at most, ${after.toFixed(0)} at the end, ${left} threads more`;
    console.log(`${isFine ? "fine " : "FAILS"} ${times} × ${label}: ${figures}, ${milliseconds.toFixed(2)} ms each`);
  }
}
