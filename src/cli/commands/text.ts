/** `fovea text`: models of text that need no network. */
import { Command } from "commander";
import type { Output } from "../io.ts";
import { ngramCommand } from "./text-ngram.ts";

export function textCommand(output: Output): Command {
  return new Command("text")
    .summary("count n-grams of a text, and sample from them")
    .description("Models of text that need no network.")
    .addCommand(ngramCommand(output));
}
