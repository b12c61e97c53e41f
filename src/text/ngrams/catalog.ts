/** The types of smoothing, by name. */
import { type AnyFactory, createCatalog } from "../../options/index.ts";
import { addK, maximumLikelihood } from "./counts-alone.ts";
import { kneserNey } from "./kneser-ney.ts";
import type { Smoothing } from "./smoothing.ts";

/** The types of smoothing. */
export const smoothings = { maximumLikelihood, addK, kneserNey } as const;

/** The same, for what finds them by name. */
export const smoothingCatalog = createCatalog<AnyFactory<Smoothing>>("smoothing", smoothings);
