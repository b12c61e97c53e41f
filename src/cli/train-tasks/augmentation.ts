/** The setting for augmentation, of the tasks on pictures. */
import { type Augmentation, augmentations } from "../../data/index.ts";
import { withDefault } from "../../options/index.ts";
import { build, listOptions, specificationsKind, specificationsOf } from "../specification.ts";

/** The steps of augmentation of the command line: models normalize by themselves. */
const { normalize: _normalize, ...steps } = augmentations;

/** Steps of augmentation, in order. */
export const augmentSetting = {
  flag: "--augment <name>",
  about: "a step of augmentation below, with its options; repeat it for the next step",
  kind: withDefault(specificationsKind(steps), [] as readonly string[]),
  read: specificationsOf(steps),
  absent: "none",
};

export const createAugmentation = ({ augment }: { readonly augment: readonly string[] }): Augmentation[] =>
  augment.map((step) => build<Augmentation>(steps, step));

/** For the help. */
export const augmentationList = (): string => `Steps of augmentation and their options:
${listOptions(steps)}`;
