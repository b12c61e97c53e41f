/** The instruments of `fovea look`, in the order of the help: a new one is a file in this folder and a row here. */
import type { Command } from "commander";
import type { Output } from "../io.ts";
import { compare } from "./compare.ts";
import { embed } from "./embed.ts";
import { lookSubcommand } from "./look.ts";
import { maps } from "./maps.ts";
import { neighbors } from "./neighbors.ts";

export const lookSubcommands = (output: Output): Command[] => {
  const subcommand = lookSubcommand(output);
  return [subcommand(maps), subcommand(neighbors), subcommand(embed), subcommand(compare)];
};
