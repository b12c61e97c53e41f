/** `fovea train --task segmentation`: a class for each pixel, from pictures with masks. */
import { resolve } from "node:path";
import { OptionError } from "../../array/index.ts";
import { type MaskColors, maskFolder, maskScenes, readMaskColors, readText } from "../../data/index.ts";
import { segnet, unet } from "../../models/index.ts";
import type { Layer } from "../../nn/index.ts";
import { withDefault, word } from "../../options/index.ts";
import { type SegmentationDetails, type TrainingWeights, tasks, weightsKind } from "../../train/index.ts";
import { percent } from "../format.ts";
import type { Output } from "../io.ts";
import { classWeights } from "../options.ts";
import { visibleName } from "../visible.ts";
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
import { mapsSetting, modelSetting } from "./network-settings.ts";
import { asTyped, namesKind, orNull, text } from "./setting.ts";
import type { Prepared, RunSettings, TaskContext, TrainTask } from "./train-task.ts";

const settings = {
  ...annotatedSettings("a folder or archive: pictures in one folder, masks of the same names in another"),
  model: modelSetting("unet, or segnet, which puts back what it pooled where it was", "unet", "segnet"),
  maps: mapsSetting([32, 64, 128, 256]),
  up: {
    flag: "--up <way>",
    about: "how segnet doubles maps: unpool or transposed",
    kind: withDefault(word("unpool", "transposed"), "unpool" as const),
    read: asTyped as (way: string) => "unpool" | "transposed",
  },
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
  /** `balanced`, or a weight for each class; `null`: all 1. */
  classWeights: {
    flag: "--class-weights <w,…>",
    about: "how much pixels of each class count, or balanced: the rarer, the more",
    kind: withDefault<TrainingWeights | null>(orNull(weightsKind), null),
    read: classWeights,
    absent: "all 1",
  },
};

type SegmentationConfig = RunSettings<typeof settings>;

/** Pictures with masks, in their parts. */
interface MaskParts extends AnnotatedParts {
  readonly classes: readonly string[];
}

/** The parts of built-in or other data as they are. */
const reader =
  (config: SegmentationConfig, output: Output) =>
  async (data: string): Promise<MaskParts> => {
    const { classes } = config;
    if (data === SCENES) {
      if (classes !== null || config.maskColors !== null)
        throw new OptionError(`--data ${SCENES} has its own classes; leave --classes and --mask-colors out`);
      const parts = maskScenes({ seed: 0 });
      return { ...parts, classes: parts.train.columns.mask.options.classes ?? [] };
    }
    const maskColors = await colorsOf(config);
    if (classes === null && maskColors === undefined)
      throw new OptionError("--classes must name the classes of the masks' numbers, or --mask-colors those of colors");
    return maskFolder(data, { ...readingOf(config, output), classes: classes ?? undefined, maskColors });
  };

async function colorsOf({ maskColors }: SegmentationConfig): Promise<MaskColors | undefined> {
  return maskColors === null ? undefined : readMaskColors(await readText(maskColors), maskColors);
}

function networkOf({ model, maps, up }: SegmentationConfig, classes: number): Layer {
  return model === "segnet" ? segnet({ classes, maps, up }) : unet({ classes, maps });
}

async function setUp(config: SegmentationConfig, _task: unknown, { output }: TaskContext): Promise<Prepared> {
  const { train, validation, test, classes } = await loadAnnotated(config, reader(config, output), output);
  const { maskColors } = config;
  return {
    config: lastingConfig({ ...config, maskColors: maskColors === null ? null : resolve(maskColors) }),
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
  evaluationOptions: { boundaries: true },
  taskOptions: ({ classWeights: weights }) => (weights === null ? {} : { classWeights: weights }),
  setUp,
  evaluated: (config, path, context) => evaluatedPictures(config, path, context, reader(config, context.output)),
};
