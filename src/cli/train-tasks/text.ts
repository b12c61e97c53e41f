/**
 * `fovea train --task text`: sentences and other short texts, each of one class. What is not said follows from the data: the
 * words, their vectors, how long to train.
 */
import { resolve } from "node:path";
import { DataError, FormatError } from "../../array/index.ts";
import { holdOut, sampleCount, type TextSet, type TextSetOptions, type TextTable, textSet } from "../../data/index.ts";
import { dynamicConvNet, kim, startWithVectors } from "../../models/index.ts";
import { type Layer, Model, tokens } from "../../nn/index.ts";
import { integer, withDefault, word } from "../../options/index.ts";
import { readTokenizer, type Tokenizer } from "../../text/index.ts";
import { classification, type EvaluationReport, evaluateModel, tasks } from "../../train/index.ts";
import { grouped, percent } from "../format.ts";
import { wholeNumber } from "../options.ts";
import { type ChosenWords, chooseWords, vectorsAtHand } from "../texts/words.ts";
import { visibleName } from "../visible.ts";
import { commonSettings } from "./common.ts";
import { asTyped, defaulting, orNull, text } from "./setting.ts";
import type { Prepared, RunSettings, TaskContext, TrainTask } from "./train-task.ts";

/** The networks of the command line, as libraries make them. */
const networks = { kim, dynamic: dynamicConvNet } as const;
type NetworkName = keyof typeof networks;

type TextEncoding = NonNullable<TextSetOptions["encoding"]>;

/** The length of vectors that begin at random; the dynamic network takes multiples of 4. */
const FEATURES = 100;
/** The share of the vectors' numbers that is dropped while training. */
const WORD_DROPOUT = 0.2;
/** How many texts a run sees in all its epochs, more or less. */
const TEXTS_SEEN = 60_000;
const [LEAST_EPOCHS, MOST_EPOCHS] = [3, 30];
const [FEW, SMALL_BATCH, BATCH] = [1000, 16, 50];
/** A tenth of fewer texts than this says little about epochs. */
const FEW_TO_CHOOSE = 500;
/** Held out for tests where the data have no part for it; not by the seed, so that runs can be compared. */
const TEST_SHARE = 0.1;
const TEST_SEED = 0;

const settings = {
  ...commonSettings,
  model: {
    flag: "--model <name>",
    about: "kim: filters over 3, 4 and 5 words, the largest value of each; dynamic: the dynamic ConvNet",
    kind: withDefault(word<NetworkName>("kim", "dynamic"), "kim"),
    read: asTyped as (text: string) => NetworkName,
  },
  data: {
    ...commonSettings.data,
    about: "a file of lines `class text`, .csv, .tsv or .jsonl with columns text and label, or a folder CLASS/*.txt",
  },
  textColumn: {
    flag: "--text-column <name>",
    about: "the column of texts",
    kind: withDefault(text, "text"),
    read: asTyped,
  },
  labelColumn: {
    flag: "--label-column <name>",
    about: "the column of classes",
    kind: withDefault(text, "label"),
    read: asTyped,
  },
  /** `null`: UTF-8, or else Latin-1. */
  encoding: {
    flag: "--encoding <name>",
    about: "how the texts are written: utf-8, latin1 or utf-16",
    kind: withDefault<TextEncoding | null>(orNull(word("utf-8", "latin1", "utf-16")), null),
    read: asTyped as (text: string) => TextEncoding,
    absent: "utf-8, or latin1 where that fails",
  },
  longest: {
    flag: "--longest <n>",
    about: "cut texts to at most this many words",
    kind: withDefault(integer(1), 400),
    read: wholeNumber(1),
  },
  /** A file or folder of vectors, or `none`; `null`: those in FOVEA_DATA, if there are any. */
  vectors: {
    flag: "--vectors <file>",
    about: "begin with the word vectors of a file, GloVe's or word2vec's, or none",
    kind: withDefault<string | null>(orNull(text), null),
    read: asTyped,
    absent: "FOVEA_DATA/glove where it is there",
  },
  validation: defaulting(commonSettings.validation, 0.1),
  test: {
    ...commonSettings.test,
    about: "what to test with at the end: a file, or a share or number of texts set aside; 0 for none",
    absent: "the data's own part, else 0.1",
  },
  /** 0: by the number of texts. */
  epochs: {
    ...commonSettings.epochs,
    kind: withDefault(integer(0), 0),
    read: wholeNumber(1),
    absent: `${LEAST_EPOCHS} to ${MOST_EPOCHS}, by the number of texts`,
  },
  /** 0: by the number of texts. */
  batch: {
    ...commonSettings.batch,
    kind: withDefault(integer(0), 0),
    read: wholeNumber(1),
    absent: `${SMALL_BATCH} of fewer than ${FEW} texts, else ${BATCH}`,
  },
  optimizer: defaulting(commonSettings.optimizer, "adam"),
  learningRate: defaulting<number | null>(commonSettings.learningRate, 0.002),
};

