/** `fovea train --task classification`, the default: pictures, each of one class. */
import { resolve } from "node:path";
import {
  augmentedShape,
  centerCropped,
  inputShape,
  rowRange,
  type Samples,
  sampleCount,
  takePictures,
} from "../../data/index.ts";
import type { Engine } from "../../engines/index.ts";
import type { Model } from "../../nn/index.ts";
import { withDefault } from "../../options/index.ts";
import { predict, type TrainingWeights, targetColumns, tasks, weightsKind } from "../../train/index.ts";
import { bar, percent, sideBySide, textPicture, topClasses } from "../format.ts";
import type { Output } from "../io.ts";
import { networkNames, networks } from "../networks.ts";
import { classWeights, dataHelp, pictureSettings } from "../options.ts";
import { loadParts } from "../parts.ts";
import { defaultWeights, initialNetwork } from "../pretrained.ts";
import { lastingName } from "../sources.ts";
import { parseSpecification, specificationKind, specificationOf } from "../specification.ts";
import { visibleName } from "../visible.ts";
import { augmentationList, augmentSetting, createAugmentation } from "./augmentation.ts";
import { commonSettings } from "./common.ts";
import { asTyped, defaulting, orNull, text } from "./setting.ts";
import type { RunSettings, TrainTask } from "./train-task.ts";

const settings = {
  ...commonSettings,
  model: {
    flag: "--model <name>",
    about: "a network below",
    kind: withDefault(specificationKind(networks), "lenet5"),
    read: specificationOf(networks),
  },
  /** The name of published weights to begin with; `null`: none. */
  pretrained: {
    flag: "--pretrained [name]",
    about:
      "begin with published weights, such as imagenet; the last layer begins anew for other classes (default without a " +
      "name: the first that are published for the network)",
    kind: withDefault<string | null>(orNull(text), null),
    read: asTyped,
  },
  /** A file of weights to begin with; `null`: none. With `pretrained` it holds the weights of that name. */
  init: {
    flag: "--init <file>",
    about:
      "begin with the weights of a file: .pth, .safetensors, .npz, a run folder; with --pretrained a copy of those weights",
    kind: withDefault<string | null>(orNull(text), null),
    read: asTyped,
  },
  data: defaulting({ ...commonSettings.data, about: dataHelp }, "digits"),
  ...pictureSettings,
  augment: augmentSetting,
  /** `balanced`, or a weight for each class; `null`: all 1. */
  classWeights: {
    flag: "--class-weights <w,…>",
    about: "how much samples of each class count, in the order of the classes' names, or balanced: the rarer, the more",
    kind: withDefault<TrainingWeights | null>(orNull(weightsKind), null),
    read: classWeights,
    absent: "all 1",
  },
};

/** The settings of a run that classifies pictures. */
export type ClassificationConfig = RunSettings<typeof settings>;

export const classificationTask: TrainTask<typeof settings> = {
  name: "classification",
  summary: "pictures, each of one class",
  settings,
  make: tasks.classification,
  taskOptions: ({ classWeights: weights }) => (weights === null ? {} : { classWeights: weights }),
  lists: () => `Networks, and their options as in name:option=value (fovea summary --help tells of each):
${networkNames()}

${augmentationList()}`,
  complete: (given) => {
    if (given.pretrained !== "") return given;
    const { name } = parseSpecification(given.model ?? settings.model.kind.fallback);
    return { ...given, pretrained: defaultWeights(name) };
  },
  setUp: async (config, task, { output }) => {
    const augment = createAugmentation(config);
    const { source, train, validation, test } = await loadParts(config, output);
    targetColumns(task, train);
    const [, height, width] = inputShape(train);
    const input = augmentedShape(augment, inputShape(train));
    const shown = test && centerCropped(test, input);
    return {
      config: {
        ...config,
        data: lastingName(config.data),
        init: config.init === null ? null : resolve(config.init),
        size: source.isFolder ? [height, width] : null,
        test: typeof config.test === "string" ? lastingName(config.test) : config.test,
      },
      network: await initialNetwork(config, { ...train, input }, output),
      ...{ train, validation, test: shown, fit: { augment } },
      show: async (model, engine) => shown && showPredictions(model, shown, engine, output),
    };
  },
};

/** Pictures that the finished model is shown reading. */
const SHOWN = 5;

async function showPredictions(model: Model, test: Samples, engine: Engine, output: Output): Promise<void> {
  const [, channels] = test.images.shape;
  if (test.images.dtype !== "u8" || channels !== 1) return;
  const count = Math.min(SHOWN, sampleCount(test));
  const images = await takePictures(test.images, rowRange(0, count));
  const { probabilities } = await predict(model, images, { engine });
  if (probabilities === undefined) return;
  const blocks = Array.from({ length: count }, (_, i) => [
    ...textPicture(images.row(i)),
    ...topClasses(probabilities.row(i).data, test.classes, 2).map(
      ({ name, share }) => `${visibleName(name)} ${bar(share, 10)} ${percent(share, 1)}`,
    ),
  ]);
  const columns = Math.max(1, Math.floor((output.columns + 2) / 30));
  for (let i = 0; i < count; i += columns)
    for (const line of sideBySide(blocks.slice(i, i + columns))) output.print(line);
}
