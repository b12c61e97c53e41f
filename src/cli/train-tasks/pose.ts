/** `fovea train --task pose`: where named points are, such as joints, from pictures with key points. */
import { dirname, extname, resolve } from "node:path";
import { OptionError } from "../../array/index.ts";
import {
  type AnnotatedColumns,
  type AnnotatedSet,
  type Augmentation,
  cocoSet,
  type DataTable,
  elementShape,
  faceNames,
  pictureListSet,
  pointTableSet,
  poseScenes,
} from "../../data/index.ts";
import { poseMaps, poseRegression } from "../../models/index.ts";
import type { Layer } from "../../nn/index.ts";
import { oneOfNumbers, withDefault } from "../../options/index.ts";
import { type PointFigures, type PoseEstimationDetails, tasks } from "../../train/index.ts";
import { percent } from "../format.ts";
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
import { augmentSetting, createAugmentation } from "./augmentation.ts";
import { mapsSetting, modelSetting } from "./network-settings.ts";
import { asTyped, namesKind, orNull, text } from "./setting.ts";
import type { Prepared, RunSettings, TaskContext, TrainTask } from "./train-task.ts";

const settings = {
  ...annotatedSettings(
    "a folder or archive with the list annotations.json, or a file of key points, COCO's .json, .csv, .tsv or .jsonl, with --pictures",
  ),
  model: modelSetting("maps, one of scores for each point, or regression of coordinates", "maps", "regression"),
  maps: mapsSetting([32, 64, 96, 128]),
  stride: {
    flag: "--stride <n>",
    about: "pixels of a picture along a cell of maps: 1, 2, 4 or 8",
    kind: withDefault(oneOfNumbers(1, 2, 4, 8), 2),
    read: wholeNumber(1),
  },
  /** `null`: the folder of the file. */
  pictures: {
    flag: "--pictures <path>",
    about: "the folder or archive of the pictures, for a file of key points",
    kind: withDefault<string | null>(orNull(text), null),
    read: asTyped,
    absent: "the folder of the file",
  },
  /** `null`: numbers. */
  points: {
    flag: "--points <name,…>",
    about: "names of points that a list has by number alone; face68 for the 68 points of faces",
    kind: withDefault<readonly string[] | null>(orNull(namesKind), null),
    read: (typed: string) => (typed === "face68" ? faceNames : typed.split(",")),
    absent: "those of the data",
  },
  /** `null`: chosen by the data. */
  augment: {
    ...augmentSetting,
    kind: withDefault<readonly string[] | null>(orNull(augmentSetting.kind), null),
    absent: "turns, scales, shifts and colors; flips where points have names",
  },
};

type PoseConfig = RunSettings<typeof settings>;

/** Pictures with points, in their parts. */
interface PointParts extends AnnotatedParts {
  /** The names of the points. */
  readonly joints: readonly string[];
}

type PointSet = AnnotatedSet<AnnotatedColumns<"points">>;

/** Readers of files of key points, by ending. */
const readers: Readonly<
  Record<string, (path: string, options: Parameters<typeof pointTableSet>[1]) => Promise<PointSet>>
> = {
  ".json": (path, { joints, ...options }) => {
    if (joints !== undefined) throw new OptionError(`--points is for points by number; those of ${path} have names`);
    return cocoSet(path, { ...options, take: "points" });
  },
  ".csv": pointTableSet,
  ".tsv": pointTableSet,
  ".jsonl": pointTableSet,
};

/** The parts of built-in or other data as they are. */
const reader =
  (config: PoseConfig, output: Output) =>
  async (data: string): Promise<PointParts> => {
    const { pictures, points } = config;
    if (data === SCENES) {
      if (pictures !== null || points !== null)
        throw new OptionError(`--data ${SCENES} has its own pictures and points; leave --pictures and --points out`);
      const parts = poseScenes({ seed: 0 });
      return { ...parts, joints: parts.train.columns.points.options.names ?? [] };
    }
    const reading = { ...readingOf(config, output), joints: points ?? undefined };
    const readFile = readers[extname(data).toLowerCase()];
    if (readFile !== undefined) return readFile(data, { ...reading, pictures: pictures ?? dirname(data) });
    if (pictures !== null) throw new OptionError(`--pictures is for a file of key points; ${data} has its own`);
    return pictureListSet(data, { ...reading, take: "points" });
  };

/** Whether all names are numbers, which do not tell left from right: pictures cannot be mirrored then. */
const areNumbers = (names: readonly string[]): boolean => names.every((name) => /^\d+$/.test(name));

/** Turns and scales about the middle, shifts by a twelfth of the shorter side. */
const chosenSteps = ([, height, width]: readonly number[], names: readonly string[]): readonly string[] => {
  const shift = Math.round(Math.min(height, width) / 12);
  const flips = areNumbers(names) ? "" : ",flip=0.5";
  return [
    `affine:rotation=20,scale=1.2,translation=${shift}${flips},fill=replicate`,
    "colorJitter:brightness=0.2,contrast=0.2,saturation=0.2",
  ];
};

const shapeOf = ({ columns: { image } }: DataTable): readonly number[] => elementShape(image.values);

function augmentationOf({ augment }: PoseConfig, train: DataTable, joints: readonly string[]): Augmentation[] {
  const steps = augment ?? chosenSteps(shapeOf(train), joints);
  return createAugmentation({ augment: steps });
}

/** @throws OptionError for pictures whose sides the network's stride does not divide */
function networkOf({ model, maps, stride }: PoseConfig, train: DataTable, points: number): Layer {
  if (model === "regression") return poseRegression({ points, maps });
  const [, height, width] = shapeOf(train);
  if (height % stride !== 0 || width % stride !== 0)
    throw new OptionError(
      `--stride ${stride} does not divide pictures of ${height}×${width} pixels, height and width; scale them with --size`,
    );
  return poseMaps({ points, maps, stride });
}

async function setUp(config: PoseConfig, _task: unknown, { output }: TaskContext): Promise<Prepared> {
  const { train, validation, test, joints } = await loadAnnotated(config, reader(config, output), output);
  const { pictures } = config;
  return {
    config: lastingConfig({ ...config, pictures: pictures === null ? null : resolve(pictures) }),
    network: networkOf(config, train, joints.length),
    ...{ train, validation, test, unit: "pictures", fit: { augment: augmentationOf(config, train, joints) } },
    show: async (_model, _engine, { details }) => {
      for (const line of pointLines((details as PoseEstimationDetails).points)) output.print(line);
    },
  };
}

/** Of more points only those are shown that are found worst. */
const SHOWN_POINTS = 20;

function pointLines(points: Readonly<Record<string, PointFigures>>): string[] {
  const all = Object.entries(points);
  const shown =
    all.length <= SHOWN_POINTS ? all : all.toSorted(([, a], [, b]) => b.distance - a.distance).slice(0, SHOWN_POINTS);
  const width = Math.max(...shown.map(([name]) => visibleName(name).length));
  const lines = shown.map(([name, { distance, pck }]) =>
    Number.isNaN(distance)
      ? `${visibleName(name).padEnd(width)}  –`
      : `${visibleName(name).padEnd(width)}  ${distance.toFixed(2)} px, PCK ${percent(pck, 1)}`,
  );
  return all.length === shown.length ? lines : [`the worst of ${all.length} points:`, ...lines];
}

export const poseTask: TrainTask<typeof settings> = {
  name: "pose",
  summary: "where named points are, such as joints, from pictures with key points",
  settings,
  make: tasks.poseEstimation,
  setUp,
  evaluated: (config, path, context) => evaluatedPictures(config, path, context, reader(config, context.output)),
};