type TextSettings = typeof settings;
/** The settings of a run that classifies texts. */
export type TextConfig = RunSettings<TextSettings>;

/** The names under which a run keeps its tokenizer, and the names of its classes. */
const [TOKENIZER, CLASSES] = ["tokenizer", "classes"];

export const textTask: TrainTask<TextSettings> = {
  name: "text",
  summary: "sentences and other texts, each of one class",
  settings,
  make: tasks.classification,
  setUp,
  evaluationOptions: { report: true },
  evaluated: async (config, path, { output, kept }) => {
    const tokenizer = await tokenizerOf(kept);
    if (path === undefined) {
      const { test, validation } = await partsOf(config, tokenizer, () => {});
      const data = test ?? validation;
      if (data !== undefined) return { data };
      throw new DataError("the run has set no texts aside; name some with --data");
    }
    const classes = (await kept(CLASSES)) as string[] | undefined;
    const set = await textSet(path, { ...readingOf(config), tokenizer, classes, onNotice: output.log });
    return { data: set.test ?? set.train };
  },
};

/** The tokenizer of a run that has been trained. @throws DataError for a run without */
export async function tokenizerOf(kept: TaskContext["kept"]): Promise<Tokenizer> {
  const json = await kept(TOKENIZER);
  if (json !== undefined) return readTokenizer(json);
  throw new DataError(`the run has no ${TOKENIZER}.json, by which its model numbers words; the folder is incomplete`);
}

async function setUp(given: TextConfig, _task: unknown, { output, kept }: TaskContext): Promise<Prepared> {
  const { config, all } = await readAll(given, output.log);
  const earlier = await kept(TOKENIZER);
  const path = vectorsPath(config);
  const words: ChosenWords =
    earlier === undefined
      ? await chooseWords(all.train, all.tokenizer, path)
      : { tokenizer: readTokenizer(earlier), notice: "the words are those of the run" };
  output.log(words.notice);
  const { train, validation, test } = await partsOf(config, words.tokenizer, output.log);
  const { epochs, batch } = lengthOfRun(config, sampleCount(train));
  const { classes } = all;
  const model = Model.build(networkOf(config, words, classes.length), {
    input: tokens(config.longest, { vocabulary: words.tokenizer.size }),
    ...{ classes, seed: config.seed },
  });
  if (words.vectors !== undefined) startWithVectors(model, words.vectors);
  const lasting = {
    ...{
      epochs,
      batch,
      data: resolve(config.data),
      vectors: words.vectors?.path ?? (earlier === undefined ? "none" : (path ?? "none")),
    },
    test: typeof config.test === "string" ? resolve(config.test) : config.test,
  };
  return {
    config: { ...config, ...lasting },
    ...{ network: model, train, validation, test, unit: "texts" },
    keep: { [TOKENIZER]: words.tokenizer.toJSON(), [CLASSES]: classes },
    show: async (trained, engine) => {
      if (test === undefined) return;
      const { details } = await evaluateModel(trained, test, { task: classification({ report: true }), engine });
      for (const line of classLines(details.report!)) output.print(line);
    },
  };
}

