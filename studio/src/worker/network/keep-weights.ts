/**
 * Weights that survive a change of the network: those of layers that are in both, in the same order. Layers match when they are
 * written alike and have parameters of the same shapes; the longest common subsequence says which are the same.
 */
import type { nn } from "fovea";
import type { KeptLayer } from "../api/network.ts";

/** A layer with what belongs to it. */
export interface LayerWeights {
  readonly path: string;
  readonly type: string;
  /** Equal for layers that are written alike. */
  readonly text: string;
  /** Shapes of parameters and other values, by name within the layer. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
}

/** Pairs of places, of the former list and the new one, in order: as many as can be. */
export function alignLayers(
  former: readonly LayerWeights[],
  next: readonly LayerWeights[],
): readonly (readonly [former: number, next: number])[] {
  const [a, b] = [former, next].map((layers) => layers.map(({ text, shapes }) => `${text} ${JSON.stringify(shapes)}`));
  // lengths[i][j]: how many match from places i and j on.
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i][j] = a[i] === b[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (lengths[i + 1][j] >= lengths[i][j + 1]) i++;
    else j++;
  }
  return pairs;
}

/** Gives a new model the weights of matching layers of a former one, and tells which those are. */
export async function keepWeights(former: nn.Model, next: nn.Model): Promise<readonly KeptLayer[]> {
  const [from, to] = [layersOf(former), layersOf(next)];
  const known = new Map(former.variables.map((variable) => [variable.name, variable]));
  const targets = new Map(next.variables.map((variable) => [variable.name, variable]));
  const kept: KeptLayer[] = [];
  for (const [i, j] of alignLayers(from, to)) {
    const names = Object.keys(to[j].shapes);
    if (names.length === 0) continue;
    for (const name of names)
      targets.get(`${to[j].path}.${name}`)!.value = (await known.get(`${from[i].path}.${name}`)!.fetch()).copy();
    const parameters = Object.values(to[j].shapes).reduce((sum, shape) => sum + shape.reduce((n, k) => n * k, 1), 0);
    kept.push({ from: from[i].path, to: to[j].path, type: to[j].type, parameters });
  }
  return kept;
}

/** The layers one after the other, those of nested sequences among them. */
export function layersOf(model: nn.Model): readonly LayerWeights[] {
  const list = (layer: nn.Layer, path: string): LayerWeights[] => {
    if (layer.type === "sequential")
      return (layer.options.layers as readonly nn.NamedLayer[]).flatMap((member) =>
        list(member.layer, path === "" ? member.name : `${path}.${member.name}`),
      );
    const within = model.variables.filter(({ name }) => name.startsWith(`${path}.`));
    const shapes = Object.fromEntries(within.map(({ name, shape }) => [name.slice(path.length + 1), shape]));
    return [{ path, type: layer.type, text: JSON.stringify(layer), shapes }];
  };
  return list(model.layer, "");
}
