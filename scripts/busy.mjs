/**
 * What other processes do to the time of a step: `npm run bench:busy`, or `node scripts/busy.mjs [case…] [--seconds s]`
 * with parts of the cases' names. LeNet-5's training step on one thread and on two takes turns, a second or two each, in two
 * processes at the same time of which one is stopped, beside none, one and two processes that only count. Prints medians
 * and means of the steps' milliseconds.
 */
import { fork, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const ROUNDS = 6;
const WARM_UP_SECONDS = 1;

const { values, positionals } = parseArgs({
  options: { task: { type: "string" }, seconds: { type: "string", default: "1.5" } },
  allowPositionals: true,
});

/** A process that runs steps for as many seconds as it is told, and answers with their times. */
async function serve({ name, threads, batch }) {
  const { compile, f32, i32, nn, optim, Random, selectEngine, zeros } = await import("fovea");
  const { lenet5 } = await import("fovea/models");
  const { input } = lenet5;
  const model = nn.Model.build(lenet5(), { input });
  const optimizer = optim.sgd({ learningRate: 0.001, momentum: 0.9 });
  const body = (x, y) => {
    const loss = nn.crossEntropy(model(x, { training: true }), y);
    optim.minimize(loss, optimizer);
    return { loss };
  };
  const engine = selectEngine(name, { threads });
  const step = compile(body, [f32(batch, ...input), i32(batch)], { engine });
  const [x, y] = [zeros([batch, ...input]), zeros([batch], "i32")];
  const random = new Random(1, "busy");
  for (let i = 0; i < x.size; i++) x.data[i] = random.uniform(-1, 1);
  for (let i = 0; i < batch; i++) y.data[i] = i % 10;
  process.on("message", async (seconds) => {
    const times = [];
    for (const end = performance.now() + 1000 * seconds; performance.now() < end; ) {
      const start = performance.now();
      await step(x, y);
      times.push(performance.now() - start);
    }
    process.send(times);
  });
}

/** If a process ends before it answers, nothing keeps this one, and Node ends it with code 13. */
const ask = (child, seconds) =>
  new Promise((resolve) => {
    child.once("message", resolve);
    child.send(seconds);
  });

const meanOf = (times) => times.reduce((sum, time) => sum + time, 0) / times.length;
const medianOf = (times) => [...times].sort((a, b) => a - b)[times.length >> 1];

async function compare({ name, batch, busy }, seconds) {
  const others = Array.from({ length: busy }, () => spawn(process.execPath, ["-e", "for (;;);"]));
  const children = [1, 2].map((threads) =>
    fork(fileURLToPath(import.meta.url), ["--task", JSON.stringify({ name, threads, batch })]),
  );
  try {
    for (const child of children) await ask(child, WARM_UP_SECONDS);
    const times = [[], []];
    // By turns: what else the machine does meets both.
    for (let turn = 0; turn < 2 * ROUNDS; turn++) {
      // One, two, two, one.
      const i = ((turn + 1) >> 1) % 2;
      times[i].push(...(await ask(children[i], seconds)));
    }
    return times;
  } finally {
    for (const process of [...others, ...children]) process.kill();
  }
}

if (values.task !== undefined) {
  await serve(JSON.parse(values.task));
} else {
  for (const name of ["x64", "wasm"])
    for (const batch of [128, 32])
      for (const busy of [0, 1, 2]) {
        const label = `${name}, batch ${batch}, beside ${busy}`;
        if (!positionals.every((part) => label.includes(part))) continue;
        const times = await compare({ name, batch, busy }, Number(values.seconds));
        const [medians, means, least] = [medianOf, meanOf, (list) => Math.min(...list)].map((of) => times.map(of));
        const figures = (title, [one, two]) =>
          `${title} ${one.toFixed(2)} and ${two.toFixed(2)} (× ${(two / one).toFixed(2)})`;
        console.log(
          `${label}: ${figures("median", medians)}, ${figures("mean", means)}, ${figures("least", least)} ms ` +
            "on one thread and two",
        );
      }
}
