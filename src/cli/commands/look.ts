/** `fovea look`: what a network sees, as pictures and numbers. */
import { Command } from "commander";
import type { Output } from "../io.ts";
import { lookSubcommands } from "../look/index.ts";

export function lookCommand(output: Output): Command {
  const command = new Command("look")
    .summary("look inside a network: filters, maps, fields, attributions, neighbors and more")
    .description("Looks inside a trained network. Every picture can be written as PNG or SVG, and as numbers in JSON.");
  for (const subcommand of lookSubcommands(output)) command.addCommand(subcommand);
  return command;
}
