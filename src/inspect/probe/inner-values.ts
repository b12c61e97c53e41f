/** The values inside a network that is applied in a trace: found by path or pattern, and replaced by others. */
import { isFloat, namePattern } from "../../array/index.ts";
import { createGraph, type Tensor } from "../../graph/index.ts";
import type { Model } from "../../nn/index.ts";
import { cast, mul } from "../../ops/index.ts";
import { rewrite } from "../../passes/index.ts";
import type { Tensors } from "../../train/index.ts";

/** What a network has computed. */
export interface Applied {
  /** Inputs and outputs, by name. */
  readonly ends: Tensors;
  readonly outputs: Tensors;
  /** The inner values that were asked for, by path. */
  readonly tapped: ReadonlyMap<string, Tensor>;
}

export function applied(model: Model, given: Tensors, asked: readonly string[]): Applied {
  const inputs = Object.fromEntries(Object.entries(given).map(([name, x]) => [name, asFloats(model, name, x)]));
  const tapped = new Map<string, Tensor>();
  const isEnd = (name: string): boolean => Object.hasOwn(model.inputs, name) || model.outputs.includes(name);
  const taps = asked.filter((path) => !isEnd(path));
  const outputs = model.apply(inputs, { taps, onTap: (path, value) => void tapped.set(path, value) });
  return { ends: { ...inputs, ...outputs }, outputs, tapped };
}

/** The network with other values in some places, and what follows from them. */
export function replacing({ ends, outputs, tapped }: Applied, instead: Tensors): Applied {
  const others = new Map(Object.entries(instead).map(([path, value]) => [tapped.get(path)!, value]));
  if (others.size === 0) return { ends, outputs, tapped };
  const [names, paths] = [Object.keys(outputs), [...tapped.keys()]];
  const graph = createGraph([], [...Object.values(outputs), ...tapped.values()], []);
  const next = rewrite(graph, (node) => {
    if (!node.outputs.some((output) => others.has(output))) return undefined;
    return node.outputs.map((output) => others.get(output) ?? output);
  }).outputs;
  const changed = Object.fromEntries(names.map((name, i) => [name, next[i]]));
  return {
    ends: { ...ends, ...changed },
    outputs: changed,
    tapped: new Map(paths.map((path, i) => [path, next[names.length + i]])),
  };
}

/** Bytes as value / 255, so that there is something to derive by. */
const asFloats = ({ inputs }: Model, name: string, x: Tensor): Tensor =>
  inputs[name]?.dtype === "f32" && !isFloat(x.dtype) ? mul(cast(x, "f32"), 1 / 255) : x;

/** The values at paths and patterns of a network that is applied inside a trace, by path; of its inputs as floats. */
export const innerValues = (model: Model, given: Tensors, paths: readonly string[]): Tensors =>
  selected(applied(model, given, paths), paths);

/** The values that paths and patterns name, by path. */
export function selected({ ends, tapped }: Applied, asked: readonly string[]): Tensors {
  const paths = asked.flatMap((path) => {
    if (Object.hasOwn(ends, path) || tapped.has(path)) return [path];
    return [...tapped.keys()].filter(namePattern(path));
  });
  return Object.fromEntries(paths.map((path) => [path, ends[path] ?? tapped.get(path)!]));
}
