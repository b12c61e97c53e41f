/** `fovea sample`: text that a language model goes on with, as it is generated. */
import { Command } from "commander";
import { openEngine } from "../../engines/index.ts";
import { samplingOptions } from "../../text/index.ts";
import { generateText } from "../../train/index.ts";
import type { Output } from "../io.ts";
import { libraryOption } from "../library-options.ts";
import { engineOption, jsonOption, seedOption, threadsOption, wholeNumber } from "../options.ts";
import { beginning, languageTask, tokenizerOf } from "../train-tasks/language.ts";
import { openRunOf } from "../trained-run.ts";

interface Flags {
  readonly prompt?: string;
  readonly length: number;
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly seed?: number;
  readonly engine: string;
  readonly threads?: number;
  readonly json?: boolean;
}

const examples = `
Examples:
  $ fovea train --task language --data shakespeare.txt
  $ fovea sample runs/lstm-shakespeare.txt --prompt "ROMEO:" --length 500 --temperature 0.8
`;

export function sampleCommand(output: Output): Command {
  return new Command("sample")
    .summary("generate text with a language model")
    .description("Goes on from a prompt, a token at a time. The same seed gives the same text.")
    .argument("<run>", "a run folder of fovea train --task language")
    .option("--prompt <text>", "the text to go on from (default: the end of a line, or of a sentence)")
    .option("--length <n>", "tokens to generate", wholeNumber(0), 500)
    .addOption(
      libraryOption({
        flag: "--temperature <t>",
        about: "above 1 for more variety, below for less; 0 for the most probable token",
        kind: samplingOptions.temperature,
      }),
    )
    .addOption(
      libraryOption<number | undefined>({
        flag: "--top-k <k>",
        about: "draw from this many of the most probable tokens",
        kind: samplingOptions.topK,
        absent: "all",
      }),
    )
    .addOption(
      libraryOption({
        flag: "--top-p <share>",
        about: "draw from the most probable tokens that have this probability together",
        kind: samplingOptions.topP,
      }),
    )
    .addOption(seedOption())
    .addOption(engineOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addHelpText("after", examples)
    .action((run: string, flags: Flags) => sample(run, flags, output));
}

async function sample(path: string, flags: Flags, output: Output): Promise<void> {
  const { json, engine: name, threads, ...given } = flags;
  const { model, context } = await openRunOf(languageTask.name, path, "fovea sample", output);
  const tokenizer = await tokenizerOf(context);
  const engine = await openEngine(name, { threads });
  const { prompt = beginning(tokenizer), ...options } = given;
  const write = json
    ? (text: string): void => output.print(JSON.stringify({ text }))
    : (text: string): void => output.write(text);
  if (!json && given.prompt !== undefined) output.write(prompt);
  for await (const piece of generateText(model, tokenizer, prompt, { ...options, engine })) write(piece);
  if (!json) output.print();
}
