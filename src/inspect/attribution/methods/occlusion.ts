/**
 * Occlusion: a window slides over the sample and covers it with a baseline x′; each position gets the mean fall of the target
 * under the windows that cover it,
 *
 *   m[p] = mean over windows W with p ∈ W of t(x) − t(x with x′ in W).
 *
 * Source: Zeiler and Fergus 2014, who slide a gray square. Where it misleads: one of two equal objects can be covered without
 * harm, so that both seem unimportant; and the window's size decides what is found.
 */
import { NdArray, OptionError } from "../../../array/index.ts";
import { optional, sizes } from "../../../options/index.ts";
import { type Baseline, baselineOption, baselinesFor } from "../baseline.ts";
import { blend, type Layout, positionsIn, rowData } from "../layout.ts";
import { askingProbe, defineMethod, indicesOf } from "../method.ts";
import { variantsOf } from "../variants.ts";

/** Options of the method `occlusion`. */
export interface OcclusionOptions {
  /** The window's length along each axis in space or time: one number, or one for each. Default: a fifth, at least 1. */
  readonly window?: number | readonly number[] | undefined;
  /** The distance between neighboring windows. Default: half a window, at least 1. */
  readonly stride?: number | readonly number[] | undefined;
  /** What covers: a number, `mean` of the model's normalization, or an array. Default `mean`. */
  readonly baseline?: Baseline | undefined;
}

export const occlusion = defineMethod({
  name: "occlusion",
  options: { window: optional(sizes(1)), stride: optional(sizes(1)), baseline: baselineOption },
  prepare: (subject, { window, stride, baseline }) => {
    const look = askingProbe(subject, { values: subject.places });
    const runVariants = variantsOf(subject, false);
    const covers = subject.places.map((path) => ({
      path,
      windows: windowsOver(subject.layouts[path], window, stride),
    }));
    const all = covers.flatMap(({ path, windows }) => windows.map((covered) => ({ path, covered })));
    return async (inputs, given) => {
      const { values, ...asked } = await look(inputs, given);
      const baselines = baselinesFor(subject, values, baseline);
      const n = asked.target.size;
      const falls = new Float64Array(n * all.length);
      const share = Object.fromEntries(
        covers.map(({ path }) => [path, new Float32Array(positionsIn(subject.layouts[path]))]),
      );
      await runVariants(
        { inputs, index: indicesOf(asked), values },
        {
          count: all.length,
          write: (into, path, sample, k) => {
            const [own, nothing] = [values, baselines].map(({ [path]: array }) => rowData(array, sample));
            if (all[k].path !== path) return into.set(own);
            share[path].fill(1);
            for (const position of all[k].covered) share[path][position] = 0;
            blend(subject.layouts[path], own, nothing, share[path], into);
          },
          read: (target, _, sample, k) => {
            falls[sample * all.length + k] = asked.target.data[sample] - target;
          },
        },
      );
      const maps = covers.map(({ path }) => [path, meanFalls(subject.layouts[path], path, all, falls, n)]);
      return { maps: Object.fromEntries(maps), target: asked.target, index: asked.index };
    };
  },
});

/** A window: the place that it covers, and which positions there. */
interface Cover {
  readonly path: string;
  readonly covered: readonly number[];
}

/** The mean of the falls under all windows that cover each position, 0 where there is none. */
function meanFalls(
  { mapShape, ...layout }: Layout,
  path: string,
  all: readonly Cover[],
  falls: Float64Array,
  n: number,
): NdArray {
  const positions = positionsIn({ mapShape, ...layout });
  const [sums, counts] = [new Float64Array(n * positions), new Float64Array(positions)];
  for (const [k, cover] of all.entries()) {
    if (cover.path !== path) continue;
    for (const position of cover.covered) {
      counts[position]++;
      for (let i = 0; i < n; i++) sums[i * positions + position] += falls[i * all.length + k];
    }
  }
  const means = Float32Array.from(sums, (sum, i) => (counts[i % positions] > 0 ? sum / counts[i % positions] : 0));
  return new NdArray(means, [n, ...mapShape], "f32");
}

/** The positions of each window, the last one along an axis at its end. @throws OptionError for a window that does not fit */
function windowsOver(
  { spatial }: Layout,
  window: number | readonly number[] | undefined,
  stride: number | readonly number[] | undefined,
): readonly (readonly number[])[] {
  const lengths = perAxis("window", spatial, window ?? spatial.map((n) => Math.max(1, Math.round(n / 5))));
  const steps = perAxis("stride", spatial, stride ?? lengths.map((n) => Math.max(1, Math.floor(n / 2))));
  const tooLong = lengths.findIndex((length, axis) => length > spatial[axis]);
  if (tooLong >= 0)
    throw new OptionError(`occlusion: window ${lengths[tooLong]}, the axis has ${spatial[tooLong]} positions`);
  let covers: number[][] = [[0]];
  for (const [axis, length] of spatial.entries()) {
    const starts = startsAlong(length, lengths[axis], steps[axis]);
    covers = covers.flatMap((cover) =>
      starts.map((start) =>
        cover.flatMap((position) => Array.from({ length: lengths[axis] }, (_, i) => position * length + start + i)),
      ),
    );
  }
  return covers;
}

function startsAlong(length: number, window: number, step: number): readonly number[] {
  const starts = Array.from({ length: Math.floor((length - window) / step) + 1 }, (_, i) => i * step);
  return starts.at(-1)! + window < length ? [...starts, length - window] : starts;
}

function perAxis(name: string, spatial: readonly number[], given: number | readonly number[]): readonly number[] {
  const list = typeof given === "number" ? spatial.map(() => given) : given;
  if (list.length === spatial.length) return list;
  throw new OptionError(`occlusion: ${name} [${list}] has ${list.length} numbers for ${spatial.length} axes`);
}
