/**
 * The conversation of a peer written in JavaScript with `fovea bench`, a line of JSON each way: first the peer says
 * `{"version"}` or `{"missing": why}`; then each `{"job"}` is prepared, and each `{"job", "milliseconds"}` is run again and
 * again for about so long. The answer is `{}`, `{"times": [ms, …]}` or `{"cannot": why}`.
 */
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

/** A package from the folder FOVEA_PEERS, or from the working directory. */
export const load = createRequire(join(resolve(process.env.FOVEA_PEERS || "."), "package.json"));

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
const firstLine = (error) => String(error?.message ?? error).split("\n", 1)[0];

async function repeat(run, milliseconds) {
  const times = [];
  const end = performance.now() + milliseconds;
  let start = performance.now();
  do {
    await run();
    const now = performance.now();
    times.push(now - start);
    start = now;
  } while (start < end);
  return times;
}

/**
 * @param {() => Promise<{ version: string, prepare: (job: object) => Promise<() => unknown> }>} start loads the packages;
 *   `prepare` gives the function that does a job once, and may forget what it made for the job before
 */
export async function serve(start) {
  // Standard output is for answers; packages that greet there are redirected.
  console.log = console.error;
  const peer = await start().catch((error) => say({ missing: firstLine(error) }) && undefined);
  if (peer === undefined) return;
  say({ version: peer.version });
  let known;
  let run;
  for await (const line of createInterface({ input: process.stdin })) {
    const { job, milliseconds } = JSON.parse(line);
    try {
      if (JSON.stringify(job) !== known) run = await peer.prepare(job);
      known = JSON.stringify(job);
      say(milliseconds === undefined ? {} : { times: await repeat(run, milliseconds) });
    } catch (error) {
      known = undefined;
      say({ cannot: firstLine(error) });
    }
  }
}

export const randomArray = (length) => Float32Array.from({ length }, () => 2 * Math.random() - 1);
export const sizeOf = (shape) => shape.reduce((product, n) => product * n, 1);
