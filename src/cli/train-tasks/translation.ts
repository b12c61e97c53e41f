/** `fovea train --task translation`: sentences of one language into another, from parallel texts. */
import { resolve } from "node:path";
import { DataError, FormatError, OptionError } from "../../array/index.ts";
import { type SentencePair, sentencePairs } from "../../data/index.ts";
import { attentionTranslation, convolutionTranslation, vectorTranslation } from "../../models/index.ts";
import type { Layer } from "../../nn/index.ts";
import { integer, real, withDefault, word } from "../../options/index.ts";
import { learnTokenizer, readTokenizer, type Tokenizer } from "../../text/index.ts";
import { bleu, createTranslator, describeBleu, tasks } from "../../train/index.ts";
import { grouped } from "../format.ts";
import type { Output } from "../io.ts";
import { isFilePair, type Lines, linesBetween, nameOfTexts, readParallelTexts } from "../parallel-texts.ts";
import { commonSettings } from "./common.ts";
import { asTyped, type ConfigOf, defaulting, orNull, text } from "./setting.ts";
import type { MeasureFurther, TaskContext, TrainTask } from "./train-task.ts";

/** The documents of the run that sentences are read and written with. */
const DOCUMENTS = { source: "source-tokenizer", target: "target-tokenizer" } as const;

const models = { vector: vectorTranslation, attention: attentionTranslation, convolution: convolutionTranslation };
type ModelName = keyof typeof models;

/** 0 stands for what the network has by itself. */
const size = (flag: string, about: string) => ({
  flag,
  about,
  kind: withDefault(integer(0), 0),
  absent: "the network's own",
});

const settings = {
  ...commonSettings,
  model: {
    flag: "--model <name>",
    about: "vector or attention, which are recurrent, or convolution",
    kind: withDefault(word<ModelName>("vector", "attention", "convolution"), "attention"),
    read: (name: string) => asTyped(name) as ModelName,
  },
  data: {
    ...commonSettings.data,
    flag: "--data <paths>",
    about:
      "two files whose lines are translations, train.de,train.en, or a folder with train.de, train.en, val.de, …; .gz too",
  },
  from: {
    flag: "--from <language>",
    about: "the ending of the files to translate from, such as de",
    kind: withDefault<string | null>(orNull(text), null),
    read: asTyped,
    absent: "the first file's",
  },
  to: {
    flag: "--to <language>",
    about: "the ending of the files to translate into, such as en",
    kind: withDefault<string | null>(orNull(text), null),
    read: asTyped,
    absent: "the second file's",
  },
  tokens: {
    flag: "--tokens <kind>",
    about: "what sentences are made of: spaces (what stands between spaces, for tokenized text), words, bpe",
    kind: withDefault(word("spaces", "words", "bpe"), "spaces" as const),
  },
  atLeast: {
    flag: "--at-least <n>",
    about: "how often a token must occur to be known",
    kind: withDefault(integer(1), 2),
  },
  /** 0: no limit, of bpe its own. */
  vocabulary: {
    flag: "--vocabulary <n>",
    about: "the most tokens to tell apart in each language, the most frequent ones",
    kind: withDefault(integer(0), 0),
    absent: "all; of bpe 8192",
  },
  layers: size("--layers <n>", "layers of encoder and decoder"),
  units: size("--units <n>", "the size of each layer"),
  embedding: size("--embedding <n>", "the size of a token's vector"),
  dropout: {
    flag: "--dropout <share>",
    about: "the share of values between layers that is dropped while training",
    kind: withDefault(real(0, 0.99), 0.3),
  },
  labelSmoothing: {
    flag: "--label-smoothing <share>",
    about: "the share of the target that is spread evenly over all tokens",
    kind: withDefault(real(0, 1), 0.1),
  },
  /** Longer pairs are left out of the data. */
  steps: {
    flag: "--steps <n>",
    about: "the most tokens of a sentence; pairs with a longer one are left out",
    kind: withDefault(integer(2), 128),
  },
  epochs: defaulting(commonSettings.epochs, 12),
  optimizer: defaulting(commonSettings.optimizer, "adam"),
  learningRate: defaulting<number | null>(commonSettings.learningRate, 0.002),
  clipNorm: defaulting<number | null>(commonSettings.clipNorm, 1),
  schedule: defaulting(commonSettings.schedule, "cosine"),
  warmup: defaulting(commonSettings.warmup, 0.5),
};

