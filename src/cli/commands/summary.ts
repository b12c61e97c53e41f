/** `fovea summary`: a network layer by layer, or its graph. */
import { existsSync } from "node:fs";
import Table from "cli-table3";
import { Command, InvalidArgumentError } from "commander";
import { didYouMean, OptionError, type Shape } from "../../array/index.ts";
import { graphToDot, printGraph } from "../../graph/index.ts";
import { type ModelSummary, summarize } from "../../inspect/index.ts";
import { architectures } from "../../models/index.ts";
import { Model } from "../../nn/index.ts";
import { trace } from "../../ops/index.ts";
import { bytes, grouped } from "../format.ts";
import type { Output } from "../io.ts";
import { loadModel } from "../load-model.ts";
import { jsonOption, networkList, oneOf, wholeNumber } from "../options.ts";
import { visibleName } from "../visible.ts";

interface Flags {
  readonly input?: Shape;
  readonly classes: number;
  readonly graph?: "text" | "dot";
  readonly json?: boolean;
}

const help = `
Networks:
${networkList()}

Examples:
  $ fovea summary lenet5
  $ fovea summary runs/lenet5-digits
  $ fovea summary lenet5 --graph dot | dot -Tsvg > lenet5.svg
`;

const printers = { text: printGraph, dot: graphToDot } as const;

export function summaryCommand(output: Output): Command {
  return new Command("summary")
    .summary("layers, shapes, parameters, multiply-adds, receptive fields")
    .description("Shows a network layer by layer, for one input.")
    .argument("<model>", "a network (listed below), a run folder, or a .safetensors file")
    .option("--input <shape>", "input of a network by name, such as 1x32x32", parseShape)
    .option("--classes <n>", "classes of a network by name", wholeNumber(1), 10)
    .option("--graph <form>", "print the graph instead: text, or dot for Graphviz", oneOf(Object.keys(printers)))
    .addOption(jsonOption())
    .addHelpText("after", help)
    .action((name: string, flags: Flags) => summary(name, flags, output));
}

async function summary(name: string, flags: Flags, output: Output): Promise<void> {
  const model = existsSync(name) || looksLikePath(name) ? await loadModel(name) : buildArchitecture(name, flags);
  if (flags.graph !== undefined) {
    const { graph } = trace((x) => model(x), [{ shape: [1, ...model.input], dtype: model.dtype }]);
    output.print(printers[flags.graph](graph).trimEnd());
  } else if (flags.json) output.print(JSON.stringify(summarize(model)));
  else output.print(summaryTable(summarize(model)));
}

const looksLikePath = (name: string): boolean => /[./\\]/.test(name);

function buildArchitecture(name: string, { input, classes }: Flags): Model {
  const names = Object.keys(architectures);
  if (!names.includes(name)) {
    throw new OptionError(
      `summary ${name}: there is no network, run folder or model file of this name${didYouMean(name, names)}`,
    );
  }
  const shape = input ?? architectures[name].input;
  return Model.build(architectures[name].create(shape, classes), { input: shape });
}

function parseShape(text: string): Shape {
  const shape = text.split(/[x×,]/).map(Number);
  if (shape.length === 3 && shape.every((n) => Number.isInteger(n) && n > 0)) return shape;
  throw new InvalidArgumentError("Expected channels x height x width, such as 3x32x32.");
}

const times = (shape: Shape): string => shape.join(" × ");

function summaryTable({ input, layers, ...total }: ModelSummary): string {
  const right = "right" as const;
  const table = new Table({
    head: ["layer", "type", "output", "parameters", "multiply-adds", "memory", "receptive field"],
    style: { head: [], border: [], compact: true },
    colAligns: ["left", "left", right, right, right, right, right],
  });
  table.push(["", "input", times(input), "", "", "", ""]);
  for (const { path, type, output, parameters, multiplyAdds, bytes: size, receptiveField } of layers) {
    table.push([
      visibleName(path),
      visibleName(type),
      times(output),
      count(parameters),
      count(multiplyAdds),
      bytes(size),
      receptiveField ? times(receptiveField) : "all",
    ]);
  }
  table.push(["", "total", "", count(total.parameters), count(total.multiplyAdds), bytes(total.bytes), ""]);
  return table.toString();
}

const count = (n: number): string => (n === 0 ? "" : grouped(n));
