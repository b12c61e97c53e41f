/**
 * Time and memory until a program runs: `npm run bench:startup`, or `node scripts/startup.mjs [--engine name] [--threads n]
 * [--times n] [--file resnet50.safetensors]`. Every measurement is a process of its own, in which nothing has been compiled
 * before, V8's code for the compiler included.
 *
 * Times are on the clock, and of the main thread alone (where the system counts that, on Linux): other processes disturb those less.
 * Prints the best and the median. Memory is what is resident, above what Node takes at its start.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    task: { type: "string" },
    engine: { type: "string", default: "auto" },
    threads: { type: "string", default: "2" },
    times: { type: "string", default: "5" },
    file: { type: "string" },
  },
});

const MEGABYTE = 2 ** 20;
const hasStatus = existsSync("/proc/self/status");

/** Milliseconds that the main thread has been running. */
const busy = () =>
  hasStatus ? Number(readFileSync("/proc/self/schedstat", "latin1").split(" ")[0]) / 1e6 : Number.NaN;

/** Resident megabytes: now, and the most so far. */
function resident() {
  const now = process.memoryUsage.rss() / MEGABYTE;
  if (!hasStatus) return { now, peak: Number.NaN };
  const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "latin1"))[1]) / 1024;
  return { now, peak };
}

/** Steps of a process in order, each with its times. */
class Laps {
  #clock = performance.now();
  #busy = busy();
  figures = {};

  end(step) {
    const [clock, thread] = [performance.now(), busy()];
    this.figures[`${step}, ms`] = clock - this.#clock;
    this.figures[`${step}, ms of the main thread`] = thread - this.#busy;
    [this.#clock, this.#busy] = [performance.now(), busy()];
  }
}

const INPUT = [3, 224, 224];
const openEngine = ({ openEngine }) => openEngine(options.engine, { threads: Number(options.threads) });

/** What is measured, by name: each is done in a process of its own and returns its figures. */
const tasks = {
  "LeNet-5, training step, batch 128": async () => {
    const { lenet5 } = await import("fovea/models");
    return compileStep(lenet5(), lenet5.input, 128);
  },
  "ResNet-50, training step, batch 8": async () => {
    const { resnet50 } = await import("fovea/models");
    return compileStep(resnet50({ classes: 1000 }), INPUT, 8);
  },
  "ResNet-50, import to first prediction": async () => {
    const start = resident().now;
    const laps = new Laps();
    const fovea = await import("fovea");
    laps.end("import");
    const model = await fovea.nn.Model.load(options.file);
    laps.end("read weights");
    const engine = await openEngine(fovea);
    const predict = fovea.compile((x) => model(x), [fovea.f32(1, ...INPUT)], { engine });
    laps.end("compile");
    await predict(fovea.zeros([1, ...INPUT]));
    laps.end("first prediction");
    const total = performance.now();
    const { now, peak } = resident();
    const memory = { "resident, MB": now - start, "at most, MB": peak - start };
    return { ...laps.figures, "all, with Node's own start, ms": total, ...memory };
  },
};

async function compileStep(layer, input, batch) {
  const fovea = await import("fovea");
  const { compile, f32, i32, nn, optim } = fovea;
  const engine = await openEngine(fovea);
  const model = nn.Model.build(layer, { input });
  const optimizer = optim.sgd({ learningRate: 0.01, momentum: 0.9 });
  const body = (x, y) => {
    const loss = nn.crossEntropy(model(x, { training: true }), y);
    optim.minimize(loss, optimizer);
    return { loss };
  };
  const laps = new Laps();
  compile(body, [f32(batch, ...input), i32(batch)], { engine });
  laps.end("compile");
  return laps.figures;
}

async function saveWeights(file) {
  const { nn } = await import("fovea");
  const { resnet50 } = await import("fovea/models");
  await nn.Model.build(resnet50({ classes: 1000 }), { input: INPUT }).save(file);
}

function inOwnProcess(task, file) {
  const { engine, threads } = options;
  const given = ["--task", task, "--engine", engine, "--threads", threads, "--file", file];
  const { status, stdout } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...given], {
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  });
  if (status !== 0) process.exit(1);
  return JSON.parse(stdout);
}

function report(task, runs) {
  console.log(task);
  for (const name of Object.keys(runs[0])) {
    const sorted = runs.map((run) => run[name]).sort((a, b) => a - b);
    const [best, median] = [sorted[0], sorted[sorted.length >> 1]].map((value) => value.toFixed(0).padStart(6));
    console.log(`  ${name.padEnd(48)} best ${best}  median ${median}`);
  }
}

async function measure() {
  const folder = mkdtempSync(join(tmpdir(), "fovea-startup-"));
  try {
    const file = options.file ?? join(folder, "resnet50.safetensors");
    if (options.file === undefined) await saveWeights(file);
    for (const task of Object.keys(tasks))
      report(
        task,
        Array.from({ length: Number(options.times) }, () => inOwnProcess(task, file)),
      );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (options.task === undefined) await measure();
else console.log(JSON.stringify(await tasks[options.task]()));
