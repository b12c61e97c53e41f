/**
 * Networks in Chromium, Fovea's engine `wasm` beside ONNX Runtime Web: `npm run bench:browser -- [--threads 1,2] [--batch 1,8]
 * [--rounds 7] [name …]`. ONNX Runtime Web is found in the folder FOVEA_PEERS, which holds `node_modules`.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { nn } from "fovea";
import { architectures } from "fovea/models";
import { toOnnx } from "fovea/onnx";
import { predictedNets } from "../../src/bench/jobs.ts";
import { geometricMean, median } from "../../src/bench/statistics.ts";
import { findOrSkip, startChromium } from "../../tests/browser/chromium.ts";
import { startServer } from "../../tests/browser/server.ts";
import type { Order } from "./contest.ts";
import type { Measure } from "./page.ts";

/** The page's side, inside of `evaluate`. */
declare const measure: Measure;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: "string", default: "1,2" },
    batch: { type: "string", default: "1,8" },
    rounds: { type: "string", default: "7" },
  },
});
const numbers = (text: string): number[] => text.split(",").map(Number);
const names = positionals.length > 0 ? positionals : Object.keys(predictedNets);

function runtimeFiles(): Map<string, Uint8Array> {
  const folder = join(resolve(process.env.FOVEA_PEERS ?? "."), "node_modules", "onnxruntime-web", "dist");
  const wanted = readdirSync(folder).filter((name) => /^ort(-wasm-simd-threaded|\.wasm\.min)\.(mjs|wasm)$/.test(name));
  return new Map(wanted.map((name) => [`/ort/${name}`, readFileSync(join(folder, name))]));
}

const networkFile = (name: string): Promise<Uint8Array> =>
  toOnnx(nn.Model.build(architectures[name](), { input: [3, 224, 224] }));

const chromium = findOrSkip();
if (chromium === undefined) process.exit(1);
const files = runtimeFiles();
for (const name of names) files.set(`/${name}.onnx`, await networkFile(name));
const server = await startServer({ isolated: true, files, page: "/bench/browser/page.ts" });
const browser = await startChromium(chromium);
console.log(
  `Chromium ${browser.version()}: median of ${values.rounds} turns in ms, and how many times as fast Fovea is`,
);
const ratios: number[] = [];
try {
  for (const threads of numbers(values.threads))
    for (const batch of numbers(values.batch)) await measureAll(threads, batch);
} finally {
  await browser.close();
  server.stop();
}
console.log(`geometric mean ${geometricMean(ratios).toFixed(2)}×`);

async function measureAll(threads: number, batch: number): Promise<void> {
  const tab = await browser.newPage();
  await tab.goto(server.url);
  for (const name of names) {
    const order: Order = { name, batch, threads, rounds: Number(values.rounds) };
    const times = await tab.evaluate((given) => measure(given), order);
    const [ours, theirs] = [median(times.fovea), median(times.onnxRuntime)];
    ratios.push(theirs / ours);
    console.log(
      `${name}, batch ${batch}, ${threads} threads: Fovea ${ours.toFixed(1)}, ONNX Runtime Web ${theirs.toFixed(1)}, ` +
        `${(theirs / ours).toFixed(2)}×`,
    );
  }
  await tab.close();
}
