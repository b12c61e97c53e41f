/**
 * The property test of kernels: `npm run test:shapes` checks random configurations on every target and prints those that
 * fail, as a line of JSON each.
 *
 *   --count N        how many, default 20 000
 *   --seed N         default 1
 *   --from N         the number of the first one, default 0
 *   --replay JSON    this configuration alone, in all variants
 */
import { setImmediate } from "node:timers/promises";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import type { CheckOptions, Count } from "./check.ts";
import type { Configuration } from "./configuration.ts";

// Where fused multiply-adds of WebAssembly are behind a flag, before the first module asks for them.
setFlagsFromString("--experimental-wasm-relaxed-simd");
const { checkConfiguration, targets, variantsOf } = await import("./check.ts");
const { drawConfiguration } = await import("./configuration.ts");

const { values: options } = parseArgs({
  options: {
    count: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    replay: { type: "string" },
  },
});
const [count, seed, from] = [options.count, options.seed, options.from].map(Number);

/** Every so many, a line says how far it is; one is checked thoroughly; and one of those runs, if it is long. */
const LINE = 1000;
const THOROUGH = 3;
const DIVIDED = 7;

const totals = new Map<string, Count>();
const messages = new Map<string, number>();

/** The message without its numbers: failures of one cause. */
const kindOf = (message: string): string => message.replace(/-?\d+(\.\d+)?(e[+-]?\d+)?/g, "#").slice(0, 120);

async function check(configuration: Configuration, which: CheckOptions): Promise<boolean> {
  const { failures, counts } = await checkConfiguration(configuration, which);
  for (const [name, added] of counts) {
    const total = totals.get(name) ?? { checked: 0, compiled: 0, compared: 0, divided: 0 };
    for (const key of Object.keys(total) as (keyof Count)[]) total[key] += added[key];
    totals.set(name, total);
  }
  for (const { target, variant, message } of failures) {
    console.log(`${JSON.stringify(configuration)}\n  ${target} ${JSON.stringify(variant)}: ${message}`);
    messages.set(`${target}: ${kindOf(message)}`, (messages.get(`${target}: ${kindOf(message)}`) ?? 0) + 1);
  }
  return failures.length > 0;
}

let failed = 0;
const start = performance.now();
if (options.replay !== undefined) {
  const configuration = JSON.parse(options.replay) as Configuration;
  for (const turn of variantsOf(configuration).keys())
    for (const target of targets.keys())
      failed += Number(await check(configuration, { turn: turn + target, thorough: true, divided: true }));
} else {
  const kinds = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const configuration = drawConfiguration(seed, from + i);
    kinds.set(configuration.kind, (kinds.get(configuration.kind) ?? 0) + 1);
    const thorough = (from + i) % THOROUGH === 0;
    failed += Number(await check(configuration, { turn: from + i, thorough, divided: (from + i) % DIVIDED === 0 }));
    // Programs are given back while nothing else is due.
    await setImmediate();
    if ((i + 1) % LINE === 0)
      console.log(`${i + 1} of ${count}, ${failed} failed, ${((performance.now() - start) / 1000).toFixed(0)} s`);
  }
  console.log(`seed ${seed}, ${count} configurations from number ${from}: ${failed} failed`);
  console.table(Object.fromEntries(kinds));
}
console.table(Object.fromEntries(totals));
for (const [message, times] of messages) console.log(`${times} × ${message}`);
process.exit(failed === 0 ? 0 : 1);
