/** Settings of networks that tasks share. */
import { integers, type Kind, withDefault, word } from "../../options/index.ts";
import { wholeNumbers } from "../options.ts";
import { asTyped } from "./setting.ts";

/** Which network: one of some names, the first by default. */
export const modelSetting = <N extends string>(about: string, first: N, ...others: readonly N[]) => ({
  flag: "--model <name>",
  about,
  kind: withDefault<N>(word<N>(first, ...others), first),
  read: asTyped as (name: string) => N,
});

const OF_LEVELS = "the maps of each level, each at half the size of the one before";

/** The maps of a network's levels. */
export const mapsSetting = (fallback: readonly number[], about = OF_LEVELS) => ({
  flag: "--maps <n,…>",
  about,
  kind: withDefault(integers(1) as Kind<readonly number[]>, fallback),
  read: wholeNumbers(1),
});
