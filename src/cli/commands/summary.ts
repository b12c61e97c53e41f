/** `fovea summary`: a network layer by layer, or its graph. */
import { existsSync } from "node:fs";
import Table from "cli-table3";
import { Command, InvalidArgumentError, Option } from "commander";
import { didYouMean, OptionError, type Shape } from "../../array/index.ts";
import { type Graph, graphToDot, printGraph, type Tensor } from "../../graph/index.ts";
import { type LayerSummary, type ModelSummary, summarize, toDot } from "../../inspect/index.ts";
import { type Architecture, architectures } from "../../models/index.ts";
import { Model } from "../../nn/index.ts";
import { trace } from "../../ops/index.ts";
import { bytes, grouped, wrap } from "../format.ts";
import type { Output } from "../io.ts";
import { loadModel } from "../load-model.ts";
import { architectureOf, createNetwork, networkList } from "../networks.ts";
import { jsonOption, oneOf, wholeNumber } from "../options.ts";
import { describeWeights } from "../pretrained.ts";
import { parseSpecification } from "../specification.ts";
import { visibleName } from "../visible.ts";

interface Flags {
  readonly input?: Shape;
  readonly classes?: number;
  readonly graph?: "text" | "dot";
  readonly dot?: boolean;
  readonly json?: boolean;
}

const help = `
Networks, with options in brackets, as in name:option=value:
${networkList()}

Examples:
  $ fovea summary lenet5
  $ fovea summary alexnet_2012
  $ fovea summary vgg11:dropout=0.3 --classes 10 --input 3x64x64
  $ fovea summary runs/lenet5-digits
  $ fovea summary lenet5 --dot | dot -Tsvg > lenet5.svg
`;

const printers = { text: printGraph, dot: graphToDot } as const;

export function summaryCommand(output: Output): Command {
  return new Command("summary")
    .summary("layers, shapes, parameters, multiply-adds, receptive fields")
    .description("Shows a network layer by layer, for one input.")
    .argument("<model>", "a network (listed below), a run folder, or a .safetensors file")
    .option(
      "--input <shape>",
      "input of a network by name, such as 1x32x32 (default: that which it was described for)",
      parseShape,
    )
    .option("--classes <n>", "classes of a network by name (default: those which it was described for)", wholeNumber(1))
    .addOption(
      new Option("--dot", "print layers and what flows between them for Graphviz instead").conflicts(["graph", "json"]),
    )
    .option("--graph <form>", "print the graph of ops instead: text, or dot for Graphviz", oneOf(Object.keys(printers)))
    .addOption(jsonOption())
    .addHelpText("after", help)
    .action((name: string, flags: Flags) => summary(name, flags, output));
}

async function summary(name: string, flags: Flags, output: Output): Promise<void> {
  const isFile = existsSync(name) || (looksLikePath(name) && !isNetwork(name));
  const model = isFile ? await loadModel(name, output) : buildArchitecture(name, flags);
  const { notes, name: architecture }: Partial<Architecture> = isFile ? {} : architectureOf(name);
  if (flags.graph !== undefined) {
    output.print(printers[flags.graph](graphOf(model)).trimEnd());
  } else if (flags.dot) output.print(toDot(model).trimEnd());
  else if (flags.json) output.print(JSON.stringify({ ...summarize(model), notes }));
  else output.print(describe(summarize(model), architecture, notes));
}

/** The ops of a network, for one sample. */
function graphOf({ apply, inputs }: Model): Graph {
  const names = Object.keys(inputs);
  const body = (...tensors: Tensor[]) => apply(Object.fromEntries(names.map((name, i) => [name, tensors[i]])));
  const types = Object.values(inputs).map(({ shape, dtype }) => ({ shape: [1, ...shape], dtype }));
  return trace(body, types).graph;
}

const looksLikePath = (name: string): boolean => /[./\\]/.test(name);
/** Options of a network may look like a path: `vgg11:dropout=0.3`. */
const isNetwork = (name: string): boolean => Object.hasOwn(architectures, name.split(":")[0]);

function buildArchitecture(name: string, { input, classes }: Flags): Model {
  if (!isNetwork(name)) {
    const hint = didYouMean(parseSpecification(name).name, Object.keys(architectures));
    throw new OptionError(`summary ${name}: there is no network, run folder or model file of this name${hint}`);
  }
  const architecture = architectureOf(name);
  const shape = input ?? architecture.input;
  const layer = createNetwork(name, { input: shape, classes: classes ?? architecture.classes });
  return Model.build(layer, { input: shape });
}

function parseShape(text: string): Shape {
  const shape = text.split(/[x×,]/).map(Number);
  if (shape.length === 3 && shape.every((n) => Number.isInteger(n) && n > 0)) return shape;
  throw new InvalidArgumentError("Expected channels x height x width, such as 3x32x32.");
}

const times = (shape: Shape): string => shape.join(" × ");

/** The table, its totals in words, and what else is to be said of a network by name. */
function describe(summary: ModelSummary, architecture?: string, notes?: string): string {
  const { parameters, units, multiplyAdds } = summary;
  const totals =
    `${grouped(parameters)} parameters, ${grouped(units)} units (outputs of layers of products), ` +
    `${grouped(multiplyAdds)} connections (products)`;
  const weights = architecture === undefined ? "" : describeWeights(architecture);
  return [
    summaryTable(summary),
    totals,
    ...(weights === "" ? [] : [weights]),
    ...(notes === undefined ? [] : ["", wrap(notes, 100)]),
  ].join("\n");
}

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
