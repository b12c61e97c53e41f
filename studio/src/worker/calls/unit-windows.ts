/** The terms of a unit, by the maps that they come from. */
import type { StepTerm } from "fovea/inspect";
import type { UnitWindow } from "../api/unit.ts";

type Place = readonly [channel: number, y: number, x: number];

/**
 * The place of an input element in the maps that it belongs to. A layer may take maps as a list of numbers (after flatten), and
 * maps may have one axis of positions or none.
 */
function placeIn(shape: readonly number[], at: readonly number[]): Place {
  const [, height = 1, width = 1] = maps(shape);
  if (at.length === 1 && shape.length > 1) {
    const [position] = at;
    return [Math.floor(position / (height * width)), Math.floor(position / width) % height, position % width];
  }
  if (at.length === 2) return [at[0], 0, at[1]];
  return [at[0], at[1] ?? 0, at[2] ?? 0];
}

/** A shape as maps [channels, height, width]. */
const maps = (shape: readonly number[]): readonly number[] => (shape.length === 2 ? [shape[0], 1, shape[1]] : shape);

/** One window for each input map with a term, in the order of the maps. @param shapes of the maps that inputs come from */
export function windowsOf(terms: readonly StepTerm[], shapes: readonly (readonly number[])[]): UnitWindow[] {
  const groups = new Map<string, { readonly input: number; readonly found: [Place, StepTerm][] }>();
  for (const term of terms) {
    const at = placeIn(shapes[term.input], term.at);
    const key = `${term.input} ${at[0]}`;
    const group = groups.get(key) ?? { input: term.input, found: [] };
    groups.set(key, group);
    group.found.push([at, term]);
  }
  return [...groups.values()].map(({ input, found }) => windowOf(input, found));
}

function windowOf(input: number, found: readonly (readonly [Place, StepTerm])[]): UnitWindow {
  const [ys, xs] = [1, 2].map((axis) => found.map(([at]) => at[axis]));
  const first: [number, number] = [Math.min(...ys), Math.min(...xs)];
  const size: [number, number] = [Math.max(...ys) - first[0] + 1, Math.max(...xs) - first[1] + 1];
  const empty = (): Float32Array<ArrayBuffer> => new Float32Array(size[0] * size[1]).fill(Number.NaN);
  const [values, factors, products] = [empty(), empty(), empty()];
  let sum = 0;
  for (const [[, y, x], term] of found) {
    const i = (y - first[0]) * size[1] + x - first[1];
    values[i] = term.value;
    factors[i] = term.factor;
    products[i] = term.product;
    sum += term.product;
  }
  return { input, channel: found[0][0][0], first, size, values, factors, products, sum };
}
