/** The moving averages of the weights in use: to evaluate or save a model with them while it is being trained. */
import { describeGiven, type NdArray, OptionError } from "../array/index.ts";
import type { Variable } from "../graph/index.ts";
import { checkOptimizer, type Optimizer } from "./optimizer.ts";

/**
 * Does something with the averages that an optimizer keeps (option `average`) in place of the parameters, which are put
 * back afterwards, also when it fails. Without averages it is done with the parameters as they are.
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
