/** `fovea summary`: a network layer by layer, or its graph. */
import { existsSync } from "node:fs";
import Table from "cli-table3";
import { Command, InvalidArgumentError, Option } from "commander";
import { didYouMean, OptionError, type Shape } from "../../array/index.ts";
import { type Graph, graphToDot, printGraph, type Tensor } from "../../graph/index.ts";
import { type LayerSummary, type ModelSummary, summarize, toDot } from "../../inspect/index.ts";
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
  readonly dot?: boolean;
  readonly json?: boolean;
}

const help = `
Networks:
${networkList()}

Examples:
  $ fovea summary lenet5
  $ fovea summary runs/lenet5-digits
  $ fovea summary lenet5 --dot | dot -Tsvg > lenet5.svg
`;

const printers = { text: printGraph, dot: graphToDot } as const;

export function summaryCommand(output: Output): Command {
  return new Command("summary")
    .summary("layers, shapes, parameters, multiply-adds, receptive fields")
    .description("Shows a network layer by layer, for one input.")
    .argument("<model>", "a network (listed below), a run folder, or a .safetensors file")
    .option("--input <shape>", "input of a network by name, such as 1x32x32", parseShape)
    .option("--classes <n>", "classes of a network by name", wholeNumber(1), 10)
    .addOption(
      new Option("--dot", "print layers and what flows between them for Graphviz instead").conflicts(["graph", "json"]),
    )
    .option("--graph <form>", "print the graph of ops instead: text, or dot for Graphviz", oneOf(Object.keys(printers)))
    .addOption(jsonOption())
    .addHelpText("after", help)
    .action((name: string, flags: Flags) => summary(name, flags, output));
}

async function summary(name: string, flags: Flags, output: Output): Promise<void> {
  const model = existsSync(name) || looksLikePath(name) ? await loadModel(name) : buildArchitecture(name, flags);
  if (flags.graph !== undefined) {
    output.print(printers[flags.graph](graphOf(model)).trimEnd());
  } else if (flags.dot) output.print(toDot(model).trimEnd());
  else if (flags.json) output.print(JSON.stringify(summarize(model)));
  else output.print(summaryTable(summarize(model)));
}

/** The ops of a network, for one sample. */
function graphOf({ apply, inputs }: Model): Graph {
  const names = Object.keys(inputs);
  const body = (...tensors: Tensor[]) => apply(Object.fromEntries(names.map((name, i) => [name, tensors[i]])));
  const types = Object.values(inputs).map(({ shape, dtype }) => ({ shape: [1, ...shape], dtype }));
  return trace(body, types).graph;
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
  return Model.build(architectures[name]({ input: shape, classes }), { input: shape });
}

function parseShape(text: string): Shape {
  const shape = text.split(/[x×,]/).map(Number);
  if (shape.length === 3 && shape.every((n) => Number.isInteger(n) && n > 0)) return shape;
  throw new InvalidArgumentError("Expected channels x height x width, such as 3x32x32.");
}

const times = (shape: Shape): string => shape.join(" × ");

function summaryTable({ input, inputs = {}, layers, ...total }: ModelSummary): string {
  const right = "right" as const;
  // What rows are applied to says nothing where they follow each other.
  const hasSources = layers.some(({ from }) => from !== undefined);
  const sources = (from: readonly string[] = []): string[] => (hasSources ? [from.map(visibleName).join(", ")] : []);
  const table = new Table({
    head: [
      ...["layer", "type", ...(hasSources ? ["from"] : []), "output", "parameters", "multiply-adds", "memory"],
      "receptive field",
    ],
    style: { head: [], border: [], compact: true },
    colAligns: ["left", "left", ...(hasSources ? ["left" as const] : []), right, right, right, right, right],
  });
  const shapes: readonly (readonly [string, Shape])[] = input === undefined ? Object.entries(inputs) : [["", input]];
  for (const [name, shape] of shapes)
    table.push([visibleName(name), "input", ...sources(), times(shape), "", "", "", ""]);
  for (const layer of layers) {
    const { path, type, from, output, parameters, multiplyAdds, bytes: size } = layer;
    table.push([
      visibleName(path),
      visibleName(type),
      ...sources(from),
      times(output),
      count(parameters),
      count(multiplyAdds),
      bytes(size),
      describeField(layer),
    ]);
  }
  table.push([
    ...["", "total", ...sources(), ""],
    ...[count(total.parameters), count(total.multiplyAdds), bytes(total.bytes), ""],
  ]);
  return table.toString();
}

/** What a unit sees of the input, or of each of several. */
function describeField({ receptiveField, receptiveFields }: LayerSummary): string {
  if (receptiveFields === undefined) return receptiveField ? times(receptiveField) : "all";
  return Object.entries(receptiveFields)
    .map(([name, field]) => `${visibleName(name)} ${field === "all" ? field : times(field)}`)
    .join(", ");
}

const count = (n: number): string => (n === 0 ? "" : grouped(n));
