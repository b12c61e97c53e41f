/**
 * Score-CAM: maps weighted by what the network says where each of them lets the input through,
 *
 *   wₖ = softmaxₖ t(x′ + Hₖ (x − x′)),    Hₖ = Aₖ at the size of the input, scaled to 0 … 1,
 *
 * with a baseline x′. Constant maps let nothing through. Source: Wang et al. 2020. It takes as many forward passes as the layer
 * has channels, and no derivative. Where it misleads: half-covered pictures are unlike any that the network has seen.
 */
import { mapValues } from "../../../array/index.ts";
import type { Arrays } from "../../../train/index.ts";
import { type Baseline, baselineOption, baselinesFor } from "../baseline.ts";
import { atPlaces, interpolate, layerOption, mapsLayer, weightedMaps } from "../class-maps.ts";
import { blend, rowData } from "../layout.ts";
import { askingProbe, defineMethod, indicesOf } from "../method.ts";
import { variantsOf } from "../variants.ts";
import type { ClassMapOptions } from "./grad-cam.ts";

/** Options of the method `score-cam`. */
export interface ScoreCamOptions extends ClassMapOptions {
  /** What stands for nothing: a number, `mean` of the model's normalization, or an array. Default `mean`. */
  readonly baseline?: Baseline | undefined;
}

export const scoreCam = defineMethod({
  name: "score-cam",
  options: { layer: layerOption, baseline: baselineOption },
  prepare: (subject, { layer: given, baseline }) => {
    const layer = mapsLayer("score-cam", subject, given);
    const look = askingProbe(subject, { values: [...subject.places, layer] });
    const runVariants = variantsOf(subject, false);
    return async (inputs, chosen) => {
      const { values, ...asked } = await look(inputs, chosen);
      const own: Arrays = Object.fromEntries(subject.places.map((path) => [path, values[path]]));
      const baselines = baselinesFor(subject, own, baseline);
      const maps = values[layer];
      const [n, channels] = maps.shape;
      const masks = mapValues(subject.layouts, ({ spatial }, path) => {
        if (spatial.length !== maps.shape.length - 2) return undefined;
        return (sample: number, channel: number) => {
          const plane = maps.row(sample).row(channel);
          return scaled(interpolate(plane.reshape([1, ...plane.shape]), subject.layouts[path].spatial).data);
        };
      });
      const scores = new Float64Array(n * channels);
      await runVariants(
        { inputs, index: indicesOf(asked), values: own },
        {
          count: channels,
          write: (into, path, sample, channel) => {
            const [value, nothing] = [own, baselines].map(({ [path]: array }) => rowData(array, sample));
            const mask = masks[path]?.(sample, channel);
            if (mask === undefined) into.set(value);
            else blend(subject.layouts[path], value, nothing, mask, into);
          },
          read: (target, _, sample, channel) => {
            scores[sample * channels + channel] = target;
          },
        },
      );
      const coarse = weightedMaps(maps, softmaxRows(scores, channels));
      const { target, index } = asked;
      return { maps: atPlaces("score-cam", subject, layer, coarse), target, index, layer, coarse };
    };
  },
});

/** Values from 0 for the smallest to 1 for the largest; 0 if all are equal. */
function scaled(values: ArrayLike<number>): Float64Array {
  const all = Float64Array.from(values);
  const [low, high] = [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))];
  return all.map((value) => (high > low ? (value - low) / (high - low) : 0));
}

function softmaxRows(scores: Float64Array, columns: number): Float64Array {
  const shares = new Float64Array(scores.length);
  for (let start = 0; start < scores.length; start += columns) {
    const row = scores.subarray(start, start + columns);
    const most = row.reduce((a, b) => Math.max(a, b));
    const weights = row.map((score) => Math.exp(score - most));
    const total = weights.reduce((a, b) => a + b);
    shares.set(
      weights.map((weight) => weight / total),
      start,
    );
  }
  return shares;
}
