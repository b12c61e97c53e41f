/**
 * Gradient ascent of one class, beside `ascent.py`. Prints seconds for 256 steps: the first run with compiling, then the best of
 * three, and of processor time.
 *
 *   npm run -s recipe bench/peers/ascent.ts lenet5|resnet20 [threads]
 */
import { openEngine } from "../../src/engines/index.ts";
import { createAscent } from "../../src/inspect/index.ts";
import { architectures } from "../../src/models/index.ts";
import { Model } from "../../src/nn/index.ts";

const name = process.argv[2] as "lenet5" | "resnet20";
const { [name]: create } = architectures;
const { FOVEA_DATA: folder = "" } = process.env;
const model =
  name === "resnet20" && folder !== ""
    ? await create({ weights: "cifar10", file: `${folder}/pretrained-cifar-resnet/resnet20-12fca82f.th` })
    : Model.build(create(), { input: create.input, seed: 1 });
const threads = Number(process.argv[3] ?? 2);
const engine = await openEngine("auto", { threads });

/** Seconds, and seconds of processor time. */
async function timed(run: () => Promise<unknown>): Promise<readonly [number, number]> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await run();
  const { user, system } = process.cpuUsage(before);
  return [(performance.now() - start) / 1e3, (user + system) / 1e6];
}

const ascend = createAscent(model, { engine });
const [first] = await timed(() => ascend(3));
const times: (readonly [number, number])[] = [];
for (let i = 0; i < 3; i++) times.push(await timed(() => ascend(3)));
const [wall, processor] = [0, 1].map((k) => Math.min(...times.map((time) => time[k])).toFixed(2));
console.log(`${name} ${wall} s, ${processor} s of processor time; with compiling ${first.toFixed(2)} s`);
