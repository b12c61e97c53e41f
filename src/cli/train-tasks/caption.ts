/** `fovea train --task caption`: sentences on pictures. */
import { resolve } from "node:path";
import { DataError, OptionError } from "../../array/index.ts";
import {
  captionScenes,
  captionTokenizer,
  cocoSet,
  type DataTable,
  firstSamples,
  type Ragged,
  subset,
} from "../../data/index.ts";
import { attentionCaptioning, vectorCaptioning } from "../../models/index.ts";
import type { Layer } from "../../nn/index.ts";
import { integer, integers, real, withDefault, word } from "../../options/index.ts";
import { readTokenizer, type Tokenizer } from "../../text/index.ts";
import { createCaptioner, tasks } from "../../train/index.ts";
import { captionsMeasured, describedPictures } from "../captions/measure-captions.ts";
import { grouped } from "../format.ts";
import type { Output } from "../io.ts";
import { wholeNumbers } from "../options.ts";
import {
  type AnnotatedParts,
  annotatedSettings,
  evaluatedPictures,
  lastingConfig,
  loadAnnotated,
  readingOf,
  SCENES,
} from "./annotated-parts.ts";
import { createAugmentation } from "./augmentation.ts";
import { modelSetting } from "./network-settings.ts";
import { asTyped, defaulting, orNull, text } from "./setting.ts";
import { tokenizerOf } from "./text.ts";
import type { Evaluated, Prepared, RunSettings, TaskContext, TrainTask } from "./train-task.ts";

/** The document of the run that sentences are read and written with. */
const TOKENIZER = "tokenizer";

const models = { attention: attentionCaptioning, vector: vectorCaptioning };

const own = annotatedSettings("a file of captions in COCO's JSON, whose pictures are in --pictures");

const settings = {
  ...own,
  model: modelSetting(
    "attention, which looks at places of the picture for each word, or vector",
    "attention",
    "vector",
  ),
  pictures: {
    flag: "--pictures <path>",
    about: "the folder or archive with the pictures that --data tells of, at any depth",
    kind: withDefault<string | null>(orNull(text), null),
    read: asTyped,
    absent: "of scenes none",
  },
  longest: {
    flag: "--longest <n>",
    about: "the most words of a sentence; longer ones are cut",
    kind: withDefault(integer(1), 50),
  },
  atLeast: {
    flag: "--at-least <n>",
    about: "how often a word must occur to be known",
    kind: withDefault(integer(1), 2),
  },
  /** `null`: as many as the size of the pictures asks for. */
  maps: {
    flag: "--maps <n,…>",
    about: "the maps of each level, each at half the size of the one before; attention looks at the last",
    kind: withDefault<readonly number[] | null>(orNull(integers(1)), null),
    read: wholeNumbers(1),
    absent: "16,32,64,… until a side has at most 16 places; of scenes 16,32",
  },
  convolutions: {
    flag: "--convolutions <n>",
    about: "convolutions of each level after the first",
    kind: withDefault(integer(1), 2),
    absent: "2; of scenes 5",
  },
  cell: {
    flag: "--cell <name>",
    about: "the decoder's recurrent cell: lstm or gru",
    kind: withDefault(word("lstm", "gru"), "lstm" as const),
    read: asTyped as (name: string) => "lstm" | "gru",
  },
  units: { flag: "--units <n>", about: "the size of the decoder's state", kind: withDefault(integer(1), 128) },
  embedding: { flag: "--embedding <n>", about: "the size of a word's vector", kind: withDefault(integer(1), 64) },
  dropout: {
    flag: "--dropout <share>",
    about: "the share of values between layers that is dropped while training",
    kind: withDefault(real(0, 0.99), 0),
  },
  labelSmoothing: {
    flag: "--label-smoothing <share>",
    about: "the share of the target that is spread evenly over all words",
    kind: withDefault(real(0, 1), 0),
  },
  epochs: defaulting(own.epochs, 10),
  batch: defaulting(own.batch, 32),
  learningRate: defaulting<number | null>(own.learningRate, 0.002),
  clipNorm: defaulting<number | null>(own.clipNorm, 1),
  warmup: defaulting(own.warmup, 0.5),
};

/** The settings of a run. */
export type CaptionConfig = RunSettings<typeof settings>;

/** Pictures with sentences, and what these are read and written with. */
interface CaptionParts extends AnnotatedParts {
  readonly tokenizer: Tokenizer;
}

/** Built-in scenes to train with, unless there is a limit. */
const SCENE_COUNT = 20_000;
/** Places smaller than the small objects of scenes, and as wide a view of each. */
const SCENE_MAPS = { maps: [16, 32], convolutions: 5 };

