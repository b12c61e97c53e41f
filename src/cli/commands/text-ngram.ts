/** `fovea text ngram`: counts the n-grams of a file; tables, samples, perplexity. */
import { Command } from "commander";
import { readFile, writeFileAtomic } from "#platform";
import { DataError, formatBytes, OptionError } from "../../array/index.ts";
import { linePieces, readText, textFileOptions } from "../../data/index.ts";
import {
  learnTokenizer,
  type NgramModel,
  ngramModel,
  ngramOptions,
  readNgrams,
  type SamplingOptions,
  samplingOptions,
  smoothings,
  tokenizers,
  writeNgrams,
} from "../../text/index.ts";
import type { Output } from "../io.ts";
import { libraryOption } from "../library-options.ts";
import { jsonOption, wholeNumber } from "../options.ts";
import { build, listOptions, parseSpecification, specificationOf } from "../specification.ts";

interface Flags extends SamplingOptions {
  readonly order?: number;
  readonly unit?: string;
  readonly smoothing?: string;
  readonly encoding?: "utf-8";
  readonly context?: string;
  readonly most: number;
  readonly sample?: number;
  readonly seed: number;
  readonly perplexity?: string;
  readonly save?: string;
  readonly load?: string;
  readonly json?: boolean;
}

const help = `
Units, with options: ${tokenizers.names.join(", ")}; characters:lowerCase=true, words:atLeast=2,lowerCase=false

Smoothing, with options:
${listOptions(smoothings)}

Examples:
  $ fovea text ngram input.txt --order 5 --sample 60
  $ fovea text ngram lines.txt --order 3 --context "cows eat"
  $ fovea text ngram train.txt --order 4 --smoothing kneserNey --perplexity test.txt
  $ fovea text ngram train.txt --unit characters --order 8 --save model.ngrams
  $ fovea text ngram --load model.ngrams --sample 200 --temperature 0.8
`;

const samplingRows = [
  {
    flag: "--temperature <t>",
    about: "flatten (above 1) or sharpen (below 1) the distribution",
    kind: samplingOptions.temperature,
  },
  { flag: "--top-k <k>", about: "draw among the k most probable tokens", kind: samplingOptions.topK, absent: "all" },
  { flag: "--top-p <p>", about: "draw among the most probable tokens with this mass", kind: samplingOptions.topP },
] as const;

/** Options of counting, which a saved model has in it. */
const counting = ["order", "unit", "smoothing", "encoding"] as const;
/** Options of drawing. */
const drawing = ["temperature", "topK", "topP"] as const;

export function ngramCommand(output: Output): Command {
  const command = new Command("ngram")
    .summary("n-grams: tables, samples, perplexity")
    .description("Counts the n-grams of a text file (UTF-8, or packed with gzip) and answers from the counts.")
    .argument("[file]", "the text to count; or give --load")
    .addOption(libraryOption({ flag: "--order <n>", about: "length of the longest n-grams", kind: ngramOptions.order }))
    .option("--unit <type>", "how the text is cut, with options (default: words)")
    .option(
      "--smoothing <type>",
      "how counts become probabilities (default: maximumLikelihood)",
      specificationOf(smoothings),
    )
    .addOption(
      libraryOption({ flag: "--encoding <name>", about: "how characters are stored", kind: textFileOptions.encoding }),
    )
    .option("--context <text>", "print what may follow this text; samples go on from it")
    .option("--most <n>", "rows of that table", wholeNumber(1), 10)
    .option("--sample <n>", "print a sample of this many tokens", wholeNumber(0));
  for (const row of samplingRows) command.addOption(libraryOption<unknown>(row));
  return command
    .option("--seed <n>", "seed of the sample", wholeNumber(0, 2 ** 32 - 1), 0)
    .option("--perplexity <file>", "print how well the counts foretell another text")
    .option("--save <file>", "save the model")
    .option("--load <file>", "use a saved model")
    .addOption(jsonOption())
    .addHelpText("after", help)
    .action((path: string | undefined, flags: Flags) => answer(path, flags, output));
}

