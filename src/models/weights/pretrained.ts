/** Architectures with published weights, or those of a file: `resnet50({ weights: "imagenet" })`. */
import { type Normalization, OptionError, type Shape } from "../../array/index.ts";
import type { FetchOptions } from "../../fetch/index.ts";
import { type Layer, Model } from "../../nn/index.ts";
import { assignWeights } from "./load-weights.ts";
import { type OpenedWeights, openWeights, type WeightsSource } from "./open-weights.ts";

/** Options of an architecture that is asked for with weights, besides its own. */
export interface PretrainedOptions extends WeightsSource, FetchOptions {
  /**
   * The names of the classes, as many as `classes`. If they are others than those of the weights, the last layer begins
   * anew. Default: those of the weights.
   */
  readonly classNames?: readonly string[] | undefined;
  /** What pictures are normalized by. Default: that which belongs to the weights, as far as it is known. */
  readonly normalization?: Normalization | undefined;
  /** Seed of the parameters that begin anew, and of training. Default 0. */
  readonly seed?: number | undefined;
}

/** What is needed of an architecture. */
export interface DescribedArchitecture {
  readonly create: (options: object) => Layer;
  readonly name: string;
  readonly input: Shape;
  readonly classes: number;
  /** What pictures are normalized by where the weights do not say. Default: nothing. */
  readonly normalization?: Normalization | undefined;
}

/** Options of an architecture besides those of the weights. */
interface OwnOptions {
  readonly input?: Shape | undefined;
  readonly classes?: number | undefined;
}

/** A model with weights, and how it is shown pictures. */
export interface Pretrained {
  readonly model: Model;
  /** To what the shorter side of a picture is scaled, before its middle is taken; absent where that is not known. */
  readonly resize?: number | undefined;
}

/**
 * A model of an architecture with weights.
 * @throws OptionError for weights of an unknown name, DataError for a file that cannot be fetched or read, FormatError for
 *   one that does not fit
 */
export async function pretrained(
  architecture: DescribedArchitecture,
  { weights, file, classNames, normalization, seed, ...others }: PretrainedOptions & OwnOptions,
): Promise<Pretrained> {
  const { offline, onProgress, onNotice, signal, ...options } = others;
  checkCount(architecture.name, classNames, options.classes);
  // Options that it does not take are found before anything is fetched.
  architecture.create(options);
  const opened = await openWeights(architecture.name, { weights, file }, { offline, onProgress, onNotice, signal });
  const { input = inputOf(architecture, opened) } = options;
  checkChannels(architecture.name, input, opened);
  const wanted = options.classes ?? classNames?.length;
  const classes = wanted ?? opened.classes?.length ?? architecture.classes;
  const model = Model.build(architecture.create({ ...options, input, classes }), {
    ...{ input, seed, normalization: normalization ?? opened.normalization ?? architecture.normalization },
    classes: namesOf(classNames, opened, classes),
  });
  assignWeights(model, opened.tensors, { name: opened.name, newClasses: wanted !== undefined, onNotice });
  return { model, resize: opened.resize };
}

/** @throws OptionError unless there are as many names as classes */
function checkCount(name: string, names: readonly string[] | undefined, classes: number | undefined): void {
  if (names === undefined || classes === undefined || names.length === classes) return;
  throw new OptionError(
    `${name}: there are ${names.length} classNames, but classes is ${classes}; leave one of them out`,
  );
}

/** @throws OptionError for gray pictures where the weights are for colored ones, or the other way round */
function checkChannels(name: string, [channels]: Shape, { name: file, normalization }: OpenedWeights): void {
  const expected = normalization?.mean.length ?? channels;
  if (channels === expected) return;
  throw new OptionError(
    `${name}: the weights of ${file} are for pictures of ${expected} channels, got ${channels}; ` +
      "give such pictures, or train without these weights",
  );
}

const inputOf = ({ input: [channels, ...sides] }: DescribedArchitecture, { size }: OpenedWeights): Shape => [
  channels,
  ...(size === undefined ? sides : [size, size]),
];

/** The names of the classes, in the order of the weights if they are the same. */
function namesOf(
  given: readonly string[] | undefined,
  { classes: known }: OpenedWeights,
  count: number,
): readonly string[] | undefined {
  const theirs = known?.length === count ? known : undefined;
  if (given === undefined) return theirs;
  return theirs?.every((name) => given.includes(name)) ? theirs : given;
}
