import { adam, adamW } from "./adam.ts";
import { sgd } from "./sgd.ts";

export { type AdamOptions, adam, adamW } from "./adam.ts";
export { type MinimizeOptions, minimize, type Optimizer } from "./optimizer.ts";
export { type SgdOptions, sgd } from "./sgd.ts";

/** The optimisers by name, for commands and configurations. */
export const optimizers = { sgd, adam, adamW } as const;
