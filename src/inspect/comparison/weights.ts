/**
 * How far the parameters of two networks of the same names are apart.
 *
 *   change = |w′ − w| / |w|,   cosine = w · w′ / (|w| |w′|)
 */
import { type NdArray, type Shape, sameShape } from "../../array/index.ts";
import type { Model } from "../../nn/index.ts";

/** A parameter in two networks. */
export interface WeightChange {
  /** Its name: `features.3.weight`. */
  readonly name: string;
  /** Its shape, the same in both. */
  readonly shape: Shape;
  /** The length of the difference, as a share of the length before; infinite where that was 0. */
  readonly change: number;
  /** The cosine of the angle between both; NaN where one is 0. */
  readonly cosine: number;
}

/** The parameters of two networks, side by side. */
export interface WeightComparison {
  /** Those with the same name and shape, in order. */
  readonly parameters: readonly WeightChange[];
  /** Names with another shape. */
  readonly reshaped: readonly string[];
}

/** Compares parameters and other saved state by name. */
export async function compareWeights(first: Model, second: Model): Promise<WeightComparison> {
  const others = new Map(second.variables.map((variable) => [variable.name, variable]));
  const common = first.variables.filter(({ name }) => others.has(name));
  const fits = common.filter(({ name, shape }) => sameShape(shape, others.get(name)!.shape));
  return {
    parameters: await Promise.all(
      fits.map(async (variable) => {
        const { name, shape } = variable;
        return { name, shape, ...changeOf(await variable.fetch(), await others.get(name)!.fetch()) };
      }),
    ),
    reshaped: common.filter((variable) => !fits.includes(variable)).map(({ name }) => name),
  };
}

function changeOf({ data: before }: NdArray, { data: after }: NdArray): Pick<WeightChange, "change" | "cosine"> {
  let [own, other, both, gap] = [0, 0, 0, 0];
  for (let i = 0; i < before.length; i++) {
    own += before[i] * before[i];
    other += after[i] * after[i];
    both += before[i] * after[i];
    gap += (after[i] - before[i]) ** 2;
  }
  return { change: gap === 0 ? 0 : Math.sqrt(gap / own), cosine: both / Math.sqrt(own * other) };
}
