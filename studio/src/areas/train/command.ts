/** The command line that trains the same network, bit for bit, on the WebAssembly engine. */
import { LENET } from "../../address/recipe.ts";
import type { Recipe } from "../../worker/api.ts";

/** Why the command line cannot do the same. */
export type Obstacle = "changes" | "data" | "network";

/** Data that the command line has under the same name, drawn or read to the same bytes. */
const NAMED_DATA: readonly string[] = ["digits"];

/** Layers as they are compared: without spaces and line ends. */
const plain = (network: string): string => network.replace(/\s+/g, "");

/** The name under which the command line knows a network; `undefined` for layers of one's own. */
function modelName(network: string): string | undefined {
  if (/^[\w-]+$/.test(network.trim())) return network.trim();
  return plain(network) === plain(LENET) ? "lenet5" : undefined;
}

/** What stands in the way of a command, if anything does. */
export function obstacleOf({ data, network, changes }: Recipe): Obstacle | undefined {
  if (changes !== "") return "changes";
  if (!NAMED_DATA.includes(data)) return "data";
  return modelName(network) === undefined ? "network" : undefined;
}

/** The options of `fovea train`, by the recipe. */
const options: Readonly<Record<string, (recipe: Recipe) => string | number | undefined>> = {
  model: ({ network }) => modelName(network),
  data: ({ data }) => data,
  limit: ({ limit }) => limit,
  validation: ({ heldOut }) => heldOut,
  test: () => 0,
  seed: ({ seed }) => seed,
  epochs: ({ epochs }) => epochs,
  batch: ({ batch }) => batch,
  optimizer: () => "sgd",
  lr: ({ rate }) => rate,
  momentum: ({ momentum }) => momentum,
  "weight-decay": ({ decay }) => decay,
  schedule: ({ schedule }) => schedule,
  engine: () => "wasm",
};

/** The words of the command; `undefined` where it cannot do the same, as `obstacleOf` says. */
export function commandOf(recipe: Recipe): readonly string[] | undefined {
  if (obstacleOf(recipe) !== undefined) return undefined;
  const given = Object.entries(options).flatMap(([name, of]) => [`--${name}`, String(of(recipe))]);
  return ["fovea", "train", ...given];
}
