/** The recipe of the studio that trains as a run of `fovea train` did, where there is one: the same bits on the WebAssembly engine. */
import type { RunSummary } from "../../server/contract.ts";
import type { Recipe } from "../../worker/api.ts";

/** Data that the page has, too, and divides as the command does, with what a run without a limit trains on. */
const TRAINING_SAMPLES: Readonly<Record<string, number>> = {
  digits: 30_000,
  mnist: 60_000,
  "fashion-mnist": 60_000,
  kmnist: 60_000,
};

/** Settings that a recipe does not have; a run that uses one cannot be trained in the page. */
const ABSENT: Readonly<Record<string, (value: unknown) => boolean>> = {
  pretrained: isUnset,
  init: isUnset,
  size: isUnset,
  clipNorm: isUnset,
  clipValue: isUnset,
  average: isUnset,
  classWeights: isUnset,
  freeze: isUnset,
  augment: isUnset,
  gray: isUnset,
  patience: isUnset,
  warmup: isUnset,
  accumulate: (value) => value === undefined || value === 1,
  optimizer: (value) => value === "sgd",
  task: (value) => value === undefined || value === "classification",
  data: (value) => Object.hasOwn(TRAINING_SAMPLES, String(value)),
  schedule: (value) => ["linear", "constant", "cosine", "oneCycle"].includes(String(value)),
  model: (value) => /^[\w-]+$/.test(String(value)),
};

function isUnset(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === 0 ||
    value === false ||
    (Array.isArray(value) && value.length === 0)
  );
}

/** What stands in the way, by the names of settings; none: the run can be trained here. */
export const obstaclesOf = ({ config }: RunSummary): string[] =>
  Object.entries(ABSENT).flatMap(([name, isFine]) => (isFine(config[name]) ? [] : [name]));

/** The recipe; `undefined` where the page cannot train the same. */
export function recipeOfRun(run: RunSummary): Partial<Recipe> | undefined {
  if (obstaclesOf(run).length > 0) return undefined;
  const { config } = run;
  const number = (name: string, fallback: number): number =>
    typeof config[name] === "number" ? config[name] : fallback;
  const limit = number("limit", 0) || TRAINING_SAMPLES[String(config.data)];
  const validation = number("validation", 1 / 12);
  // Shares become counts as the library has it.
  const heldOut = validation < 1 ? Math.round(validation * limit) : validation;
  if (heldOut < 1) return undefined;
  return {
    ...{ data: String(config.data), network: String(config.model), limit, heldOut },
    ...{ seed: number("seed", 0), epochs: number("epochs", 1), batch: number("batch", 64) },
    ...{ rate: number("learningRate", 0.05), momentum: number("momentum", 0.9), decay: number("weightDecay", 0) },
    schedule: String(config.schedule),
  };
}
