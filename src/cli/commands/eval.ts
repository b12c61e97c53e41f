/** `fovea eval`: loss, accuracy and confusions of a trained model. */
import Table from "cli-table3";
import { Command } from "commander";
import { DataError, type NdArray, sameShape } from "../../array/index.ts";
import { firstSamples, inputShape, type Samples, sampleCount } from "../../data/index.ts";
import { selectEngine } from "../../engines/index.ts";
import type { Model } from "../../nn/index.ts";
import { evaluateModel } from "../../train/index.ts";
import { grouped, percent } from "../format.ts";
import type { Output } from "../io.ts";
import { loadModel } from "../load-model.ts";
import {
  dataHelp,
  engineOption,
  jsonOption,
  oneOf,
  pictureOptions,
  threadsOption,
  wholeNumber,
  workersOption,
} from "../options.ts";
import { loadSource, type PictureFlags } from "../sources.ts";

interface Flags extends PictureFlags {
  readonly data: string;
  readonly split: "train" | "test";
  readonly limit?: number;
  readonly engine: string;
  readonly threads?: number;
  readonly workers?: number;
  readonly json?: boolean;
}

const examples = `
Examples:
  $ fovea eval runs/lenet5-digits --data digits
  $ fovea eval runs/lenet5-digits --data mnist      a model of the built-in digits on real ones
`;

export function evalCommand(output: Output): Command {
  const command = new Command("eval")
    .summary("loss, accuracy and confusions of a model")
    .description("Says how well a trained model does on a data set.")
    .argument("<run>", "a run folder, or a .safetensors file")
    .requiredOption("--data <name|path>", dataHelp)
    .option("--split <name>", "which part of it: test or train", oneOf(["test", "train"]), "test")
    .option("--limit <n>", "use this many samples (default: all)", wholeNumber(1));
  for (const option of pictureOptions()) command.addOption(option);
  return command
    .addOption(engineOption())
    .addOption(threadsOption())
    .addOption(workersOption())
    .addOption(jsonOption())
    .addHelpText("after", examples)
    .action((run: string, flags: Flags) => evaluate(run, flags, output));
}

async function evaluate(run: string, flags: Flags, output: Output): Promise<void> {
  const model = await loadModel(run);
  const sets = await loadSource(flags.data, {
    ...flags,
    limit: flags.split === "train" ? (flags.limit ?? 0) : 0,
    output,
  });
  const all = sets[flags.split];
  const data = flags.limit === undefined ? all : firstSamples(all, flags.limit);
  checkFit(model, data, run);
  const onProgress = (done: number, total: number): void => output.status(`evaluating ${percent(done / total, 0)}`);
  const { confusion, ...result } = await evaluateModel(model, data, {
    engine: selectEngine(flags.engine, flags),
    workers: flags.workers,
    onProgress,
  });
  if (flags.json) {
    output.print(
      JSON.stringify({ data: data.name, ...result, classes: data.classes, confusion: confusion.toNested() }),
    );
    return;
  }
  output.print(
    `accuracy ${percent(result.accuracy)} (${grouped(result.correct)} of ${grouped(sampleCount(data))}), loss ${result.loss.toFixed(4)}, on ${data.name}`,
  );
  output.print(`\nrows: the class, columns: what it was taken for`);
  output.print(confusionTable(confusion, data.classes));
}

function checkFit(model: Model, data: Samples, run: string): void {
  if (!sameShape(inputShape(data), model.input)) {
    throw new DataError(
      `${run} takes inputs [${model.input}], ${data.name} has [${inputShape(data)}]; choose data of that size`,
    );
  }
  const classes = model.classes?.length ?? data.classes.length;
  if (classes !== data.classes.length) {
    throw new DataError(`${run} tells ${classes} classes apart, ${data.name} has ${data.classes.length}`);
  }
}

function confusionTable(confusion: NdArray, classes: readonly string[]): string {
  const table = new Table({
    head: ["", ...classes, "right"],
    style: { head: [], border: [], compact: true },
    colAligns: ["", ...classes, ""].map(() => "right" as const),
  });
  classes.forEach((name, i) => {
    const row = Array.from(confusion.row(i).data);
    const total = row.reduce((a, b) => a + b, 0);
    table.push([name, ...row.map((n) => (n === 0 ? "·" : String(n))), total === 0 ? "–" : percent(row[i] / total, 1)]);
  });
  return table.toString();
}
