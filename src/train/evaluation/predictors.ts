/**
 * Predictors turn pictures into class probabilities: a model's single view, a vote over crops, or an ensemble. They compose:
 * members of an ensemble may vote over crops.
 */
import {
  checkArray,
  DataError,
  describeGiven,
  formatShape,
  type NdArray,
  OptionError,
  type Shape,
  ShapeError,
  sameShape,
  shorten,
  zeros,
} from "../../array/index.ts";
import { type CropCount, checkCrops, crops } from "../../data/index.ts";
import { type Compiled, compile, type EngineChoice } from "../../engines/index.ts";
import { quoted } from "../../formats/index.ts";
import { formatType, naming, type Tensor } from "../../graph/index.ts";
import type { Fill } from "../../image/index.ts";
import { checkModel, isModel, type Model } from "../../nn/index.ts";
import { softmax, trace } from "../../ops/index.ts";
import { checkNames, namesOf, readOptions } from "../../options/index.ts";
import { viewSchema } from "../settings.ts";
import { checkVoting, type Voting, vote } from "./voting.ts";

/** Pictures in, probabilities out. A custom predictor need not be made of models. */
export interface Predictor {
  /** The number of classes. */
  readonly classCount: number;
  /** The names of the classes, where known. */
  readonly classes?: readonly string[] | undefined;
  /**
   * Checks the shape of one input before `predict`.
   * @throws ShapeError unless inputs of this shape, [channels, height, width], can be taken
   */
  checkInput(shape: Shape): void;
  /** The probabilities of the classes, `f32` [n, classes], of pictures `u8` or `f32` [n, channels, height, width]. */
  predict(images: NdArray): Promise<NdArray>;
}

/** Whether a value has a predictor's properties. */
export const isPredictor = (value: unknown): value is Predictor =>
  typeof value === "object" && value !== null && "predict" in value && "checkInput" in value;

/** @throws OptionError unless it is a predictor */
export function checkPredictor(where: string, value: unknown): asserts value is Predictor {
  if (isPredictor(value)) return;
  const hint = isModel(value) ? "; singleView(model) makes one of a model" : "";
  throw new OptionError(
    `${where}: expects a predictor, got ${isModel(value) ? "a model" : describeGiven(value)}${hint}`,
  );
}

