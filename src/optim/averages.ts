/** Uses the moving averages of the weights: to evaluate or save a model during training. */
import { describeGiven, type NdArray, OptionError } from "../array/index.ts";
import type { Variable } from "../graph/index.ts";
import { checkOptimizer, type Optimizer } from "./optimizer.ts";

/**
 * Runs a function with the averages of an optimizer (option `average`) in place of the parameters, which are restored
 * afterwards, also on errors. Without averages the parameters are not changed.
 * @example await withAverages(optimizer, () => model.save("average.safetensors"))
 */
export async function withAverages<T>(optimizer: Optimizer, work: () => T | Promise<T>): Promise<T> {
  checkOptimizer("withAverages", optimizer);
  if (typeof work !== "function")
    throw new OptionError(`withAverages: expects a function to call meanwhile, got ${describeGiven(work)}`);
  const averages = [...optimizer.averages];
  const [live, averaged] = await Promise.all([
    copiesOf(averages.map(([parameter]) => parameter)),
    copiesOf(averages.map(([, average]) => average)),
  ]);
  averages.forEach(([parameter], i) => {
    parameter.value = averaged[i];
  });
  try {
    return await work();
  } finally {
    averages.forEach(([parameter], i) => {
      parameter.value = live[i];
    });
  }
}

const copiesOf = (variables: readonly Variable[]): Promise<NdArray[]> =>
  Promise.all(variables.map(async (variable) => (await variable.fetch()).copy()));
