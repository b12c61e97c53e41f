/** Statistics of layers in steps of a training run, with how far each step moves each parameter. */
import { mapValues } from "../../array/index.ts";
import { sliceRows } from "../../data/index.ts";
import { integer, optional, readOptions } from "../../options/index.ts";
import type { Arrays, StepStatistics } from "../../train/index.ts";
import { createMeasure, type NetworkStatistics, type ParameterStatistics, statisticsSchema } from "./statistics.ts";
import { updateRatio } from "./update-meter.ts";

/** Options of `trainingStatistics`. */
export interface TrainingStatisticsOptions {
  /** Every how many steps, counted over the run. Default: in the last step of each epoch. */
  readonly every?: number | undefined;
  /** Samples of a batch that are measured at a time; their number bounds the memory. Default 64. */
  readonly batch?: number | undefined;
}

/** What `trainingStatistics` finds in a step. */
export interface TrainingStatistics extends NetworkStatistics {
  /** Those of each parameter that is trained. */
  readonly parameters: readonly TrainedParameterStatistics[];
}

/** A parameter in a step of training. */
export interface TrainedParameterStatistics extends ParameterStatistics {
  /** ‖Δw‖ / ‖w‖ of the step; about 10⁻³ is usual. */
  readonly updateRatio: number;
}

const schema = { every: optional(integer(1)), ...statisticsSchema };

/**
 * Statistics of every layer while a network is trained, for the option `statistics` of `fit`: those of `layerStatistics` over
 * the batch of a step, augmented as it is, with the parameters before the step; and ‖Δw‖ / ‖w‖ of the step. The store gets them
 * as `{ epoch, step, statistics }`, and so does `onEvent`. A measured step costs about two more, and the run keeps its bits.
 *
 * Where it misleads: as `layerStatistics`, it looks at the network as it predicts, without dropout and with the running
 * statistics of batch normalization, which are far off in the first steps; and a batch is a small sample to call units dead by.
 * @example await fit(network, data, { statistics: trainingStatistics({ every: 100 }), store });
 * @throws OptionError for invalid options; in `fit`, for a network without inner layers
 */
export function trainingStatistics(options: TrainingStatisticsOptions = {}): StepStatistics {
  const { every, batch: most } = readOptions("trainingStatistics", schema, options);
  return {
    every,
    attach: ({ wiring, engine }) => {
      const measure = createMeasure("trainingStatistics", wiring, { gradients: true, engine });
      const values = () => Promise.all(wiring.trained.map((variable) => variable.fetch()));
      return async (batch) => {
        const found = await measure(partsOf(batch, batch[wiring.columns[0]].shape[0], most));
        const before = (await values()).map((value) => value.copy());
        return async (): Promise<TrainingStatistics> => {
          const ratios = new Map(
            (await values()).map(({ data }, i) => [wiring.trained[i].name, updateRatio(data, before[i].data)]),
          );
          const parameters = found.parameters.map((one) => ({ ...one, updateRatio: ratios.get(one.name)! }));
          return { ...found, parameters };
        };
      };
    },
  };
}

/** A batch in parts of at most so many samples. */
function* partsOf(batch: Arrays, samples: number, most: number): Generator<Arrays> {
  for (let from = 0; from < samples; from += most)
    yield mapValues(batch, (array) => sliceRows(array, from, Math.min(from + most, samples)));
}