type TranslationSettings = ConfigOf<typeof settings>;

/** The tokenizers of a run that has been trained. @throws DataError for a run without */
export async function tokenizersOf(context: TaskContext): Promise<SentencePair<Tokenizer>> {
  const tokenizers = await keptTokenizers(context);
  if (tokenizers !== undefined) return tokenizers;
  throw new DataError(`the run has no ${Object.values(DOCUMENTS).join(".json, ")}.json, which sentences are read with`);
}

async function keptTokenizers({ kept }: TaskContext): Promise<SentencePair<Tokenizer> | undefined> {
  const [source, target] = await Promise.all(
    Object.values(DOCUMENTS).map(async (name) => {
      const json = await kept(name);
      try {
        return json === undefined ? undefined : readTokenizer(json);
      } catch (error) {
        if (!(error instanceof OptionError)) throw error;
        throw new FormatError(`${name}.json: ${error.message}; the file was changed or is damaged`, { cause: error });
      }
    }),
  );
  return source && target && { source, target };
}

function learned({ tokens: type, vocabulary, atLeast }: TranslationSettings, lines: Lines): SentencePair<Tokenizer> {
  const learn = (texts: readonly string[]): Tokenizer =>
    learnTokenizer(texts, { type, atLeast, special: ["<bos>", "<eos>"], ...(vocabulary > 0 && { most: vocabulary }) });
  return { source: learn(lines.source), target: learn(lines.target) };
}

function createNetwork(config: TranslationSettings, { source, target }: SentencePair<Tokenizer>): Layer {
  const { model, layers, units, embedding, dropout, steps } = config;
  const counts = model === "convolution" ? { encoderLayers: layers, decoderLayers: layers } : { layers };
  return models[model]({
    ...{ sourceWords: source.size, targetWords: target.size, dropout, steps },
    ...(layers > 0 && counts),
    ...(units > 0 && { units }),
    ...(embedding > 0 && { embedding }),
  });
}

interface Parts {
  readonly train: Lines;
  readonly validation?: Lines | undefined;
  readonly test?: Lines | undefined;
}

/** The parts of the data; those that have no files are set aside from the end of the training lines. */
async function loadParts(config: TranslationSettings, { output }: TaskContext): Promise<Parts> {
  const { data, test, validation, limit } = config;
  const found = await readParallelTexts(config);
  const own = typeof test === "string" ? await readParallelTexts({ ...config, data: test }) : found;
  const ownTest = typeof test === "string" ? (own.test ?? own.train) : own.test;
  if (found.train === undefined) throw new DataError(`${data}: has no files of a part to train with, such as train.de`);
  const [rest, tested] =
    ownTest === undefined
      ? cut(found.train, typeof test === "number" ? test : TEST_SHARE, "--test")
      : [found.train, ownTest];
  const [train, held] =
    found.validation === undefined ? cut(rest, validation, "--validation") : [rest, found.validation];
  const said =
    Object.entries({ "to choose the best epoch by": found.validation === undefined ? held : undefined, "to test with": ownTest === undefined ? tested : undefined }) // biome-ignore format: one line
      .flatMap(([what, lines]) => (lines === undefined ? [] : [`${grouped(lines.source.length)} ${what}`]));
  if (said.length > 0) output.log(`holding out lines at the end of ${data}: ${said.join(", ")}`);
  return {
    train: limit > 0 ? linesBetween(train, 0, limit) : train,
    validation: held,
    test: typeof test === "number" && ownTest !== undefined ? (test === 0 ? undefined : ownTest) : tested,
  };
}

const TEST_SHARE = 0.1;

/** Lines without their end, and the end. @throws OptionError where nothing is left */
function cut(lines: Lines, amount: number, option: string): [Lines, Lines | undefined] {
  const total = lines.source.length;
  const count = amount < 1 ? Math.floor(total * amount) : amount;
  if (count === 0) return [lines, undefined];
  if (count >= total)
    throw new OptionError(`${option} ${amount}: there are ${total} pairs of lines; leave some to train with`);
  return [linesBetween(lines, 0, total - count), linesBetween(lines, total - count, total)];
}