/** Options of `singleView`. */
export interface ViewOptions {
  /** The engine. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
}

/**
 * A model applied to each picture once. It is compiled for each type of batch when first needed.
 * @throws OptionError for a model of another task than classification, ShapeError unless the model gives scores [n, classes]
 */
export function singleView(model: Model, options: ViewOptions = {}): Predictor {
  checkModel("singleView", model);
  const { type = "classification" } = model.task ?? {};
  if (type !== "classification")
    throw new OptionError(
      `the model was trained for ${shorten(type)}; only models that tell classes apart have probabilities to vote with`,
    );
  const { engine } = readOptions("singleView", viewSchema, options);
  const programs = new Map<string, Compiled<Tensor>>();
  const { input, classes } = model;
  return {
    classCount: classCountOf(model),
    classes,
    checkInput: (shape) => {
      if (!sameShape(shape, input))
        throw new ShapeError(
          `the model takes inputs ${formatShape(input)}, got ${formatShape(shape)}; give it such, or crops of larger pictures`,
        );
    },
    predict: (images) => {
      checkArray("predict", "images", images);
      const type = formatType(images);
      const program = programs.get(type) ?? compile((x) => softmax(model(x), 1), [images], { engine });
      programs.set(type, program);
      return program(images);
    },
  };
}

function classCountOf(model: Model): number {
  const { graph } = trace((x) => model(x), [{ shape: [1, ...model.input], dtype: model.dtype }]);
  const [scores] = graph.outputs;
  if (scores.shape.length === 2) return scores.shape[1];
  throw new ShapeError(
    `the model gives ${formatType(scores)} for one input, expected scores [1, classes]; only models that tell classes apart predict them`,
  );
}

/** Options of `cropVote`. */
export interface CropVoteOptions extends ViewOptions {
  /** 10; or 5, without mirror images, where these mean something else, as for digits; or 1, the center alone. Default 10. */
  readonly crops?: CropCount | undefined;
  /** Padding on each side before cropping, in pixels. Default 0, for pictures larger than the model's input. */
  readonly padding?: number | undefined;
  /**
   * The padding: values in the pictures' own unit (0 … 255 for bytes), or how the picture is continued. Default `reflect`;
   * best is what the network was trained with.
   */
  readonly fill?: Fill | undefined;
  /** Whether crops vote with their probabilities or with their top class. Default `probabilities`. */
  readonly voting?: Voting | undefined;
}

const cropVoteNames = namesOf<CropVoteOptions>({ engine: true, crops: true, padding: true, fill: true, voting: true });

/**
 * A model that votes over crops of its input's size, in the corners and the center of each picture, and their mirror images.
 * @example
 * // Ten crops of each 32×32 picture, shifted by up to 4 pixels.
 * const { figures } = await evaluateModel(cropVote(model, { padding: 4 }), test);
 * @throws ShapeError unless the model takes pictures, OptionError for another number of crops
 */
export function cropVote(model: Model, options: CropVoteOptions = {}): Predictor {
  checkModel("cropVote", model);
  checkNames("cropVote", cropVoteNames, options);
  const { crops: count = 10, padding = 0, fill = "reflect", voting, engine } = options;
  if (count !== 1 && count !== 5 && count !== 10)
    throw new OptionError(`cropVote: crops must be 1, 5 or 10, got ${count}`);
  if (voting !== undefined) checkVoting("cropVote", voting);
  const view = singleView(model, { engine });
  const [, height, width] = model.input;
  if (model.input.length !== 3)
    throw new ShapeError(`cropVote: the model takes inputs ${formatShape(model.input)}, not [channels, height, width]`);
  return {
    ...view,
    checkInput: (shape) => {
      checkCrops({ shape: [1, ...shape] }, height, width, padding);
      view.checkInput([shape[0], height, width]);
    },
    predict: async (images) => {
      const votes: NdArray[] = [];
      for (const crop of crops(images, { size: [height, width], padding, fill }, count))
        votes.push(await view.predict(crop));
      return vote(votes, voting);
    },
  };
}

/** Options of `ensemble`. */
export interface EnsembleOptions {
  /** Whether members vote with their probabilities or with their top class. Default `probabilities`. */
  readonly voting?: Voting | undefined;
}

const ensembleNames = namesOf<EnsembleOptions>({ voting: true });

/**
 * Several predictors as one. Classes are matched by name, in the order of the first member with names.
 * @example ensemble([cropVote(first, { padding: 4 }), cropVote(second, { padding: 4 }), singleView(third)])
 * @throws DataError for no members, and for members with different classes
 */
export function ensemble(members: readonly Predictor[], options: EnsembleOptions = {}): Predictor {
  checkNames("ensemble", ensembleNames, options);
  const { voting } = options;
  if (voting !== undefined) checkVoting("ensemble", voting);
  if (!Array.isArray(members))
    throw new OptionError(
      `ensemble: expects a list of predictors, such as [singleView(a), singleView(b)], got ${describeGiven(members)}`,
    );
  for (const member of members) checkPredictor("ensemble", member);
  if (members.length === 0) throw new DataError("ensemble: it has no members; give at least one predictor");
  const aligned = alignMembers(members);
  return {
    classCount: members[0].classCount,
    classes: aligned.find(({ classes }) => classes !== undefined)?.classes,
    checkInput: (shape) => {
      for (const [i, member] of aligned.entries())
        naming(`member ${i} of the ensemble`, () => member.checkInput(shape));
    },
    predict: async (images) => {
      const votes: NdArray[] = [];
      for (const member of aligned) votes.push(await member.predict(images));
      return vote(votes, voting);
    },
  };
}

/**
 * The predictors with their classes in the order of the first one with names.
 * @throws DataError unless they have the same classes
 */
export function alignMembers(members: readonly Predictor[]): Predictor[] {
  const named = members.findIndex(({ classes }) => classes !== undefined);
  return members.map((member, i) => {
    if (member.classCount !== members[0].classCount) {
      throw new DataError(
        `ensemble: member ${i} tells ${member.classCount} classes apart, member 0 ${members[0].classCount}; they must be the same`,
      );
    }
    const twice = member.classes?.find((name, k, names) => names.indexOf(name) !== k);
    if (twice !== undefined)
      throw new DataError(
        `ensemble: member ${i} has the class ${quoted(twice)} twice; each must have a name of its own`,
      );
    const order = members[named]?.classes ?? [];
    const stranger = member.classes?.find((name) => !order.includes(name));
    if (stranger === undefined) return reorderClasses(member, order);
    throw new DataError(
      `ensemble: member ${i} has a class ${quoted(stranger)} that member ${named} does not know; all must tell the same classes apart`,
    );
  });
}

/** The predictor with its columns in the given order of its class names. */
function reorderClasses(predictor: Predictor, order: readonly string[]): Predictor {
  const { classes } = predictor;
  if (classes === undefined || classes.every((name, k) => name === order[k])) return predictor;
  const columns = order.map((name) => classes.indexOf(name));
  return {
    ...predictor,
    classes: order,
    checkInput: (shape) => predictor.checkInput(shape),
    predict: async (images) => pickColumns(await predictor.predict(images), columns),
  };
}

/** The columns of [n, classes] with the given numbers, in their order. */
function pickColumns(scores: NdArray, columns: readonly number[]): NdArray {
  const [count, width] = scores.shape;
  const result = zeros([count, columns.length], scores.dtype);
  for (let i = 0; i < result.size; i++) {
    const row = Math.floor(i / columns.length);
    result.data[i] = scores.data[row * width + columns[i % columns.length]];
  }
  return result;
}
