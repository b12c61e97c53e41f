/**
 * The table of all architectures in `docs/models.md`: `npm run models` writes it. Parameters and multiply-adds come from the
 * networks, accuracies from the table of published weights, times from this machine: the least of several predictions of one
 * picture on the fastest engine, with weights that are neither zero nor denormal. `-- --counts` leaves the times as they are.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { fillWeights } from "../../src/bench/nets.ts";
import { uniform } from "../../src/bench/numbers.ts";
import { compile, selectEngine } from "../../src/engines/index.ts";
import { f32 } from "../../src/graph/index.ts";
import { summarize } from "../../src/inspect/index.ts";
import { type Architecture, architectures, publishedWeights } from "../../src/models/index.ts";
import { Model } from "../../src/nn/index.ts";

const page = fileURLToPath(new URL("../../docs/models.md", import.meta.url));
const [START, END] = ["<!-- begin of the table -->\n", "<!-- end of the table -->\n"];
const MILLISECONDS = 400;

const text = readFileSync(page, "utf8");
const isTimed = !process.argv.includes("--counts");
const engine = selectEngine("auto");

async function timeOf({ input }: Architecture, model: Model): Promise<number> {
  fillWeights(model);
  const run = compile((x) => model(x), [f32(1, ...input)], { engine });
  const picture = uniform("picture", [1, ...input]);
  await run(picture);
  const end = performance.now() + MILLISECONDS;
  let least = Number.POSITIVE_INFINITY;
  do {
    const start = performance.now();
    await run(picture);
    least = Math.min(least, performance.now() - start);
  } while (performance.now() < end);
  return least;
}

/** The best published figure, in percent. */
function accuracyOf({ name }: Architecture): string {
  const rows = publishedWeights.filter(({ architecture }) => architecture === name);
  const figures = rows.map(({ accuracy, name: weights }) => `${accuracy.toFixed(2)} (${weights})`);
  return figures.join(", ");
}

const millions = (n: number): string => (n / 1e6).toFixed(n < 1e7 ? 2 : 1);
const grouped = (n: number): string => n.toLocaleString("en").replaceAll(",", " ");
const sides = (shape: readonly number[]): string => shape.join("×");

/** The time in the page, where it is not measured again. */
const writtenTime = (name: string): string =>
  new RegExp(`^\\| \`${name}\` (?:\\|[^|\\n]*){4}\\|([^|\\n]*)\\|`, "m").exec(text)?.[1].trim() ?? "";

async function rowOf(architecture: Architecture): Promise<string> {
  const { name, input } = architecture;
  const model = Model.build(architecture(), { input });
  const { parameters, multiplyAdds } = summarize(model);
  const time = isTimed ? (await timeOf(architecture, model)).toPrecision(3) : writtenTime(name);
  const classes = String(architecture.classes);
  const cells = [`\`${name}\``, sides(input), classes, grouped(parameters), millions(multiplyAdds), time];
  console.log(cells.join("  "));
  return `| ${[...cells, accuracyOf(architecture)].join(" | ")} |\n`;
}

const rows: string[] = [];
for (const architecture of Object.values(architectures)) rows.push(await rowOf(architecture));
const head =
  "| name | input | classes | parameters | multiply-adds, millions | ms a picture | published accuracy, % (weights) |\n" +
  "| --- | --- | --: | --: | --: | --: | --- |\n";
const machine = isTimed ? `\n${cpus()[0].model.trim()}, ${engine.description}.\n` : "";
const [before, , after] = [text.indexOf(START) + START.length, 0, text.indexOf(END)];
const kept = isTimed ? "" : (/\n\n(.*)\n$/.exec(text.slice(before, after))?.[0].slice(1) ?? "");
writeFileSync(page, `${text.slice(0, before)}\n${head}${rows.join("")}${machine}${kept}\n${text.slice(after)}`);
