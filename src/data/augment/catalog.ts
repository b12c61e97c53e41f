/** Every type of step by name, and a preset of options. */
import { createCatalog } from "../../options/index.ts";
import { affine, lecture } from "./affine.ts";
import { colorJitter, gray } from "./color.ts";
import { centerCrop, randomCrop } from "./crop.ts";
import { cutout } from "./cutout.ts";
import { elastic } from "./elastic.ts";
import { flip, quarterTurn } from "./flip.ts";
import { cutMix, mixup } from "./mix.ts";
import { normalize } from "./normalize.ts";
import { randomResizedCrop } from "./resized-crop.ts";
import type { Augmentation, AugmentationFactory, StepType } from "./step.ts";

/** Factories of steps by name: `augmentations.flip({ vertical: 0.5 })`. */
export const augmentations = {
  affine,
  lecture,
  flip,
  quarterTurn,
  elastic,
  randomCrop,
  randomResizedCrop,
  centerCrop,
  colorJitter,
  gray,
  normalize,
  cutout,
  mixup,
  cutMix,
} satisfies Record<string, AugmentationFactory<never>>;

const stepTypes = createCatalog<StepType>(
  "augmentation",
  Object.fromEntries(Object.values(augmentations).map(({ step }) => [step.type, step])),
);

/** The type of a step. @throws OptionError for an unknown type */
export const stepTypeOf = ({ type }: Augmentation): StepType => stepTypes.get(type);