async function answer(path: string | undefined, flags: Flags, output: Output): Promise<void> {
  checkFlags(path, flags);
  const model = path === undefined ? readNgrams(await readFile(flags.load!), flags.load) : await count(path, flags);
  const counts = model.trie.levels.map(({ tokens }) => tokens.length);
  output.log(
    `${model.order}-grams, ${model.tokenizer.size} tokens; different n-grams of 1 to ${model.order}: ${counts.join(", ")}`,
  );
  if (flags.save !== undefined) await save(model, flags.save, output);
  const { context, most, seed, temperature, topK, topP } = flags;
  const result = {
    table: context === undefined ? undefined : model.table(context, most),
    sample:
      flags.sample === undefined ? undefined : model.sample(flags.sample, { context, seed, temperature, topK, topP }),
    score:
      flags.perplexity === undefined
        ? undefined
        : model.score(await readText(flags.perplexity, { encoding: flags.encoding })),
  };
  if (flags.json) output.print(JSON.stringify({ order: model.order, tokens: model.tokenizer.size, counts, ...result }));
  else report(model, flags, result, output);
}

/** @throws OptionError for flags that would have no effect */
function checkFlags(path: string | undefined, flags: Flags): void {
  const one = "text ngram: give a file to count, or --load with a saved model";
  if (path === undefined && flags.load === undefined) throw new OptionError(one);
  if (path !== undefined && flags.load !== undefined) throw new OptionError(`${one}, not both`);
  const known = flags.load === undefined ? undefined : counting.slice(0, 3).find((name) => flags[name] !== undefined);
  if (known !== undefined)
    throw new OptionError(`text ngram: --${known} is in the saved model; leave it out, or count again`);
  const idle = drawing.find((name) => flags[name] !== undefined && flags.sample === undefined);
  if (idle !== undefined)
    throw new OptionError("text ngram: --temperature, --top-k and --top-p are for --sample; add it");
}

async function count(path: string, { order, unit = "words", smoothing, encoding }: Flags): Promise<NgramModel> {
  const pieces: string[] = [];
  for await (const piece of linePieces(path, { encoding })) pieces.push(piece);
  const { name, options } = parseSpecification(unit);
  const tokenizer = learnTokenizer(pieces, { ...options, type: name });
  const model = ngramModel(pieces, {
    ...{ order, tokenizer, joined: true },
    smoothing: smoothing === undefined ? undefined : build(smoothings, smoothing),
  });
  if (model.trie.levels[0].tokens.length > 0) return model;
  throw new DataError(`${path}: has no ${name} to count; expected a file of text`);
}

async function save(model: NgramModel, path: string, output: Output): Promise<void> {
  const bytes = writeNgrams(model);
  await writeFileAtomic(path, bytes);
  output.log(`saved to ${path}, ${formatBytes(bytes.length)}`);
}

interface Result {
  readonly table: ReturnType<NgramModel["table"]> | undefined;
  readonly sample: string | undefined;
  readonly score: ReturnType<NgramModel["score"]> | undefined;
}

function report(
  model: NgramModel,
  { context = "", perplexity = "" }: Flags,
  { table, sample, score }: Result,
  output: Output,
): void {
  if (table !== undefined) {
    output.print(
      table.length === 0 ? `nothing follows ${JSON.stringify(context)}` : `after ${JSON.stringify(context)}:`,
    );
    const names = table.map(({ token }) => (/\s/.test(token) ? JSON.stringify(token) : token));
    const width = Math.max(0, ...names.map(({ length }) => length));
    for (const [i, { probability, count }] of table.entries())
      output.print(`  ${names[i].padEnd(width)}  ${fraction(model, probability, count)}${probability.toFixed(4)}`);
  }
  if (sample !== undefined) output.print(sample);
  if (score === undefined) return;
  const { tokens, unknown, impossible, bits } = score;
  output.print(
    `perplexity of ${perplexity}: ${score.perplexity.toFixed(2)}, ${bits.toFixed(3)} bits a token, ${tokens} tokens`,
  );
  if (unknown > 0) output.print(`  ${unknown} of them are unknown, and predicted as one`);
  if (impossible > 0) output.print(`  ${impossible} of them are impossible; --smoothing kneserNey gives them a chance`);
}

/** Counts alone give fractions, as in the lecture's tables. */
const fraction = (model: NgramModel, probability: number, count: number): string =>
  model.smoothing.type === "maximumLikelihood" ? `${count}/${Math.round(count / probability)}  ` : "";
