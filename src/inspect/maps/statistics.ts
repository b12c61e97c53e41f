/**
 * Statistics of every layer over a data set, streamed: what healthy training looks at. Sums of batches are joined in double
 * precision (Chan, Golub, LeVeque 1979):
 *
 *   n = n₁ + n₂,  δ = μ₂ − μ₁,  μ = μ₁ + δ n₂ / n,  M = M₁ + M₂ + δ² n₁ n₂ / n,  σ² = M / n
 *
 * Source: Glorot and Bengio 2010 (activations and gradients, layer by layer); CMU 11-785, "dead units".
 */
import { isFloat, type NdArray, OptionError } from "../../array/index.ts";
import { type AnyDataset, batchesInOrder, sampleCount } from "../../data/index.ts";
import type { EngineChoice } from "../../engines/index.ts";
import { engineKind } from "../../engines/index.ts";
import type { Tensor } from "../../graph/index.ts";
import { checkModel, type Model } from "../../nn/index.ts";
import {
  cast,
  equal,
  finite,
  gradient,
  greater,
  less,
  max,
  mean,
  min,
  mul,
  not,
  or,
  sqrt,
  square,
  sub,
  sum,
} from "../../ops/index.ts";
import { flag, integer, optional, readOptions, withDefault } from "../../options/index.ts";
import { perBatchType, type Tensors, taskOf, wire } from "../../train/index.ts";
import { applyOnce } from "../rows.ts";

