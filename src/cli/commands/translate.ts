/** `fovea translate`: sentences in another language, by a run of `fovea train --task translation`. */
import { Command } from "commander";
import { OptionError } from "../../array/index.ts";
import type { SentencePair } from "../../data/index.ts";
import { type Engine, openEngine } from "../../engines/index.ts";
import { heatMap, heatMapSvg } from "../../image/index.ts";
import type { Tokenizer } from "../../text/index.ts";
import { attentionOf, createTranslator, type Translated, type Translator, writingOptions } from "../../train/index.ts";
import type { Output } from "../io.ts";
import { libraryOption } from "../library-options.ts";
import { type LookFile, lookFile, writeFound } from "../look/write.ts";
import { engineOption, jsonOption, threadsOption } from "../options.ts";
import { isTyped, linesOfInput } from "../standard-input.ts";
import { tokenizersOf, translationTask } from "../train-tasks/translation.ts";
import { openRunOf, type TrainedRun } from "../trained-run.ts";

interface Flags {
  readonly beam?: number;
  readonly lengthPenalty?: number;
  readonly maxLength?: number;
  readonly attention?: readonly LookFile[];
  readonly engine: string;
  readonly threads?: number;
  readonly json?: boolean;
}

const examples = `
Examples:
  $ fovea train --task translation --data multi30k --from de --to en
  $ fovea translate runs/attention-multi30k "ein mann schläft auf einem sofa ."
  $ fovea translate runs/attention-multi30k --beam 10 < test.de > test.out
  $ fovea translate runs/attention-multi30k "ein mann schläft ." --attention weights.png
`;

export function translateCommand(output: Output): Command {
  return new Command("translate")
    .summary("translate sentences")
    .description("Translates a sentence, or each line of standard input; empty lines stay empty.")
    .argument("<run>", "a run folder of fovea train --task translation")
    .argument("[sentence]", "the sentence; without it, the lines of standard input")
    .addOption(
      libraryOption({
        flag: "--beam <n>",
        about: "how many beginnings of a translation are kept; 1 takes the most probable token each time",
        kind: writingOptions.beam,
      }),
    )
    .addOption(
      libraryOption({
        flag: "--length-penalty <a>",
        about: "scores are divided by ((5 + length) / 6)^a: larger for longer translations",
        kind: writingOptions.lengthPenalty,
      }),
    )
    .addOption(
      libraryOption<number | undefined>({
        flag: "--max-length <n>",
        about: "the most tokens of a translation",
        kind: writingOptions.maxLength,
        absent: "twice those of the sentence, and ten",
      }),
    )
    .option(
      "--attention <file>",
      "draw what each token of the translation looked at: .png, .svg or .json; repeat it for more",
      lookFile,
    )
    .addOption(engineOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addHelpText("after", examples)
    .action((run: string, sentence: string | undefined, flags: Flags) => translate(run, sentence, flags, output));
}

/** Lines that are translated together, unless a person types them. */
const LINES_AT_ONCE = 512;

async function translate(path: string, sentence: string | undefined, flags: Flags, output: Output): Promise<void> {
  const { attention, json, engine: name, threads, ...options } = flags;
  if (attention !== undefined && sentence === undefined)
    throw new OptionError("--attention draws one sentence; give it as an argument");
  const run = await openRunOf(translationTask.name, path, "fovea translate", output);
  const engine = await openEngine(name, { threads });
  const tokenizers = await tokenizersOf(run.context);
  const translator = createTranslator(run.model, tokenizers, { ...options, engine });
  const print = (source: string, found: Translated | undefined): void => {
    const { text = "", score = 0, logProbability = 0 } = found ?? {};
    output.print(json ? JSON.stringify({ source, translation: text, score, logProbability }) : text);
  };
  if (sentence === undefined) return translateLines(translator, print);
  const [found] = await translator.translate([sentence]);
  if (attention !== undefined) await draw(run, tokenizers, { sentence, found, files: attention, engine });
  print(sentence, found);
}

/** Translates the lines of standard input, in their order. */
async function translateLines(
  translator: Translator,
  print: (source: string, found: Translated | undefined) => void,
): Promise<void> {
  let lines: string[] = [];
  const flush = async (): Promise<void> => {
    const found = await translator.translate(lines.filter((line) => line.trim() !== ""));
    let next = 0;
    for (const line of lines) print(line, line.trim() === "" ? undefined : found[next++]);
    lines = [];
  };
  for await (const line of linesOfInput()) {
    lines.push(line);
    if (isTyped() || lines.length === LINES_AT_ONCE) await flush();
  }
  if (lines.length > 0) await flush();
}

/** What is to be drawn. */
interface Drawing {
  readonly sentence: string;
  readonly found: Translated;
  readonly files: readonly LookFile[];
  readonly engine: Engine;
}

/** Writes the attention weights of a translation as pictures or numbers. */
async function draw(
  { model }: TrainedRun,
  tokenizers: SentencePair<Tokenizer>,
  { sentence, found, files, engine }: Drawing,
): Promise<void> {
  const { weights, source, target } = await attentionOf(model, tokenizers, sentence, found, { engine });
  const options = { rows: target, columns: source, range: [0, 1] as const };
  const drawing = {
    picture: heatMap(weights, options),
    svg: (description: string) => heatMapSvg(weights, { ...options, title: found.text, description }),
  };
  await writeFound({ lines: [], numbers: { source, target, weights }, drawing }, files, "fovea translate");
}
