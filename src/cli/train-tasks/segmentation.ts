/** `fovea train --task segmentation`: a class for each pixel, from pictures with masks. */
import { resolve } from "node:path";
import { DataError, OptionError } from "../../array/index.ts";
import {
  type DataTable,
  firstSamples,
  holdOut,
  type MaskColors,
  maskFolder,
  maskScenes,
  readMaskColors,
  readText,
} from "../../data/index.ts";
import { segnet, unet } from "../../models/index.ts";
import type { Layer } from "../../nn/index.ts";
import { integers, type Kind, withDefault, word } from "../../options/index.ts";
import { type SegmentationDetails, type TrainingWeights, tasks, weightsKind } from "../../train/index.ts";
import { grouped, percent } from "../format.ts";
import type { Output } from "../io.ts";
import { classWeights, pictureSettings } from "../options.ts";
import { TEST_SHARE } from "../parts.ts";
import { visibleName } from "../visible.ts";
import { augmentSetting, createAugmentation } from "./augmentation.ts";
import { commonSettings } from "./common.ts";
import { asTyped, defaulting, orNull, text } from "./setting.ts";
import type { Prepared, RunSettings, TaskContext, TrainTask } from "./train-task.ts";

const models = { unet, segnet } as const;
type ModelName = keyof typeof models;

/** The built-in data. */
const SCENES = "scenes";

const namesKind: Kind<readonly string[]> = {
  expects: "a list of different names",
  read: (value) => {
    const isList = Array.isArray(value) && value.length > 0 && value.every((name) => text.read(name) !== undefined);
    return isList && new Set(value).size === value.length ? value : undefined;
  },
};

/** `32,64,128`. @throws OptionError */
function wholeNumbers(typed: string): readonly number[] {
  const numbers = typed.split(",").map(Number);
  if (numbers.every((number) => Number.isInteger(number) && number > 0)) return numbers;
  throw new OptionError(`expected whole numbers with commas between, such as 32,64,128; got ${typed}`);
}

const settings = {
  ...commonSettings,
  model: {
    flag: "--model <name>",
    about: "unet, or segnet, which puts back what it pooled where it was",
    kind: withDefault(word<ModelName>("unet", "segnet"), "unet" as const),
    read: asTyped as (name: string) => ModelName,
  },
  maps: {
    flag: "--maps <n,…>",
    about: "the maps of each level, each at half the size of the one before",
    kind: withDefault(integers(1), [32, 64, 128, 256]),
    read: wholeNumbers,
  },
  up: {
    flag: "--up <way>",
    about: "how segnet doubles maps: unpool or transposed",
    kind: withDefault(word("unpool", "transposed"), "unpool" as const),
    read: asTyped as (way: string) => "unpool" | "transposed",
  },
  data: defaulting(
    {
      ...commonSettings.data,
      about: `${SCENES}, which are drawn on the spot, or a folder or archive: pictures in one folder, masks of the same names in another`,
    },
    SCENES,
  ),
  /** `null`: those of `maskColors`. */
  classes: {
    flag: "--classes <name,…>",
    about: "the classes that masks have as numbers 0, 1, …",
    kind: withDefault<readonly string[] | null>(orNull(namesKind), null),
    read: (typed: string) => typed.split(","),
    absent: "those of --mask-colors",
  },
  maskColors: {
    flag: "--mask-colors <file>",
    about: "a file of lines `red green blue name`, for masks in color",
    kind: withDefault<string | null>(orNull(text), null),
    read: asTyped,
    absent: "masks have numbers",
  },
  ...pictureSettings,
  augment: augmentSetting,
  /** `balanced`, or a weight for each class; `null`: all 1. */
  classWeights: {
    flag: "--class-weights <w,…>",
    about: "how much pixels of each class count, or balanced: the rarer, the more",
    kind: withDefault<TrainingWeights | null>(orNull(weightsKind), null),
    read: classWeights,
    absent: "all 1",
  },
  batch: defaulting(commonSettings.batch, 16),
  optimizer: defaulting(commonSettings.optimizer, "adam"),
  learningRate: defaulting<number | null>(commonSettings.learningRate, 0.002),
  schedule: defaulting(commonSettings.schedule, "cosine"),
};

type SegmentationConfig = RunSettings<typeof settings>;

/** Pictures with masks, in their parts. */
interface MaskParts {
  readonly train: DataTable;
  readonly validation?: DataTable | undefined;
  readonly test?: DataTable | undefined;
  readonly classes: readonly string[];
}