/** Options of `layerStatistics`. */
export interface LayerStatisticsOptions {
  /** Samples per batch. Default 64. */
  readonly batch?: number | undefined;
  /** Whether to derive the loss by layers and parameters. Default true. */
  readonly gradients?: boolean | undefined;
  /** The engine, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
}

/** What a layer gives over a data set. */
export interface LayerStatistics {
  readonly path: string;
  readonly type: string;
  /** Of all its outputs. */
  readonly mean: number;
  readonly deviation: number;
  readonly min: number;
  readonly max: number;
  /** The share of outputs that are 0. */
  readonly zeros: number;
  /** The share of outputs within 1 % of an end of what the function can give; `undefined` for functions without ends. */
  readonly saturated: number | undefined;
  /** The share of outputs that are NaN or infinite. */
  readonly notFinite: number;
  /** The number of units: channels of maps, or numbers. */
  readonly units: number;
  /** The numbers of units that are the same for all samples, at all positions: dead ones. */
  readonly dead: readonly number[];
  /** √ of the mean over samples of ‖∂ loss of a sample / ∂ output‖²; `undefined` without `gradients`. */
  readonly gradientNorm: number | undefined;
}

/** The gradient of a parameter over a data set. */
export interface ParameterStatistics {
  readonly name: string;
  /** ‖w‖. */
  readonly norm: number;
  /** The mean over batches of ‖∂ loss / ∂w‖. */
  readonly gradientNorm: number;
}

/** The statistics of a network. */
export interface NetworkStatistics {
  readonly samples: number;
  /** The mean loss; `undefined` without `gradients`. */
  readonly loss: number | undefined;
  readonly layers: readonly LayerStatistics[];
  /** Empty without `gradients`. */
  readonly parameters: readonly ParameterStatistics[];
}

const schema = {
  batch: withDefault(integer(1), 64),
  gradients: withDefault(flag(), true),
  engine: optional(engineKind),
};

/** The ends of what activation functions can give, by type. */
const ends: Readonly<Record<string, readonly [number, number]>> = {
  tanh: [-1, 1],
  hardTanh: [-1, 1],
  softsign: [-1, 1],
  sigmoid: [0, 1],
  hardSigmoid: [0, 1],
  relu6: [0, 6],
};
const SATURATED = 0.01;

/**
 * Mean, deviation, dead units, saturation and gradients of every layer without layers inside it, over a data set, while
 * predicting: dropout is off, and batch normalization uses its running statistics. Memory does not grow with the data set.
 *
 * Where it misleads: a unit that is dead on some samples may live on others. Gradients are those of the loss where the network
 * is now, which tell little about the step that an optimizer with memory takes; see `createUpdateMeter`.
 * @throws OptionError for invalid options and no samples; DataError where the data do not fit the model
 */
export async function layerStatistics(
  model: Model,
  samples: AnyDataset,
  options: LayerStatisticsOptions = {},
): Promise<NetworkStatistics> {
  checkModel("layerStatistics", model);
  const { batch, gradients, engine } = readOptions("layerStatistics", schema, options);
  const count = sampleCount(samples);
  if (count === 0) throw new OptionError("layerStatistics: there are no samples");
  const types = new Map(
    applyOnce(model)
      .rows.filter(({ isLeaf, path }) => isLeaf && path !== "")
      .map(({ path, type }) => [path, type]),
  );
  if (types.size === 0) throw new OptionError("layerStatistics: the network is a single layer, without inner ones");
  const step = statisticsStep(model, samples, types, gradients);
  const programs = perBatchType(step.columns, step.body, engine);
  const layers = new Map<string, Layer>();
  const norms = new Map<string, number>();
  let [loss, done, batches] = [0, 0, 0];
  for await (const given of batchesInOrder(samples, batch, { columns: step.columns })) {
    const found = await programs.for(given)(...programs.inputs(given));
    const n = Object.values(given)[0].shape[0];
    for (const [path, measured] of Object.entries(found.layers))
      layers.set(path, joined(layers.get(path), measured, n));
    for (const [name, norm] of Object.entries(found.parameters)) norms.set(name, (norms.get(name) ?? 0) + norm.item());
    loss += (found.loss?.item() ?? Number.NaN) * n;
    done += n;
    batches++;
  }
  return {
    samples: count,
    loss: gradients ? loss / done : undefined,
    layers: [...layers].map(([path, layer]) => finished(path, types.get(path)!, layer, done, gradients)),
    parameters: [...norms].map(([name, total]) => ({ name, norm: normOf(model, name), gradientNorm: total / batches })),
  };
}

/** The program of a batch: reductions of each layer's output, and norms of gradients. */
function statisticsStep(model: Model, samples: AnyDataset, types: ReadonlyMap<string, string>, gradients: boolean) {
  const task = taskOf(model);
  const { columns, apply, scene, trained } = wire(model, task, samples);
  const body = (batch: Tensors) => {
    const values = new Map<string, Tensor>();
    const { outputs, targets } = apply(batch, {
      taps: [...types.keys()],
      onTap: (path, value) => void (isFloat(value.dtype) && values.set(path, value)),
    });
    const loss = gradients ? task.loss(outputs, targets, scene) : undefined;
    const paths = [...values.keys()];
    const slopes = loss && gradient(loss, [...values.values(), ...trained.map((variable) => variable.read())]);
    const layers = paths.map(
      (path, i) => [path, reductionsOf(values.get(path)!, ends[types.get(path)!], slopes?.[i])] as const,
    );
    const parameters = trained.map(({ name }, i) => [name, slopes && norm(slopes[paths.length + i])] as const);
    return {
      ...(loss && { loss }),
      layers: Object.fromEntries(layers),
      parameters: loss ? (Object.fromEntries(parameters) as Record<string, Tensor>) : {},
    };
  };
  return { columns, body };
}

const norm = (x: Tensor): Tensor => sqrt(sum(square(x)));
const share = (condition: Tensor): Tensor => mean(cast(condition, "f32"));

function reductionsOf(x: Tensor, range: readonly [number, number] | undefined, slope: Tensor | undefined) {
  const others = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const average = mean(x);
  const margin = range && SATURATED * (range[1] - range[0]);
  return {
    mean: average,
    variance: mean(square(sub(x, average))),
    zeros: share(equal(x, 0)),
    notFinite: share(not(finite(x))),
    highest: max(x, others),
    lowest: min(x, others),
    ...(range && { saturated: share(or(less(x, range[0] + margin!), greater(x, range[1] - margin!))) }),
    // The loss is a mean over n samples: ∂ loss of a sample = n · ∂ loss.
    ...(slope && { squares: mul(sum(square(slope)), x.shape[0] ** 2) }),
  };
}

type Measured = { readonly [K in keyof ReturnType<typeof reductionsOf>]: NdArray };

/** What is known of a layer after some samples; shares are sums over samples. */
interface Layer {
  readonly samples: number;
  readonly mean: number;
  readonly spread: number;
  readonly zeros: number;
  readonly notFinite: number;
  readonly saturated: number | undefined;
  readonly squares: number;
  readonly highest: Float64Array;
  readonly lowest: Float64Array;
}

function joined(before: Layer | undefined, found: Measured, n: number): Layer {
  const now: Layer = {
    samples: n,
    mean: found.mean.item(),
    spread: found.variance.item() * n,
    zeros: found.zeros.item() * n,
    notFinite: found.notFinite.item() * n,
    saturated: found.saturated && found.saturated.item() * n,
    squares: found.squares?.item() ?? 0,
    highest: Float64Array.from(found.highest.data),
    lowest: Float64Array.from(found.lowest.data),
  };
  if (before === undefined) return now;
  const samples = before.samples + n;
  const delta = now.mean - before.mean;
  return {
    samples,
    mean: before.mean + (delta * n) / samples,
    spread: before.spread + now.spread + (delta ** 2 * before.samples * n) / samples,
    zeros: before.zeros + now.zeros,
    notFinite: before.notFinite + now.notFinite,
    saturated: now.saturated === undefined ? undefined : before.saturated! + now.saturated,
    squares: before.squares + now.squares,
    highest: now.highest.map((value, unit) => Math.max(value, before.highest[unit])),
    lowest: now.lowest.map((value, unit) => Math.min(value, before.lowest[unit])),
  };
}

function finished(path: string, type: string, layer: Layer, samples: number, gradients: boolean): LayerStatistics {
  const { highest, lowest, spread, saturated, squares } = layer;
  return {
    path,
    type,
    mean: layer.mean,
    deviation: Math.sqrt(spread / samples),
    min: lowest.reduce((a, b) => Math.min(a, b), Infinity),
    max: highest.reduce((a, b) => Math.max(a, b), -Infinity),
    zeros: layer.zeros / samples,
    saturated: saturated === undefined ? undefined : saturated / samples,
    notFinite: layer.notFinite / samples,
    units: highest.length,
    dead: [...highest.keys()].filter((unit) => highest[unit] === lowest[unit]),
    gradientNorm: gradients ? Math.sqrt(squares / samples) : undefined,
  };
}

const normOf = ({ variables }: Model, name: string): number => {
  const { data } = variables.find((variable) => variable.name === name)!.value;
  let total = 0;
  for (let i = 0; i < data.length; i++) total += data[i] ** 2;
  return Math.sqrt(total);
};
