import { adam, adamW } from "./adam.ts";
import { constant, cosine, linear } from "./schedules.ts";
import { sgd } from "./sgd.ts";

export { type AdamOptions, adam, adamW } from "./adam.ts";
export { type MinimizeOptions, minimize, type Optimizer } from "./optimizer.ts";
export { constant, cosine, linear, type Schedule } from "./schedules.ts";
export { type SgdOptions, sgd } from "./sgd.ts";

/** The optimisers by name, for commands and configurations. */
export const optimizers = { sgd, adam, adamW } as const;

/** The learning-rate schedules by name. */
export const schedules = { constant, linear, cosine } as const;