/** The parts of built-in or other data as they are. */
async function readMasks(data: string, config: SegmentationConfig, { log }: Output): Promise<MaskParts> {
  if (data === SCENES) {
    if (config.classes !== null || config.maskColors !== null)
      throw new OptionError(`--data ${SCENES} has its own classes; leave --classes and --mask-colors out`);
    const parts = maskScenes({ seed: 0 });
    return { ...parts, classes: parts.train.columns.mask.options.classes ?? [] };
  }
  const { size, gray, strict, classes } = config;
  const maskColors = await colorsOf(config);
  if (classes === null && maskColors === undefined)
    throw new OptionError("--classes must name the classes of the masks' numbers, or --mask-colors those of colors");
  return maskFolder(data, {
    ...{ classes: classes ?? undefined, maskColors, strict, onNotice: log },
    ...(size !== null && { size }),
    ...(gray && { colors: "gray" }),
  });
}

async function colorsOf({ maskColors }: SegmentationConfig): Promise<MaskColors | undefined> {
  return maskColors === null ? undefined : readMaskColors(await readText(maskColors), maskColors);
}

/** Held out for tests; not by the seed, so that runs can be compared. */
const TEST_SEED = 0;

/** What a run trains, validates and tests with. Parts that the data do not have are held out. */
async function loadParts(config: SegmentationConfig, output: Output): Promise<MaskParts> {
  const { data, test: wanted, validation: amount, limit, seed } = config;
  const found = await readMasks(data, config, output);
  const other = typeof wanted === "string" ? await readMasks(wanted, config, output) : undefined;
  const own = other?.test ?? other?.train ?? (wanted === 0 ? undefined : found.test);
  const share = typeof wanted === "number" ? wanted : own === undefined ? TEST_SHARE : 0;
  const first = aside(found.train, share, TEST_SEED, "to test with", output);
  const train = limit > 0 ? firstSamples(first.rest, limit) : first.rest;
  const parts = { classes: found.classes, test: first.held ?? own };
  if (found.validation !== undefined || amount === 0) return { ...parts, train, validation: found.validation };
  const second = aside(train, amount, seed, "to choose the best epoch by", output);
  return { ...parts, train: second.rest, validation: second.held };
}

/** Holds out a share or number of pictures, which is said. */
function aside(
  pictures: DataTable,
  amount: number,
  seed: number,
  purpose: string,
  output: Output,
): { readonly rest: DataTable; readonly held?: DataTable } {
  if (amount === 0) return { rest: pictures };
  const { train, validation } = holdOut(pictures, amount, seed);
  output.log(`holding out ${grouped(sizeOf(validation))} pictures of ${pictures.name} ${purpose}`);
  return { rest: train, held: validation };
}

const sizeOf = ({ columns: { mask } }: DataTable): number => (mask.values as { shape: readonly number[] }).shape[0];

function networkOf({ model, maps, up }: SegmentationConfig, classes: number): Layer {
  return model === "segnet" ? segnet({ classes, maps, up }) : unet({ classes, maps });
}

async function setUp(config: SegmentationConfig, _task: unknown, { output }: TaskContext): Promise<Prepared> {
  const { train, validation, test, classes } = await loadParts(config, output);
  const lasting = (name: string): string => (name === SCENES ? name : resolve(name));
  return {
    config: {
      ...config,
      data: lasting(config.data),
      test: typeof config.test === "string" ? lasting(config.test) : config.test,
      maskColors: config.maskColors === null ? null : resolve(config.maskColors),
    } as SegmentationConfig,
    network: networkOf(config, classes.length),
    ...{ train, validation, test, unit: "pictures", fit: { augment: createAugmentation(config) } },
    show: async (_model, _engine, { details }) => {
      const { classIoU } = details as SegmentationDetails;
      const width = Math.max(...Object.keys(classIoU).map((name) => visibleName(name).length));
      for (const [name, overlap] of Object.entries(classIoU))
        output.print(`${visibleName(name).padEnd(width)}  IoU ${Number.isNaN(overlap) ? "–" : percent(overlap, 1)}`);
    },
  };
}

export const segmentationTask: TrainTask<typeof settings> = {
  name: "segmentation",
  summary: "a class for each pixel, from pictures with masks",
  settings,
  make: tasks.segmentation,
  taskOptions: ({ classWeights: weights }) => (weights === null ? {} : { classWeights: weights }),
  setUp,
  evaluated: async (config, path, { output }) => {
    const parts = path === undefined ? await loadParts(config, output) : await readMasks(path, config, output);
    const data = parts.test ?? parts.validation ?? (path === undefined ? undefined : parts.train);
    if (data === undefined) throw new DataError("the run has set no pictures aside; name some with --data");
    return { data };
  },
};
