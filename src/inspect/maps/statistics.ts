/**
 * Statistics of every layer over a data set, streamed: what healthy training looks at.
 *
 * Source: Glorot and Bengio 2010 (activations and gradients, layer by layer); CMU 11-785, "dead units".
 */
import { isFloat, OptionError } from "../../array/index.ts";
import { type AnyDataset, batchesInOrder, sampleCount } from "../../data/index.ts";
import { type EngineChoice, engineKind } from "../../engines/index.ts";
import type { Tensor, Variable } from "../../graph/index.ts";
import { checkModel, type Model } from "../../nn/index.ts";
import { gradient, sqrt, square, sum } from "../../ops/index.ts";
import { flag, integer, optional, readOptions, withDefault } from "../../options/index.ts";
import { type Arrays, perBatchType, type Tensors, taskOf, type Wiring, wire } from "../../train/index.ts";
import { applyOnce } from "../rows.ts";
import { finished, joined, type LayerStatistics, type LayerSums, reductionsOf } from "./layer-sums.ts";

/** Options of `layerStatistics`. */
export interface LayerStatisticsOptions {
  /** Samples per batch. Default 64. */
  readonly batch?: number | undefined;
  /** Whether to derive the loss by layers and parameters. Default true. */
  readonly gradients?: boolean | undefined;
  /** The engine, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
}

/** The gradient of a parameter over a data set. */
export interface ParameterStatistics {
  /** The name of the parameter. */
  readonly name: string;
  /** ‖w‖. */
  readonly norm: number;
  /** The mean over batches of ‖∂ loss / ∂w‖. */
  readonly gradientNorm: number;
}

/** The statistics of a network. */
export interface NetworkStatistics {
  /** The number of samples. */
  readonly samples: number;
  /** The mean loss; `undefined` without `gradients`. */
  readonly loss: number | undefined;
  /** Those of each layer, in the order in which they are applied. */
  readonly layers: readonly LayerStatistics[];
  /** Empty without `gradients`. */
  readonly parameters: readonly ParameterStatistics[];
}

/** The options that statistics of a data set and of steps of training share. */
export const statisticsSchema = { batch: withDefault(integer(1), 64) };

const schema = { ...statisticsSchema, gradients: withDefault(flag(), true), engine: optional(engineKind) };

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
  if (sampleCount(samples) === 0) throw new OptionError("layerStatistics: there are no samples");
  const wiring = wire(model, taskOf(model), samples);
  const measure = createMeasure("layerStatistics", wiring, { gradients, engine });
  return measure(batchesInOrder(samples, batch, { columns: wiring.columns }));
}

/** Statistics of a network, for any list of batches. @throws OptionError for a network without inner layers */
export function createMeasure(
  caller: string,
  wiring: Wiring,
  {
    gradients,
    engine,
  }: Required<Pick<LayerStatisticsOptions, "gradients">> & { readonly engine: EngineChoice | undefined },
): (batches: Iterable<Arrays> | AsyncIterable<Arrays>) => Promise<NetworkStatistics> {
  const types = new Map(
    applyOnce(wiring.model)
      .rows.filter(({ isLeaf, path }) => isLeaf && path !== "")
      .map(({ path, type }) => [path, type]),
  );
  if (types.size === 0) throw new OptionError(`${caller}: the network is a single layer, without inner ones`);
  const programs = perBatchType(wiring.columns, statisticsStep(wiring, types, gradients), engine);
  return async (batches) => {
    const layers = new Map<string, LayerSums>();
    const norms = new Map<string, number>();
    let [loss, samples, count] = [0, 0, 0];
    for await (const given of batches) {
      const found = await programs.for(given)(...programs.inputs(given));
      const n = given[wiring.columns[0]].shape[0];
      for (const [path, measured] of Object.entries(found.layers))
        layers.set(path, joined(layers.get(path), measured, n));
      for (const [name, norm] of Object.entries(found.parameters))
        norms.set(name, (norms.get(name) ?? 0) + norm.item());
      loss += (found.loss?.item() ?? Number.NaN) * n;
      samples += n;
      count++;
    }
    return {
      samples,
      loss: gradients ? loss / samples : undefined,
      layers: [...layers].map(([path, layer]) => finished(path, types.get(path)!, layer, gradients)),
      parameters: await Promise.all(
        wiring.trained
          .filter(({ name }) => norms.has(name))
          .map(async (variable) => ({
            name: variable.name,
            norm: await normOf(variable),
            gradientNorm: norms.get(variable.name)! / count,
          })),
      ),
    };
  };
}

/** The program of a batch: reductions of each layer's output, and norms of gradients. */
const statisticsStep =
  ({ task, apply, scene, trained }: Wiring, types: ReadonlyMap<string, string>, gradients: boolean) =>
  (batch: Tensors) => {
    const values = new Map<string, Tensor>();
    const { outputs, targets } = apply(batch, {
      taps: [...types.keys()],
      onTap: (path, value) => void (isFloat(value.dtype) && values.set(path, value)),
    });
    const loss = gradients ? task.loss(outputs, targets, scene) : undefined;
    const paths = [...values.keys()];
    const slopes = loss && gradient(loss, [...values.values(), ...trained.map((variable) => variable.read())]);
    const layers = paths.map(
      (path, i) => [path, reductionsOf(values.get(path)!, types.get(path)!, slopes?.[i])] as const,
    );
    const parameters = trained.map(({ name }, i) => [name, slopes && norm(slopes[paths.length + i])] as const);
    return {
      ...(loss && { loss }),
      layers: Object.fromEntries(layers),
      parameters: loss ? (Object.fromEntries(parameters) as Record<string, Tensor>) : {},
    };
  };

const norm = (x: Tensor): Tensor => sqrt(sum(square(x)));

async function normOf(variable: Variable): Promise<number> {
  const { data } = await variable.fetch();
  let total = 0;
  for (let i = 0; i < data.length; i++) total += data[i] ** 2;
  return Math.sqrt(total);
}