/** Reads the parts of built-in or other data as they are. @param known words; by default those of the first data that are read */
function reader(config: CaptionConfig, output: Output, known?: Tokenizer) {
  const { pictures, longest, atLeast, limit } = config;
  let tokenizer = known;
  return async (data: string): Promise<CaptionParts> => {
    if (data === SCENES) {
      if (pictures !== null) throw new OptionError(`--data ${SCENES} has its own pictures; leave --pictures out`);
      const train = limit > 0 ? limit : SCENE_COUNT;
      return { ...captionScenes({ train, seed: 0 }), tokenizer: captionTokenizer() };
    }
    if (pictures === null)
      throw new OptionError(`--pictures must name the folder or archive of the pictures of ${data}`);
    const set = await cocoSet(data, {
      ...readingOf(config, output),
      ...{ pictures, longest, take: "sentences", tokenizer: tokenizer ?? { atLeast } },
    });
    tokenizer ??= set.tokenizer!;
    return { train: fitting(set.train, config, output), tokenizer };
  };
}

/** The most tokens of a sentence, its marks included. */
const stepsOf = ({ longest }: CaptionConfig): number => longest + 2;

/** The rows whose sentences the network can take; how many are left out is said. Cut at spaces, some still have more tokens. */
function fitting(data: DataTable, config: CaptionConfig, output: Output): DataTable {
  const { offsets } = data.columns.sentence.values as Ragged;
  const rows = Int32Array.from({ length: offsets.length - 1 }, (_, i) => i);
  const kept = rows.filter((row) => offsets[row + 1] - offsets[row] <= stepsOf(config));
  if (kept.length === rows.length) return data;
  const count = rows.length - kept.length;
  output.log(
    `${data.name}: ${grouped(count)} ${count === 1 ? "sentence" : "sentences"} of more than ${config.longest} words and marks ` +
      "left out (--longest)",
  );
  if (kept.length === 0) throw new DataError(`${data.name}: no sentence is left; give a larger --longest`);
  return subset(data, kept);
}

function networkOf(config: CaptionConfig, parts: CaptionParts): Layer {
  const { model, maps, convolutions, cell, units, embedding, dropout } = config;
  const picture = (parts.train.columns.image.values as { readonly shape: readonly number[] }).shape.slice(1);
  return models[model]({
    ...{ picture, words: parts.tokenizer.size, steps: stepsOf(config) },
    ...{ convolutions, cell, units, embedding, dropout, maps: maps ?? undefined },
  });
}

/** Test pictures whose sentences people are shown at the end. */
const SHOWN = 3;

async function setUp(config: CaptionConfig, _task: unknown, { output, kept }: TaskContext): Promise<Prepared> {
  const earlier = await kept(TOKENIZER);
  const known = earlier === undefined ? undefined : readTokenizer(earlier);
  const parts = await loadAnnotated(config, reader(config, output, known), output);
  const { train, validation, test, tokenizer } = parts;
  const { pictures } = config;
  output.log(`${grouped(tokenizer.size)} words`);
  return {
    config: lastingConfig({ ...config, pictures: pictures === null ? null : resolve(pictures) }),
    network: networkOf(config, parts),
    ...{ train, validation, test, unit: "sentences", fit: { augment: createAugmentation(config) } },
    further: test && captionsMeasured(test, tokenizer),
    keep: { [TOKENIZER]: tokenizer },
    show: async (model, engine) => {
      if (test === undefined) return;
      const some = describedPictures(firstSamples(test, SHOWN), tokenizer);
      const found = await createCaptioner(model, tokenizer, { engine }).describe(some.pictures);
      for (const [i, { text }] of found.entries()) {
        output.print(`→ ${text}`);
        for (const reference of some.references[i]) output.print(`= ${reference}`);
      }
      output.print();
    },
  };
}

async function evaluated(config: CaptionConfig, path: string | undefined, context: TaskContext): Promise<Evaluated> {
  const tokenizer = await tokenizerOf(context.kept);
  const { data } = await evaluatedPictures(config, path, context, reader(config, context.output, tokenizer));
  return { data, further: captionsMeasured(data as DataTable, tokenizer) };
}

export const captionTask: TrainTask<typeof settings> = {
  name: "caption",
  summary: "sentences on pictures",
  settings,
  make: tasks.captioning,
  taskOptions: ({ labelSmoothing }) => ({ labelSmoothing }),
  complete: ({ data = SCENES, ...given }) => ({ data, ...(data === SCENES && SCENE_MAPS), ...given }),
  setUp,
  evaluated,
};
