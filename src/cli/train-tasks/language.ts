/** `fovea train --task language`: the next token of a text, from those before it. */
import { basename, resolve } from "node:path";
import { DataError, FormatError, type NdArray, OptionError } from "../../array/index.ts";
import {
  type AnyDataset,
  fittingStreams,
  readText,
  sampleCount,
  type TextStreams,
  textStreams,
} from "../../data/index.ts";
import { convolutionalLanguageModel, recurrentLanguageModel } from "../../models/index.ts";
import type { Layer } from "../../nn/index.ts";
import { flag, integer, readOptions, real, withDefault, word } from "../../options/index.ts";
import { learnTokenizer, readTokenizer, type Tokenizer } from "../../text/index.ts";
import { generateText, nextToken } from "../../train/index.ts";
import { grouped } from "../format.ts";
import { oneOf } from "../options.ts";
import { commonSettings } from "./common.ts";
import { type ConfigOf, defaulting, orNull } from "./setting.ts";
import type { TaskContext, TrainTask } from "./train-task.ts";

/** The document of the run that texts are read with. */
const TOKENIZER = "tokenizer";

const models = ["lstm", "gru", "rnn", "conv"] as const;
const units = { characters: "characters", words: "words", bpe: "tokens" } as const;
type Cutting = keyof typeof units;

const settings = {
  ...commonSettings,
  model: {
    flag: "--model <name>",
    about: `${models.join(", ")}: cells of a recurrent network, or gated causal convolutions`,
    kind: withDefault(word(...models), "lstm"),
    read: oneOf(models) as (text: string) => (typeof models)[number],
  },
  data: { ...commonSettings.data, flag: "--data <path>", about: "a file of text, in UTF-8, packed with gzip or not" },
  tokens: {
    flag: "--tokens <kind>",
    about: `what is predicted: ${Object.keys(units).join(", ")}`,
    kind: withDefault(word<Cutting>("characters", "words", "bpe"), "characters"),
  },
  /** `null`: as many as the tokenizer takes by itself. */
  vocabulary: {
    flag: "--vocabulary <n>",
    about: "the most tokens to tell apart, the most frequent ones",
    kind: withDefault<number | null>(orNull(integer(2)), null),
    absent: "all; of bpe 8192",
  },
  layers: { flag: "--layers <n>", about: "layers", kind: withDefault(integer(1), 2) },
  units: { flag: "--units <n>", about: "the size of each layer", kind: withDefault(integer(1), 512) },
  /** 0: as many as units. */
  embedding: {
    flag: "--embedding <n>",
    about: "the length of a token's vector",
    kind: withDefault(integer(0), 0),
    absent: "as many as units",
  },
  dropout: {
    flag: "--dropout <share>",
    about: "the share of values between layers that is dropped while training",
    kind: withDefault(real(0, 0.99), 0.2),
  },
  tied: {
    flag: "--tied",
    about: "use the vectors of tokens as weights of their scores as well",
    kind: withDefault(flag(), false),
  },
  steps: {
    flag: "--steps <n>",
    about: "tokens that gradients flow through; states are carried further",
    kind: withDefault(integer(1), 128),
  },
  batch: { ...commonSettings.batch, about: "parts of the text that are read in parallel" },
  limit: { ...commonSettings.limit, about: "use this many characters of the training text" },
  validation: {
    ...commonSettings.validation,
    about: "share or number of characters at the end of the training text to choose the best epoch by",
    kind: withDefault(real(0), 0.05),
    absent: "0.05",
  },
  test: {
    ...commonSettings.test,
    flag: "--test <n|path>",
    about: "what to test with at the end: a file of text, or a share or number of characters at the end; 0 for none",
    absent: "0.1",
  },
  epochs: defaulting(commonSettings.epochs, 10),
  optimizer: defaulting(commonSettings.optimizer, "adamW"),
  learningRate: defaulting<number | null>(commonSettings.learningRate, 0.002),
  clipNorm: defaulting<number | null>(commonSettings.clipNorm, 1),
  schedule: defaulting(commonSettings.schedule, "cosine"),
  warmup: defaulting(commonSettings.warmup, 0.2),
};

type LanguageSettings = ConfigOf<typeof settings>;

const TEST_SHARE = 0.1;

/** The library's task, which has no options here: the data are made for it. */
const make = Object.assign(
  (options: Record<string, never> = {}) =>
    nextToken({ target: "next", shifted: true, ...readOptions("language", {}, options) }),
  { optionNames: [] as const },
);