/** All texts with all their words; and the settings, with the encoding that they turned out to have. */
async function readAll(config: TextConfig, log: (line: string) => void): Promise<{ config: TextConfig; all: TextSet }> {
  const read = async (encoding: TextEncoding) => {
    const settled = { ...config, encoding };
    return {
      config: settled,
      all: await textSet(config.data, { ...readingOf(settled), tokenizer: { type: "words" } }),
    };
  };
  if (config.encoding !== null) return read(config.encoding);
  try {
    return await read("utf-8");
  } catch (error) {
    if (!(error instanceof FormatError && error.message.includes("UTF-8"))) throw error;
    const latin = await read("latin1");
    log(`${error.message}; it is read as Latin-1 (--encoding says otherwise)`);
    return latin;
  }
}

/** How the data of a run are read, whatever the tokenizer. */
const readingOf = ({ textColumn, labelColumn, encoding, longest }: TextConfig): TextSetOptions => ({
  ...{ text: textColumn, label: labelColumn, encoding: encoding ?? "utf-8", longest },
});

/** @throws OptionError unless the vectors are there */
function vectorsPath({ vectors }: TextConfig): string | undefined {
  if (vectors === "none") return undefined;
  return vectors === null ? vectorsAtHand() : resolve(vectors);
}

/** The texts to train, validate and test with. Those to test with are the same for every seed. */
async function partsOf(
  config: TextConfig,
  tokenizer: Tokenizer,
  log: (line: string) => void,
): Promise<{ train: TextTable; validation?: TextTable | undefined; test?: TextTable | undefined }> {
  const { data, test: wanted, validation: amount, limit, seed } = config;
  const reading = { ...readingOf(config), tokenizer };
  const found = await textSet(data, { ...reading, onNotice: log });
  const testSet =
    typeof wanted === "string" ? await textSet(wanted, { ...reading, classes: found.classes }) : undefined;
  const share =
    typeof wanted === "number" ? wanted : found.test === undefined && testSet === undefined ? TEST_SHARE : 0;
  const first = aside(found.train, share, TEST_SEED);
  const train = limit > 0 && limit < sampleCount(first.rest) ? aside(first.rest, limit, TEST_SEED).held! : first.rest;
  const test = testSet?.train ?? first.held ?? (wanted === 0 ? undefined : found.test);
  if (found.validation !== undefined) return { train, validation: found.validation, test };
  if (amount === 0) return { train, test };
  if (sampleCount(train) < FEW_TO_CHOOSE) {
    log(`${sampleCount(train)} texts are too few to choose an epoch by some of them; the last one is kept`);
    return { train, test };
  }
  const second = aside(train, amount, seed);
  return { train: second.rest, validation: second.held, test };
}

/** Sets a share or a number of texts aside, of each class the same share. */
function aside(texts: TextTable, amount: number, seed: number): { rest: TextTable; held?: TextTable } {
  if (amount === 0) return { rest: texts };
  const { train, validation } = holdOut(texts, amount, seed, { stratified: true });
  return { rest: train, held: validation };
}

/** Fewer texts need more passes, and smaller steps. */
function lengthOfRun({ epochs, batch }: TextConfig, texts: number): { epochs: number; batch: number } {
  const some = Math.round(TEXTS_SEEN / texts);
  return {
    epochs: epochs || Math.min(MOST_EPOCHS, Math.max(LEAST_EPOCHS, some)),
    batch: batch || (texts < FEW ? SMALL_BATCH : BATCH),
  };
}

function networkOf({ model }: TextConfig, { tokenizer, vectors }: ChosenWords, classes: number): Layer {
  const features = vectors?.vectors.shape[1] ?? FEATURES;
  return networks[model]({ words: tokenizer.size, classes, features, wordDropout: WORD_DROPOUT });
}

/** A line for each class: how many of its texts were recognized, and how often its name was right. */
function classLines({ perClass }: EvaluationReport): string[] {
  const names = perClass.map(({ name }) => visibleName(name));
  const width = Math.max(...names.map((name) => name.length));
  const share = (value: number): string => (Number.isNaN(value) ? "–" : percent(value, 1)).padStart(7);
  return perClass.map(
    ({ recall, precision, support }, i) =>
      `${names[i].padEnd(width)} ${share(recall)} of ${grouped(support)} recognized; right in ${share(precision).trim()} of its answers`,
  );
}