/**
 * Pairs of sentences that the network can take; how many are left out is said.
 * @param part of the data, as in "of test data"
 */
function fitting(
  lines: Lines,
  { tokenizers, steps, output }: { tokenizers: SentencePair<Tokenizer>; steps: number; output: Output },
  part = "",
): Lines {
  // The marks are tokens as well.
  const fits = (i: number): boolean =>
    tokenizers.source.encode(lines.source[i]).length + 1 <= steps &&
    tokenizers.target.encode(lines.target[i]).length + 2 <= steps;
  const kept = lines.source.map((_, i) => i).filter(fits);
  const left = lines.source.length - kept.length;
  if (left > 0)
    output.log(`${grouped(left)} pairs${part} of more than ${steps} tokens are left out (--steps ${steps})`);
  return { source: kept.map((i) => lines.source[i]), target: kept.map((i) => lines.target[i]) };
}

/** The BLEU of translations of lines. */
const bleuOf =
  (lines: Lines, tokenizers: SentencePair<Tokenizer>): MeasureFurther =>
  async (model, engine, onProgress) => {
    const translator = createTranslator(model, tokenizers, { engine });
    const found = await translator.translate(lines.source, (done) => onProgress(done, lines.source.length));
    const result = bleu(
      found.map(({ text }) => text),
      lines.target,
    );
    return { figures: { bleu: result.bleu }, line: describeBleu(result) };
  };

/** Sentences that people are shown at the end. */
const SHOWN = 3;

export const translationTask: TrainTask<typeof settings> = {
  name: "translation",
  summary: "sentences of one language into another, from parallel texts",
  settings,
  make: tasks.translation,
  taskOptions: ({ labelSmoothing }) => ({ labelSmoothing }),
  setUp: async (config, _task, context) => {
    const { output } = context;
    const { train, validation, test } = await loadParts(config, context);
    const tokenizers = (await keptTokenizers(context)) ?? learned(config, train);
    const [name, { steps }] = [nameOfTexts(config.data), config];
    const limits = { tokenizers, steps, output };
    const held = validation && fitting(validation, limits, " of validation data");
    const tested = test && fitting(test, limits, " of test data");
    const dataOf = (lines: Lines | undefined, what: string) =>
      lines && sentencePairs(`${name} (${what})`, lines, tokenizers);
    output.log(
      `${grouped(tokenizers.source.size)} tokens of the source, ${grouped(tokenizers.target.size)} of the target`,
    );
    return {
      config: {
        ...config,
        data: isFilePair(config.data)
          ? config.data
              .split(",")
              .map((path) => resolve(path))
              .join()
          : resolve(config.data),
      },
      network: createNetwork(config, tokenizers),
      train: sentencePairs(name, fitting(train, limits), tokenizers),
      ...{ validation: dataOf(held, "validation"), test: dataOf(tested, "test") },
      further: tested && bleuOf(tested, tokenizers),
      evaluate: { batch: 64 },
      keep: { [DOCUMENTS.source]: tokenizers.source, [DOCUMENTS.target]: tokenizers.target },
      unit: "sentences",
      show: async (model, engine) => {
        if (tested === undefined) return;
        const some = linesBetween(tested, 0, SHOWN);
        const found = await createTranslator(model, tokenizers, { engine }).translate(some.source);
        for (const [i, { text }] of found.entries())
          for (const [mark, line] of Object.entries({ "": some.source[i], "→ ": text, "= ": some.target[i] }))
            output.print(`${mark}${line}`);
        output.print();
      },
    };
  },
  evaluated: async (config, path, context) => {
    const tokenizers = await tokenizersOf(context);
    const parts =
      path === undefined ? await loadParts(config, context) : await readParallelTexts({ ...config, data: path });
    const lines = parts.test ?? parts.train;
    if (lines === undefined)
      throw new DataError("there are no lines to test with; name some with --data test.de,test.en");
    const kept = fitting(lines, { tokenizers, steps: config.steps, output: context.output });
    return {
      data: sentencePairs(nameOfTexts(path ?? config.data), kept, tokenizers),
      evaluate: { batch: 64 },
      further: bleuOf(kept, tokenizers),
    };
  },
};
