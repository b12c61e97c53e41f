/** `fovea train --task reconstruction`: pictures through a few numbers and back. */
import { OptionError } from "../../array/index.ts";
import { type AnyDataset, dataset, inputShape, picture, type Samples } from "../../data/index.ts";
import { autoencoder, variationalAutoencoder } from "../../models/index.ts";
import type { Layer } from "../../nn/index.ts";
import { integer, real, withDefault } from "../../options/index.ts";
import { tasks } from "../../train/index.ts";
import { dataHelp, pictureSettings, realNumber, wholeNumber } from "../options.ts";
import { choosePart, loadParts } from "../parts.ts";
import { lastingName, loadSource } from "../sources.ts";
import { augmentSetting, createAugmentation } from "./augmentation.ts";
import { commonSettings } from "./common.ts";
import { mapsSetting, modelSetting } from "./network-settings.ts";
import { defaulting } from "./setting.ts";
import type { RunSettings, TrainTask } from "./train-task.ts";

const settings = {
  ...commonSettings,
  model: modelSetting(
    "autoencoder, or variational, whose codes are normally distributed",
    "autoencoder",
    "variational",
  ),
  data: defaulting({ ...commonSettings.data, about: `${dataHelp}; its classes are ignored` }, "digits"),
  ...pictureSettings,
  augment: augmentSetting,
  code: {
    flag: "--code <n>",
    about: "the numbers that a picture becomes",
    kind: withDefault(integer(1), 32),
    read: wholeNumber(1),
  },
  maps: mapsSetting([32, 64]),
  noise: {
    flag: "--noise <deviation>",
    about: "noise added to pictures while training, in deviations of their values, for autoencoder to remove",
    kind: withDefault(real(0), 0),
    read: realNumber(0),
  },
  divergence: {
    flag: "--divergence <weight>",
    about: "how much the distance of the codes from the normal distribution counts, for variational",
    kind: withDefault(real(0), 1),
    read: realNumber(0),
  },
  epochs: defaulting(commonSettings.epochs, 10),
  batch: defaulting(commonSettings.batch, 64),
  optimizer: defaulting(commonSettings.optimizer, "adam"),
  learningRate: defaulting<number | null>(commonSettings.learningRate, 0.002),
  schedule: defaulting(commonSettings.schedule, "cosine"),
};

type ReconstructionConfig = RunSettings<typeof settings>;

const networkOf = ({ model, code, maps, noise }: ReconstructionConfig, data: Samples): Layer => {
  const [channels, height, width] = inputShape(data);
  const options = { size: [height, width], channels, code, maps } as const;
  return model === "variational" ? variationalAutoencoder(options) : autoencoder({ ...options, noise });
};

/** The pictures alone. */
const picturesOf = ({ name, images, normalization }: Samples): AnyDataset =>
  dataset(name, { image: picture(images, { normalization }) });

const isVariational = ({ model }: ReconstructionConfig): boolean => model === "variational";

/** @throws OptionError for options that only the other network has */
function checkModel({ model, noise, divergence }: ReconstructionConfig): void {
  if (model === "variational" && noise > 0) throw new OptionError("--noise is for --model autoencoder; leave it out");
  if (model === "autoencoder" && divergence !== settings.divergence.kind.fallback)
    throw new OptionError("--divergence is for --model variational; leave it out");
}

export const reconstructionTask: TrainTask<typeof settings> = {
  name: "reconstruction",
  summary: "pictures through a few numbers and back",
  settings,
  make: tasks.reconstruction,
  taskOptions: (config) =>
    isVariational(config as ReconstructionConfig) ? { loss: "binaryCrossEntropy", divergence: config.divergence } : {},
  setUp: async (config, _task, { output }) => {
    checkModel(config);
    const { source, train, validation, test } = await loadParts(config, output);
    const [, height, width] = inputShape(train);
    return {
      config: {
        ...config,
        data: lastingName(config.data),
        test: typeof config.test === "string" ? lastingName(config.test) : config.test,
        size: source.isFolder ? [height, width] : null,
      } as ReconstructionConfig,
      network: networkOf(config, train),
      train: picturesOf(train),
      validation: validation && picturesOf(validation),
      test: test && picturesOf(test),
      unit: "pictures",
      fit: { augment: createAugmentation(config) },
    };
  },
  evaluated: async (config, path, { output }) => {
    const { limit: _, size, gray, strict } = config;
    const parts =
      path === undefined ? await loadParts(config, output) : await loadSource(path, { size, gray, strict, output });
    return { data: picturesOf(choosePart(parts).data) };
  },
};
