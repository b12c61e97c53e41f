/**
 * Deletion and insertion curves compare attributions without an eye that judges them: positions are covered by a baseline in the
 * order of the map, the strongest first, or uncovered from a covered sample, and the target is noted after each step.
 *
 *   area = ∫₀¹ t(share of positions) d share        (trapezoids)
 *
 * A good map has a small area of deletion and a large one of insertion. Source: Petsiuk, Das, Saenko 2018, "RISE". Where they
 * mislead: partly covered samples are unlike any that the network was trained on, and the baseline decides how unlike.
 */
import { mapValues, NdArray, OptionError } from "../../array/index.ts";
import type { EngineChoice } from "../../engines/index.ts";
import type { Model } from "../../nn/index.ts";
import { checkModel } from "../../nn/index.ts";
import { integer, readOptions, type Schema, withDefault } from "../../options/index.ts";
import { type Arrays, arraysByName } from "../../train/index.ts";
import { classTarget, type Target } from "../probe/index.ts";
import { type Chosen, indexOf } from "./attribute.ts";
import { type Baseline, baselineOption, baselinesFor } from "./baseline.ts";
import { blend, type Layout, rowData, sumOverChannels } from "./layout.ts";
import { askingProbe, indicesOf } from "./method.ts";
import { subjectOf } from "./subject.ts";
import { variantsOf } from "./variants.ts";

/** Options of `perturbationCurves`. */
export interface CurveOptions {
  /** The number that is noted. Default: the probability of a class. */
  readonly target?: Target | undefined;
  /** A class or unit for all samples or for each. Default: the largest of each. */
  readonly index?: Chosen | undefined;
  /** The number of steps from nothing to all. Default 20. */
  readonly steps?: number | undefined;
  /** What covers: a number, `mean` of the model's normalization, or an array. Default `mean`. */
  readonly baseline?: Baseline | undefined;
  /** The most altered copies in one run of the network. Default 32. */
  readonly batch?: number | undefined;
  /** The engine, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
}

const schema = {
  steps: withDefault(integer(1), 20),
  baseline: baselineOption,
  batch: withDefault(integer(1), 32),
} satisfies Schema;

/** What becomes of the target while positions are covered, or uncovered. */
export interface Curves {
  /** The target with the strongest 0, 1/steps, …, 1 of the positions covered, `f32` [n, steps + 1]. */
  readonly deletion: NdArray;
  /** The target with only these there, likewise. */
  readonly insertion: NdArray;
  /** The area under each curve, `f32` [n]. */
  readonly deletionArea: NdArray;
  /** The same for insertion. */
  readonly insertionArea: NdArray;
}

/**
 * Deletion and insertion curves of maps, such as `attribute` gives; channels are added up.
 * @param maps by input or layer, [n, …] in the shape of its value or with one channel
 * @throws OptionError for maps of another shape
 */
export async function perturbationCurves(
  model: Model,
  inputs: NdArray | Arrays,
  maps: Arrays,
  options: CurveOptions = {},
): Promise<Curves> {
  checkModel("perturbationCurves", model);
  const { target = classTarget({ of: "probability" }), index = -1, engine, ...rest } = options;
  const { steps, baseline, batch } = readOptions("perturbationCurves", schema, rest);
  const subject = subjectOf(model, { target, of: Object.keys(maps), batch, engine });
  const given = arraysByName("perturbationCurves", model, inputs);
  const { values, ...asked } = await askingProbe(subject, { values: subject.places })(given, indexOf(model, index));
  const baselines = baselinesFor(subject, values, baseline);
  const n = asked.target.size;
  const ranks = mapValues(maps, (map, path) =>
    Array.from({ length: n }, (_, i) => rankShares(subject.layouts[path], map, i, n, path)),
  );
  const curves = [new Float32Array(n * (steps + 1)), new Float32Array(n * (steps + 1))];
  await variantsOf(subject, false)(
    { inputs: given, index: indicesOf(asked), values },
    {
      // First deletion, then insertion.
      count: 2 * (steps + 1),
      write: (into, path, sample, copy) => {
        const share = (copy % (steps + 1)) / steps;
        const [own, nothing] = [values, baselines].map(({ [path]: array }) => rowData(array, sample));
        const isStrong = ranks[path][sample].map((rank) => Number(rank < share));
        const kept = copy > steps ? isStrong : isStrong.map((strong) => 1 - strong);
        blend(subject.layouts[path], own, nothing, kept, into);
      },
      read: (value, _, sample, copy) => {
        curves[copy > steps ? 1 : 0][sample * (steps + 1) + (copy % (steps + 1))] = value;
      },
    },
  );
  const [deletion, insertion] = curves.map((data) => new NdArray(data, [n, steps + 1], "f32"));
  return { deletion, insertion, deletionArea: areas(deletion), insertionArea: areas(insertion) };
}

/** The share of positions that are stronger than each, from 0; of equal ones the first in order. */
function rankShares(layout: Layout, maps: NdArray, sample: number, n: number, path: string): Float64Array {
  const positions = layout.spatial.reduce((a, b) => a * b, 1);
  const size = maps.size / n;
  if (maps.shape[0] !== n || (size !== positions && size !== layout.positionOf.length))
    throw new OptionError(
      `perturbationCurves: the map of '${path}' is [${maps.shape}], expected [${[n, ...layout.mapShape]}] or [${[n, ...layout.shape]}]`,
    );
  const own = rowData(maps, sample);
  const strengths = size === positions ? Float64Array.from(own) : sumOverChannels(layout, own);
  const order = Uint32Array.from(strengths, (_, i) => i).sort((i, j) => strengths[j] - strengths[i]);
  const ranks = new Float64Array(positions);
  for (const [rank, position] of order.entries()) ranks[position] = rank / positions;
  return ranks;
}

/** The area under each row, by trapezoids over [0, 1]. */
function areas(curves: NdArray): NdArray {
  const [n, points] = curves.shape;
  const data = Float32Array.from({ length: n }, (_, i) => {
    const row = rowData(curves, i);
    const ends = (row[0] + row[points - 1]) / 2;
    return (row.reduce((a, b) => a + b) - ends) / (points - 1);
  });
  return new NdArray(data, [n], "f32");
}
