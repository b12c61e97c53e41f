/** `fovea train --task boxes`: where objects are and of which class, all of a picture. */
import { OptionError } from "../../array/index.ts";
import { boxScenes, boxSet, columnNames, columnsOf, elementShape } from "../../data/index.ts";
import { detector } from "../../models/index.ts";
import { oneOfNumbers, withDefault } from "../../options/index.ts";
import { type DetectionDetails, tasks } from "../../train/index.ts";
import { grouped, percent } from "../format.ts";
import type { Output } from "../io.ts";
import { wholeNumber } from "../options.ts";
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
import { defaulting } from "./setting.ts";
import type { Prepared, RunSettings, TaskContext, TrainTask } from "./train-task.ts";

const common = annotatedSettings(
  "a folder of pictures with boxes: COCO's JSON, Pascal VOC's XML, YOLO's text files, or a list annotations.json",
);

const settings = {
  ...common,
  model: modelSetting("detector, which finds centers and edges without anchors", "detector"),
  maps: mapsSetting([32, 64, 128, 256], "the maps at a quarter of the picture's size, an eighth, a sixteenth, …"),
  stride: {
    flag: "--stride <pixels>",
    about: "the pixels along a cell of the grid of centers, 4 or 8: fewer for small objects, more for speed",
    kind: withDefault(oneOfNumbers<4 | 8>(4, 8), 4 as const),
    read: wholeNumber(4, 8) as (typed: string) => 4 | 8,
  },
  augment: defaulting<readonly string[]>(common.augment, [
    "affine:flip=0.5,scale=1.3,stretch=1.1",
    "colorJitter:brightness=0.2,contrast=0.2,saturation=0.2",
  ]),
  epochs: defaulting(common.epochs, 30),
  batch: defaulting(common.batch, 8),
  optimizer: defaulting(common.optimizer, "adamW"),
};

type BoxesConfig = RunSettings<typeof settings>;

const reader =
  (config: BoxesConfig, output: Output) =>
  (data: string): Promise<AnnotatedParts> | AnnotatedParts =>
    data === SCENES ? boxScenes({ seed: 0 }) : boxSet(data, readingOf(config, output));

/** @throws OptionError for pictures that cannot be halved as often as the detector does */
function checkSize({ train }: AnnotatedParts, { maps }: BoxesConfig): void {
  const unit = 2 ** (maps.length + 1);
  const [, height, width] = elementShape(columnsOf(train).image.values);
  if (height % unit === 0 && width % unit === 0) return;
  const near = [height, width].map((side) => unit * Math.max(1, Math.round(side / unit)));
  throw new OptionError(
    `pictures of ${height}x${width} cannot be halved ${maps.length + 1} times; scale them: --size ${near.join("x")}`,
  );
}

async function setUp(config: BoxesConfig, _task: unknown, { output }: TaskContext): Promise<Prepared> {
  const parts = await loadAnnotated(config, async (data) => reader(config, output)(data), output);
  checkSize(parts, config);
  const { maps, stride } = config;
  const classes = columnNames(columnsOf(parts.train).labels) ?? [];
  const { train, validation, test } = parts;
  return {
    config: lastingConfig(config),
    network: detector({ classes: classes.length, maps, stride }),
    ...{ train, validation, test, unit: "pictures", fit: { augment: createAugmentation(config) } },
    show: async (_model, _engine, { details }) => {
      const { perClass } = details as DetectionDetails;
      const width = Math.max(...Object.keys(perClass).map((name) => visibleName(name).length));
      for (const [name, { ap50, support }] of Object.entries(perClass)) {
        const share = Number.isNaN(ap50) ? "–" : percent(ap50, 1);
        output.print(`${visibleName(name).padEnd(width)}  AP50 ${share}, of ${grouped(support)} boxes`);
      }
    },
  };
}

export const boxesTask: TrainTask<typeof settings> = {
  name: "boxes",
  summary: "where objects are, and of which class: all boxes of a picture",
  settings,
  make: tasks.detection,
  setUp,
  evaluated: (config, path, context) =>
    evaluatedPictures(config, path, context, async (data) => reader(config, context.output)(data)),
};
