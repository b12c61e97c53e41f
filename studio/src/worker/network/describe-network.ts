/** A network's text line by line: what each layer makes of its input, what it costs, and what is wrong in which line. */
import { FoveaError, nn } from "fovea";
import { type ModelSummary, summarize } from "fovea/inspect";
import type { DescribedLine, LineError, NetworkDescription } from "../api/network.ts";
import { optionsOf } from "./layer-options.ts";
import { type Line, networkOf, readLines } from "./read-network.ts";
import { calledName } from "./read-value.ts";

/** Describes a text for pictures [channels, height, width] of some classes. */
export function describeNetwork(text: string, input: readonly number[], classes: number): NetworkDescription {
  const { architecture, lines, errors } = readLines(text);
  const read = errors.map(({ line, message }) => ({ line, message }));
  if (architecture !== undefined) return describeArchitecture(architecture, input, classes);
  // Layers after one that cannot be read have no input.
  const end = read.length > 0 ? Math.min(...read.map(({ line }) => line)) : Number.POSITIVE_INFINITY;
  const applied = lines.filter(({ line }) => line < end);
  const { summary, count, problem } = longestPrefix(applied, input);
  const described = lines.map((line, i) => describeLine(line, text, i < count ? summary : undefined, lines, i));
  const found = [...read, ...(problem === undefined ? [] : [problem])];
  return {
    architecture: undefined,
    lines: described,
    errors: found.length > 0 ? sorted(found) : endError(described, classes),
    ...totals(described),
  };
}

function describeArchitecture(name: string, input: readonly number[], classes: number): NetworkDescription {
  try {
    const { parameters, multiplyAdds } = summarize(
      nn.Model.build(networkOf({ architecture: name }, input, classes), { input }),
    );
    return { architecture: name, lines: [], errors: [], parameters, multiplyAdds };
  } catch (error) {
    return { architecture: name, lines: [], errors: [errorAt(1, error)], parameters: 0, multiplyAdds: 0 };
  }
}

/** As many layers as fit their inputs, from the first on, and what is wrong with the next. */
function longestPrefix(
  lines: readonly Line[],
  input: readonly number[],
): { readonly summary: ModelSummary | undefined; readonly count: number; readonly problem: LineError | undefined } {
  const attempt = (count: number): ModelSummary | Error => {
    try {
      return summarize(nn.Model.build(networkOf({ lines: lines.slice(0, count) }, input, 0), { input }));
    } catch (error) {
      return error as Error;
    }
  };
  let fitting = 0;
  let failing = lines.length + 1;
  let problem: Error | undefined;
  let summary: ModelSummary | undefined;
  // What fails with some layers fails with more: halve what lies between. The whole is tried first, as it mostly fits.
  for (let count = lines.length; fitting + 1 < failing; count = Math.ceil((fitting + failing - 1) / 2)) {
    if (count === 0) break;
    const result = attempt(count);
    if (result instanceof Error) {
      failing = count;
      problem = result;
    } else {
      fitting = count;
      summary = result;
    }
  }
  return { summary, count: fitting, problem: problem && errorAt(lines[failing - 1].line, problem) };
}

function describeLine(
  { layer, call, line }: Line,
  text: string,
  summary: ModelSummary | undefined,
  lines: readonly Line[],
  index: number,
): DescribedLine {
  const path = pathsOf(lines)[index];
  const rows = (summary?.layers ?? []).filter((row) => row.path === path || row.path.startsWith(`${path}.`));
  return {
    line,
    from: call.start,
    to: call.end,
    name: calledName(call, text),
    options: optionsOf(layer, call, text),
    isNested: Object.values(layer.options).some((value) => Array.isArray(value) && value.some(isNamedLayer)),
    // Rows of inner layers come before the row of the layer; what takes none of its own has the output of its last.
    output: rows.at(-1)?.output,
    ...totals(rows),
  };
}

/** The path of each layer: the name that it was given, or its number. */
const pathsOf = (lines: readonly Line[]): readonly string[] =>
  (nn.sequential(...lines.map(({ layer }) => layer)).options.layers as readonly nn.NamedLayer[]).map(
    ({ name }) => name,
  );

const isNamedLayer = (value: unknown): boolean => typeof value === "object" && value !== null && "layer" in value;

/** Scores of classes are what is trained: a list of them for each picture. */
function endError(lines: readonly DescribedLine[], classes: number): readonly LineError[] {
  const last = lines.at(-1);
  if (last?.output === undefined || (last.output.length === 1 && last.output[0] === classes)) return [];
  const got = `[${last.output.join(", ")}]`;
  const change = last.output.length > 1 ? `flatten() and linear(${classes})` : `linear(${classes})`;
  return [
    {
      line: last.line,
      message: `expected a score for each of ${classes} classes, [${classes}], got ${got}; end with ${change}`,
    },
  ];
}

const sorted = (errors: readonly LineError[]): LineError[] => [...errors].sort((a, b) => a.line - b.line);

function errorAt(line: number, error: unknown): LineError {
  return { line, message: error instanceof FoveaError ? error.message : `this layer cannot be built: ${error}` };
}

const totals = (rows: readonly { readonly parameters: number; readonly multiplyAdds: number }[]) => ({
  parameters: rows.reduce((sum, { parameters }) => sum + parameters, 0),
  multiplyAdds: rows.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0),
});
