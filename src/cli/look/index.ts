/** The instruments of `fovea look`, in the order of the help: a new one is a file in this folder and a row here. */
import type { Command } from "commander";
import type { Output } from "../io.ts";
import { ascend } from "./ascend.ts";
import { attribute } from "./attribute.ts";
import { compare } from "./compare.ts";
import { deconv } from "./deconv.ts";
import { dream } from "./dream.ts";
import { embed } from "./embed.ts";
import { extract } from "./extract.ts";
import { field } from "./field.ts";
import { filters } from "./filters.ts";
import { lookSubcommand } from "./look.ts";
import { maps } from "./maps.ts";
import { neighbors } from "./neighbors.ts";
import { ngrams } from "./ngrams.ts";
import { stats } from "./stats.ts";
import { step } from "./step.ts";
import { top } from "./top.ts";

export const lookSubcommands = (output: Output): Command[] => {
  const subcommand = lookSubcommand(output);
  return [
    subcommand(filters),
    subcommand(maps),
    subcommand(field),
    subcommand(stats),
    subcommand(step),
    subcommand(top),
    subcommand(ngrams),
    subcommand(ascend),
    subcommand(dream),
    subcommand(deconv),
    subcommand(attribute),
    subcommand(neighbors),
    subcommand(embed),
    subcommand(compare),
    subcommand(extract),
  ];
};