export const languageTask: TrainTask<typeof settings> = {
  name: "language",
  summary: "the next token of a text, from those before it",
  settings,
  make,
  setUp: async (config, _task, context) => {
    const { output } = context;
    const { train, validation, test } = await loadText(config, context);
    const tokenizer = (await keptTokenizer(context)) ?? learned(config, train);
    const network = createNetwork(config, tokenizer);
    const { batch: streams, steps } = config;
    const name = basename(config.data);
    const data = textStreams(tokenizer.encode(train), { name, streams, steps, vocabulary: tokenizer.vocabulary });
    const held = (part: string, as: string): TextStreams | undefined =>
      part === "" ? undefined : evaluated(tokenizer, part, as, config);
    output.log(
      `${grouped(tokenizer.size)} ${config.tokens === "characters" ? "different characters" : "tokens"}, <unk> included; ` +
        `${streams} streams of ${grouped((sampleCount(data) / streams) * steps)} ${units[config.tokens]}`,
    );
    return {
      config: {
        ...config,
        data: resolve(config.data),
        test: typeof config.test === "string" ? resolve(config.test) : config.test,
      },
      ...{
        network,
        train: data,
        validation: held(validation, `${name} (held out)`),
        test: held(test, testName(config)),
      },
      keep: { [TOKENIZER]: tokenizer },
      unit: units[config.tokens],
      size: (part) => sampleCount(part) * stepsOf(part),
      show: async (model, engine) => {
        let text = "";
        for await (const piece of generateText(model, tokenizer, beginning(tokenizer), {
          length: SHOWN,
          temperature: 0.8,
          engine,
        }))
          text += piece;
        output.print(`${text.trim()}\n`);
      },
    };
  },
  evaluated: async (config, path, context) => {
    const tokenizer = await tokenizerOf(context);
    const text = path === undefined ? (await loadText(config, context)).test : await readText(path);
    if (text === "") throw new DataError("the run has no text to test with; name one with --data");
    return { data: evaluated(tokenizer, text, path === undefined ? testName(config) : basename(path), config) };
  },
};

/** What is tested with, for people. */
const testName = ({ test, data }: LanguageSettings): string =>
  typeof test === "string" ? basename(test) : `the end of ${basename(data)}`;

/** What may stand before the beginning of a text: the end of a line or of a sentence, else the most frequent token. */
export function beginning(tokenizer: Tokenizer): string {
  const unknown = tokenizer.numberOf("<unk>");
  const isKnown = (text: string): boolean => {
    const numbers = tokenizer.encode(text);
    return numbers.length > 0 && !numbers.some((number) => number === unknown);
  };
  return ["\n", "."].find(isKnown) ?? tokenizer.decode([tokenizer.size > 2 ? 2 : 0]);
}

/** Tokens that people are shown at the end. */
const SHOWN = 300;

const stepsOf = (part: AnyDataset): number => ((part as TextStreams).columns.tokens.values as NdArray).shape[1];

/** Text in as many streams as leave out few tokens. */
function evaluated(
  tokenizer: Tokenizer,
  text: string,
  name: string,
  { batch: streams, steps }: Pick<LanguageSettings, "batch" | "steps">,
): TextStreams {
  const tokens = tokenizer.encode(text);
  const sizes = fittingStreams(tokens.length, { streams, steps });
  return textStreams(tokens, { name, ...sizes, vocabulary: tokenizer.vocabulary });
}

interface TextParts {
  readonly train: string;
  readonly validation: string;
  readonly test: string;
}

/** The parts of the text: the last tenth to test with, before it the end of the rest to choose the best epoch by. */
async function loadText(
  { data, test, validation, limit }: LanguageSettings,
  { output }: TaskContext,
): Promise<TextParts> {
  const text = await readText(data);
  const [rest, own] =
    typeof test === "string" ? [text, await readText(test)] : cutEnd(text, test ?? TEST_SHARE, "--test");
  const [before, held] = cutEnd(limit > 0 ? rest.slice(0, limit) : rest, validation, "--validation");
  const parts = [
    held === "" ? "" : `${grouped(held.length)} to choose the best epoch by`,
    own === "" ? "" : `${grouped(own.length)} to test with`,
  ];
  const said = parts.filter((part) => part !== "").join(", ");
  if (said !== "") output.log(`holding out characters at the end of ${data}: ${said}`);
  return { train: before, validation: held, test: own };
}

/** A text without its end, and the end. @throws OptionError where nothing is left */
function cutEnd(text: string, amount: number, option: string): [before: string, end: string] {
  const count = amount < 1 ? Math.floor(text.length * amount) : amount;
  if (count >= text.length)
    throw new OptionError(`${option} ${amount}: the text has ${text.length} characters; leave some to train with`);
  const at = text.length - count;
  // Not between the halves of a character beyond the first 65 536.
  const isHalf = /[\uDC00-\uDFFF]/.test(text[at] ?? "");
  return [text.slice(0, isHalf ? at - 1 : at), text.slice(isHalf ? at - 1 : at)];
}

function learned({ tokens: type, vocabulary: most }: LanguageSettings, text: string): Tokenizer {
  return learnTokenizer([text], { type, ...(most !== null && { most }) });
}

async function keptTokenizer({ kept }: TaskContext): Promise<Tokenizer | undefined> {
  const json = await kept(TOKENIZER);
  if (json === undefined) return undefined;
  try {
    return readTokenizer(json);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw new FormatError(`${TOKENIZER}.json: ${error.message}; the file was changed or is damaged`, { cause: error });
  }
}

function createNetwork(config: LanguageSettings, { size }: Tokenizer): Layer {
  const { model, units, layers, embedding, dropout, tied } = config;
  const options = { tokens: size, units, layers, embedding, dropout, tied };
  return model === "conv" ? convolutionalLanguageModel(options) : recurrentLanguageModel({ ...options, cell: model });
}

/** The tokenizer of a run that has been trained. @throws DataError for a run without */
export async function tokenizerOf(context: TaskContext): Promise<Tokenizer> {
  const tokenizer = await keptTokenizer(context);
  if (tokenizer !== undefined) return tokenizer;
  throw new DataError(`the run has no ${TOKENIZER}.json, which texts are read with`);
}
