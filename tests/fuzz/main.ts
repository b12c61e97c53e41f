/**
 * Readers of files against damaged files: `npm run test:fuzz` reads as many as asked for, and prints those that end in anything
 * but a result or an error of ours, take long or much memory, with the numbers to have them again.
 *
 *   --reader NAME    one of the readers; default: all
 *   --files N        how many for each, default 20 000
 *   --seed N         default 1
 *   --from N         the number of the first one, default 0
 *
 * Memory is what the heap and the buffers grow by while a file is read, garbage included.
 */
import { parseArgs } from "node:util";
import { Fuzzer } from "./check.ts";
import { readers } from "./readers.ts";

const { values: options } = parseArgs({
  options: {
    reader: { type: "string" },
    files: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
  },
});
const [files, seed, from] = [options.files, options.seed, options.from].map(Number);
const names = Object.keys(readers);
if (options.reader !== undefined && !names.includes(options.reader)) {
  console.error(`there is no reader ${options.reader}; readers: ${names.join(", ")}`);
  process.exit(1);
}

let failures = 0;

async function run(name: string): Promise<string> {
  const fuzzer = await Fuzzer.of(name, seed);
  const most = { bytes: 0, milliseconds: 0 };
  const messages = new Set<string>();
  let accepted = 0;
  for (let number = from; number < from + files; number++) {
    const outcome = await fuzzer.check(number);
    if (outcome.failure !== undefined && failures++ < 100)
      console.log(`--reader ${name} --seed ${seed} --from ${number} --files 1\n  ${outcome.failure}`);
    if (outcome.accepted) accepted++;
    else messages.add(outcome.message.replace(/"(\\.|[^"\\])*"|\d+/g, "#"));
    most.bytes = Math.max(most.bytes, outcome.bytes);
    most.milliseconds = Math.max(most.milliseconds, outcome.milliseconds);
  }
  const refused = `${files - accepted} refused in ${messages.size} ways`;
  return `${name}: ${files} files, ${accepted} read, ${refused}; at most ${(most.bytes / 2 ** 20).toFixed(1)} MiB, ${most.milliseconds.toFixed(0)} ms`;
}

for (const name of options.reader === undefined ? names : [options.reader]) {
  const start = performance.now();
  console.log(`${await run(name)}; ${((performance.now() - start) / 1000).toFixed(1)} s`);
}
const peak = process.resourceUsage().maxRSS / 1024;
console.log(`${failures} failures; at most ${peak.toFixed(0)} MiB of memory in all`);
process.exitCode = failures > 0 ? 1 : 0;
