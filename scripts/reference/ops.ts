/** Operations: what users call, and the records behind. */
import {
  applyOp,
  fill,
  formatType,
  type NoGradient,
  type Op,
  type OpNode,
  sampleAttributes,
  type TensorType,
  trace,
} from "../../src/graph/index.ts";
import { byFile, recordsOf, source } from "./entries.ts";
import { show } from "./functions.ts";
import { contents, type Group, section } from "./groups.ts";
import { blocks, heading, line, page, table, word } from "./markdown.ts";
import type { Exported } from "./source.ts";

export function opsPage(): string {
  const groups = [...byFile(source().exportsOf("src/ops/catalog.ts"))].map(([file, all]) => groupOf(file, all));
  return page(
    heading(1, "Operations"),
    'Functions over tensors: `import { conv, relu } from "fovea"`. Each group is one file with the functions that users call and the ' +
      "records behind them. A record defines an op for graphs and engines; the example shows the shapes of its first test. Shape " +
      "errors are raised while tracing. [Engines](engines.md) lists which engine has which op.",
    contents(groups),
    ...groups.map((group) => section(group)),
  );
}

function groupOf(file: string, all: readonly Exported[]): Group {
  const records = all.flatMap((one) =>
    recordsOf(one).map((op) => ({ op, text: one.kind === "function" ? one.text : "" })),
  );
  const functions = all.filter((one) => one.kind === "function" && recordsOf(one).length === 0);
  const names = functions.length > 0 ? functions.map(({ name }) => name) : records.map(({ op }) => op.name);
  return {
    file,
    functions,
    names,
    types: all.filter(({ kind, name }) => kind === "type" && !name.endsWith("Options")),
    more: blocks(recordTable(records), attributeTable(records.map(({ op }) => op))),
  };
}

interface Documented {
  readonly op: Op;
  readonly text: string;
}

function recordTable(records: readonly Documented[]): string {
  const isTold = records.some(({ text }) => text !== "");
  return table(
    ["record", "takes", "for example", "gradient", ...(isTold ? [""] : [])],
    records.map(({ op, text }) => [
      word(op.name),
      op.inputs.length === 0 ? "nothing" : op.inputs.map(word).join(", "),
      ...firstSample(op),
      ...(isTold ? [line(text)] : []),
    ]),
  );
}

/** Inputs and outputs of the first sample by the op's own rules, and whether derivatives go through it. */
function firstSample(op: Op): [example: string, gradient: string] {
  const [sample] = op.samples;
  if (sample === undefined) return ["–", typeof op.gradient === "function" ? "yes" : none(op.gradient)];
  const types = sample.inputs.map(({ shape, dtype = "f32" }): TensorType => ({ shape, dtype }));
  let told: [string, string] = ["", ""];
  trace((...inputs) => {
    const node = applyOp(op, inputs, sampleAttributes(sample, inputs));
    const written = [node.inputs, node.outputs].map((tensors) => tensors.map(formatType).map(word).join(", "));
    const given = Object.entries(sampleAttributes(sample, inputs)).map(
      ([name, value]) => `${name} ${JSON.stringify(value)}`,
    );
    told = [`${written.join(" → ")}${given.length > 0 ? `, with ${given.join(", ")}` : ""}`, gradientOf(node)];
  }, types);
  return told;
}

/** Where a rule has no derivative for any input, the op is constant between jumps. */
function gradientOf(node: OpNode): string {
  const { gradient } = node.op;
  if (typeof gradient !== "function") return none(gradient);
  const slopes = node.outputs.map(({ shape, dtype }) => fill(1, shape, dtype));
  return gradient(node as never, slopes).some((slope) => slope !== undefined) ? "yes" : "0";
}

const none = (gradient: NoGradient): string => `none: ${line(gradient.none)}`;

/** A row for each attribute of each record: what several have alike stands in each of them. */
function attributeTable(ops: readonly Op[]): string {
  const rows = ops.flatMap(({ name, attributes }) =>
    Object.entries(attributes).map(([attribute, kind]) => [
      word(name),
      word(attribute),
      line(kind.expects),
      "fallback" in kind ? show(kind.fallback) : "required",
    ]),
  );
  return table(["record", "attribute", "is", "default"], rows);
}
