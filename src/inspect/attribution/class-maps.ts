/**
 * Class activation maps: the maps A of a layer, weighted and added up,
 *
 *   L = max(0, Σₖ wₖ Aₖ),
 *
 * and brought to the size of the input by linear interpolation. The methods differ in the weights w.
 */
import { didYouMean, NdArray, OptionError, type Shape, sizeOf } from "../../array/index.ts";
import { resample, resizeTaps } from "../../image/index.ts";
import { optional, text } from "../../options/index.ts";
import type { Arrays } from "../../train/index.ts";
import { layersWithMaps, type Subject } from "./subject.ts";

/** The option `layer` of methods with class activation maps. */
export const layerOption = optional(text());

/** The layer whose maps are weighted: the given one, or the last with more than one position. @throws OptionError without one */
export function mapsLayer(name: string, subject: Subject, given: string | undefined): string {
  const layers = layersWithMaps(subject).map(({ path }) => path);
  if (layers.length === 0)
    throw new OptionError(
      `${name}: the network has no layer with maps, [n, channels, …spatial] of more than one position; take a method without layer, such as integrated-gradients`,
    );
  if (given === undefined) return layers.at(-1)!;
  if (layers.includes(given)) return given;
  throw new OptionError(
    `${name}: there is no layer '${given}' with maps of more than one position${didYouMean(given, layers)}`,
  );
}

/** max(0, Σₖ wₖ Aₖ) of each sample, [n, …spatial]. @param weights of sample and channel, [n · channels] */
export function weightedMaps(maps: NdArray, weights: ArrayLike<number>): NdArray {
  const [n, channels, ...spatial] = maps.shape;
  const size = sizeOf(spatial);
  const sums = new Float64Array(n * size);
  for (let plane = 0; plane < n * channels; plane++) {
    const [from, to] = [plane * size, Math.floor(plane / channels) * size];
    for (let i = 0; i < size; i++) sums[to + i] += weights[plane] * maps.data[from + i];
  }
  return new NdArray(
    Float32Array.from(sums, (sum) => Math.max(0, sum)),
    [n, ...spatial],
    "f32",
  );
}

/**
 * Maps [n, …spatial] at other lengths, by linear interpolation between the centers of positions.
 * @returns [n, …lengths]
 */
export function interpolate(maps: NdArray, lengths: Shape): NdArray {
  let data: ArrayLike<number> = maps.data;
  const shape = [...maps.shape];
  for (const [i, length] of lengths.entries()) {
    const axis = i + 1;
    const [outer, inner] = [shape.slice(0, axis), shape.slice(axis + 1)].map(sizeOf);
    data = resample(data, outer, shape[axis], inner, resizeTaps("a map's length", shape[axis], length));
    shape[axis] = length;
  }
  return new NdArray(data as Float32Array, shape, "f32");
}

/** A layer's map at the size of each place with as many spatial axes. @throws OptionError if there is none */
export function atPlaces(name: string, { layouts }: Subject, layer: string, coarse: NdArray): Arrays {
  const rank = coarse.shape.length - 1;
  const fitting = Object.entries(layouts).filter(([, { spatial }]) => spatial.length === rank);
  if (fitting.length === 0)
    throw new OptionError(
      `${name}: the maps of '${layer}' have ${rank} spatial axes, and none of ${Object.keys(layouts).join(", ")} has as many; choose another layer, or other values in of`,
    );
  return Object.fromEntries(
    fitting.map(([path, { spatial, mapShape }]) => [
      path,
      interpolate(coarse, spatial).reshape([coarse.shape[0], ...mapShape]),
    ]),
  );
}

/** The sum over the positions of each map of [n, channels, …spatial], by a function of a value and its position. */
export function perMap(maps: NdArray, term: (value: number, at: number) => number): Float64Array {
  const [n, channels, ...spatial] = maps.shape;
  const size = sizeOf(spatial);
  const sums = new Float64Array(n * channels);
  for (let at = 0; at < maps.size; at++) sums[Math.floor(at / size)] += term(maps.data[at], at);
  return sums;
}
