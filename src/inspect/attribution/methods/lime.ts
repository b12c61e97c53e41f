/**
 * LIME: a linear model of the target around a sample, over segments that are there or covered,
 *
 *   t(x with zᵢ = 0 covered) ≈ b + Σᵢ vᵢ zᵢ,    zᵢ ∈ {0, 1},    m = vᵢ at the positions of segment i,
 *
 * fitted by ridge regression to random z, weighted by exp(−d² / width²), where d = 1 − √(share of segments there) is the cosine
 * distance to the sample. Segments are superpixels of pictures, and stretches of sounds and sentences, single words where there
 * are enough of them. Source: Ribeiro, Singh, Guestrin 2016. Where it misleads: another seed, another segmentation or another
 * width give another answer; look at `fit`, the share of the variance that the linear model explains.
 */
import { mapValues, NdArray, Random } from "../../../array/index.ts";
import { type Picture, superpixels } from "../../../image/index.ts";
import { integer, positive, withDefault } from "../../../options/index.ts";
import type { Arrays } from "../../../train/index.ts";
import { type Baseline, baselineOption, baselinesFor } from "../baseline.ts";
import { blend, type Layout, positionsIn, rowData } from "../layout.ts";
import { askingProbe, defineMethod, indicesOf } from "../method.ts";
import { ridge } from "../ridge.ts";
import type { Subject } from "../subject.ts";
import { variantsOf } from "../variants.ts";

/** Options of the method `lime`. */
export interface LimeOptions {
  /** About how many segments the sample is divided into. Default 50. */
  readonly segments?: number | undefined;
  /** How many random coverings the linear model is fitted to. Default 500. */
  readonly samples?: number | undefined;
  /** The width of the neighborhood, in cosine distance. Default 0.25. */
  readonly width?: number | undefined;
  /** λ of the ridge regression, above 0. Default 1. */
  readonly lambda?: number | undefined;
  /** What covers: a number, `mean` of the model's normalization, or an array. Default `mean`. */
  readonly baseline?: Baseline | undefined;
  /** The seed of the coverings. Default 0. */
  readonly seed?: number | undefined;
}

/** The segment of each position, by place, numbered through all places. */
interface Segments {
  readonly of: Readonly<Record<string, Int32Array>>;
  readonly count: number;
}

/** What the linear model of a sample is fitted to. */
interface Scene {
  readonly segments: Segments;
  /** Which segments are there, 1, or covered, 0, in each covering, [coverings · segments]. */
  readonly present: Float64Array;
  /** The target under each covering. */
  readonly targets: Float64Array;
}

export const lime = defineMethod({
  name: "lime",
  options: {
    segments: withDefault(integer(2), 50),
    samples: withDefault(integer(2), 500),
    width: withDefault(positive(), 0.25),
    lambda: withDefault(positive(), 1),
    baseline: baselineOption,
    seed: withDefault(integer(0), 0),
  },
  prepare: (subject, { segments: wanted, samples: count, width, lambda, baseline, seed }) => {
    const look = askingProbe(subject, { values: subject.places });
    const runVariants = variantsOf(subject, false);
    return async (inputs, given) => {
      const { values, target, index } = await look(inputs, given);
      const baselines = baselinesFor(subject, values, baseline);
      const scenes = Array.from({ length: target.size }, (_, sample): Scene => {
        const segments = segmentsOf(subject, values, sample, wanted);
        return { segments, present: coverings(segments.count, count, seed), targets: new Float64Array(count) };
      });
      await runVariants(
        { inputs, index: indicesOf({ target, index }), values },
        {
          count,
          write: (into, path, sample, k) => {
            const { segments, present } = scenes[sample];
            const row = present.subarray(k * segments.count, (k + 1) * segments.count);
            const [own, nothing] = [values, baselines].map(({ [path]: array }) => rowData(array, sample));
            blend(
              subject.layouts[path],
              own,
              nothing,
              Float32Array.from(segments.of[path], (s) => row[s]),
              into,
            );
          },
          read: (covered, _, sample, k) => {
            scenes[sample].targets[k] = covered;
          },
        },
      );
      const fits = scenes.map(({ present, targets }) =>
        ridge(present, targets, nearness(present, count, width), lambda),
      );
      return {
        maps: perPosition(subject, scenes, "f32", (sample, segment) => fits[sample].coefficients[segment]),
        target,
        index,
        segments: perPosition(subject, scenes, "i32", (_, segment) => segment),
        fit: new NdArray(
          fits.map(({ explained }) => explained),
          [fits.length],
        ),
      };
    };
  },
});

/** A number for the segment of each position, by place, [n, …] with one channel. */
function perPosition(
  { layouts }: Subject,
  scenes: readonly Scene[],
  dtype: "f32" | "i32",
  numberOf: (sample: number, segment: number) => number,
): Arrays {
  return mapValues(layouts, ({ mapShape }, path) => {
    const numbers = scenes.flatMap(({ segments }, sample) => Array.from(segments.of[path], (s) => numberOf(sample, s)));
    return new NdArray(numbers, [scenes.length, ...mapShape], dtype);
  });
}

/** The segments of one sample at all places. */
function segmentsOf({ layouts }: Subject, values: Arrays, sample: number, wanted: number): Segments {
  let count = 0;
  const of = mapValues(layouts, (layout, path) => {
    const own = segmentsAt(layout, rowData(values[path], sample), wanted).map((segment) => segment + count);
    count = 1 + own.reduce((a, b) => Math.max(a, b));
    return own;
  });
  return { of, count };
}

/** Superpixels where there are two spatial axes, else stretches of about the same length. */
function segmentsAt(layout: Layout, own: Float32Array, wanted: number): Int32Array {
  const [height, width] = layout.spatial;
  if (layout.spatial.length === 2) return superpixels(pictureOf(layout, own, height, width), { count: wanted }).labels;
  const positions = positionsIn(layout);
  const count = Math.min(wanted, positions);
  return Int32Array.from({ length: positions }, (_, i) => Math.floor((i * count) / positions));
}

/** Three channels in color, others as their mean in gray. */
function pictureOf({ positionOf, channels, shape }: Layout, own: Float32Array, height: number, width: number): Picture {
  const isColor = channels === 0 && shape[0] === 3;
  const data = new Float32Array(width * height * (isColor ? 3 : 1));
  const share = (width * height) / own.length;
  for (let i = 0; i < own.length; i++) {
    if (isColor) data[3 * positionOf[i] + Math.floor(i / (width * height))] = own[i];
    else data[positionOf[i]] += share * own[i];
  }
  return { width, height, channels: isColor ? 3 : 1, data };
}

/** Each segment is there or covered with the same probability; the first covering covers nothing. */
function coverings(segments: number, count: number, seed: number): Float64Array {
  const random = new Random(seed, "lime");
  return Float64Array.from({ length: segments * count }, (_, i) => (i < segments || random.chance(0.5) ? 1 : 0));
}

/** exp(−d² / width²) of each covering. */
function nearness(present: Float64Array, count: number, width: number): Float64Array {
  const segments = present.length / count;
  return Float64Array.from({ length: count }, (_, k) => {
    const share = present.subarray(k * segments, (k + 1) * segments).reduce((a, b) => a + b) / segments;
    return Math.exp(-(((1 - Math.sqrt(share)) / width) ** 2));
  });
}
