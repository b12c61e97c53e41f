/** The inputs of a model: named, each with a shape, an element type and, for sequences, an open number of steps. */
import {
  checkOptions,
  describeGiven,
  firstDuplicate,
  formatShape,
  OptionError,
  type Shape,
  ShapeError,
} from "../array/index.ts";
import { isRecord } from "../formats/index.ts";
import { formatType, type TensorType } from "../graph/index.ts";
import { integer, optional, readOptions } from "../options/index.ts";
import type { Normalization, TaskDescription } from "./model.ts";

/** The element type of a model's inputs: `f32`, or `i32` for indices such as tokens. */
export type InputType = "f32" | "i32";

/** One input of a model. */
export interface ModelInput {
  /** The shape of one sample without the batch axis, such as [1, 28, 28]; of a sequence, [maximum steps, …]. */
  readonly shape: Shape;
  /** `f32`, or `i32` for indices, as `embedding` takes. */
  readonly dtype: InputType;
  /** Whether it is a sequence: its first axis holds steps, of which a batch may have 1 to `shape[0]`. */
  readonly sequence: boolean;
  /** Tokens are below it. */
  readonly vocabulary?: number | undefined;
  /** Applied to each channel before the first layer; for `f32`. */
  readonly normalization?: Normalization | undefined;
}

/** An input as declared by networks: the shape of one sample, the result of `tokens` or `sequence`, or a complete input. */
export type InputSpec = Shape | (Pick<ModelInput, "shape"> & Partial<Omit<ModelInput, "shape" | "normalization">>);

/** Options of `tokens`. */
export interface TokensOptions {
  /** The number of distinct tokens, 0 to `vocabulary` − 1. Default: unknown. */
  readonly vocabulary?: number | undefined;
}

/**
 * An input of token numbers, `i32` [n, L] with 1 ≤ L ≤ `maxLength`. Beside it a model takes the lengths of the sequences as
 * `"NAME.length"`, `i32` [n]; elements after a sequence's end are padding, which recurrent layers, `poolSteps` and `conv1d`
 * ignore.
 * @throws OptionError unless both are integers of at least 1
 */
export function tokens(maxLength: number, options: TokensOptions = {}): ModelInput {
  const { maxLength: steps, vocabulary } = readOptions(
    "tokens",
    { maxLength: integer(1), vocabulary: optional(integer(1)) },
    { maxLength, ...checked("tokens", options) },
  );
  return { shape: [steps], dtype: "i32", sequence: true, ...(vocabulary !== undefined && { vocabulary }) };
}

/**
 * An input of sequences of vectors, `f32` [n, L, features] with 1 ≤ L ≤ `maxLength`. Lengths are given as for `tokens`.
 * @throws OptionError unless both are integers of at least 1
 */
export function sequence(features: number, maxLength: number): ModelInput {
  const read = readOptions("sequence", { features: integer(1), maxLength: integer(1) }, { features, maxLength });
  return { shape: [read.maxLength, read.features], dtype: "f32", sequence: true };
}

function checked<T extends object>(where: string, options: T): T {
  checkOptions(where, options);
  return options;
}

const isList =
  <T>(item: (value: unknown) => value is T) =>
  (value: unknown): value is readonly T[] =>
    Array.isArray(value) && value.every(item);
const isNumbers = isList((value): value is number => Number.isFinite(value));
const isStrings = isList((value): value is string => typeof value === "string");
/** Whether a value is a list of distinct names. */
export const isClassNames = (value: unknown): value is readonly string[] =>
  isStrings(value) && firstDuplicate(value) === undefined;
/** Whether a value is a record of what `is` accepts. */
export const isRecordOf =
  <T>(is: (value: unknown) => value is T) =>
  (value: unknown): value is Readonly<Record<string, T>> =>
    isRecord(value) && Object.values(value).every(is);
/** Whether a value is a task as plain data. */
export const isTaskDescription = (value: unknown): value is TaskDescription =>
  isRecord(value) && typeof value.type === "string";
/** Whether a value is the shape of one sample. */
export const isShape = isList((value): value is number => Number.isSafeInteger(value) && (value as number) > 0);
/** Whether a value is the element type of an input. */
export const isInputType = (value: unknown): value is InputType => value === "f32" || value === "i32";
/** Whether a value is a normalization, of any number of channels. */
export const isNormalization = (value: unknown): value is Normalization =>
  typeof value === "object" &&
  value !== null &&
  "mean" in value &&
  "std" in value &&
  isNumbers(value.mean) &&
  isNumbers(value.std);

const inputKeys = ["shape", "dtype", "sequence", "vocabulary"];

/** What is wrong with an input, declared or read from a file, if anything. */
export function problemOfInput(value: unknown): string | undefined {
  if (isShape(value)) return undefined;
  const expected = "expected the shape of one sample, such as [3, 32, 32], or nn.tokens(…), nn.sequence(…)";
  if (!isRecord(value)) return `${expected}, got ${describeGiven(value)}`;
  const stranger = Object.keys(value).find((key) => !inputKeys.includes(key));
  if (stranger !== undefined) return `there is no option '${stranger}'; known: ${inputKeys.join(", ")}`;
  const { shape, dtype = "f32", sequence = false, vocabulary } = value;
  if (!isShape(shape)) return `shape must be a list of positive integers, got ${describeGiven(shape)}`;
  if (dtype !== "f32" && dtype !== "i32") return `dtype must be 'f32' or 'i32', got ${describeGiven(dtype)}`;
  if (typeof sequence !== "boolean") return `sequence must be true or false, got ${describeGiven(sequence)}`;
  if (sequence && shape.length === 0) return "a sequence needs an axis of steps, its shape is []";
  if (vocabulary === undefined) return undefined;
  if (!(Number.isSafeInteger(vocabulary) && (vocabulary as number) > 0))
    return `vocabulary must be an integer of at least 1, got ${describeGiven(vocabulary)}`;
  return dtype === "i32" ? undefined : "vocabulary is for inputs of dtype 'i32'";
}

/** A complete input, with defaults filled in. @throws OptionError that begins with `where` for an invalid input */
export function readInput(where: string, spec: unknown, dtype: InputType = "f32"): ModelInput {
  const problem = problemOfInput(spec);
  if (problem !== undefined) throw new OptionError(`${where}: ${problem}`);
  const given = Array.isArray(spec) ? { shape: spec as Shape } : (spec as Exclude<InputSpec, Shape>);
  return {
    shape: Object.freeze([...given.shape]),
    dtype: given.dtype ?? dtype,
    sequence: given.sequence ?? false,
    ...(given.vocabulary !== undefined && { vocabulary: given.vocabulary }),
  };
}

/** An input as plain data, without keys that have their defaults. */
export const inputToJson = ({ shape, dtype, sequence, vocabulary, normalization }: ModelInput) => ({
  shape,
  dtype,
  ...(sequence && { sequence }),
  ...(vocabulary !== undefined && { vocabulary }),
  ...(normalization !== undefined && { normalization }),
});

/** Whether two inputs take the same values. */
export const sameInput = (a: ModelInput, b: ModelInput): boolean =>
  JSON.stringify(inputToJson({ ...a, normalization: undefined })) ===
  JSON.stringify(inputToJson({ ...b, normalization: undefined }));

/** A description of an input: `f32[n,3,32,32]`, `i32[n,1…20]`. */
export function describeInput({ shape, dtype, sequence }: ModelInput): string {
  const [steps, ...rest] = shape;
  return `${dtype}[${["n", ...(sequence ? [`1…${steps}`, ...rest] : shape)].join(",")}]`;
}

/** The axis of channels in one sample: the first, in sequences the last. */
const channelAxis = ({ shape, sequence }: ModelInput): number => (sequence ? shape.length - 1 : 0);

/** @throws ShapeError for a normalization that does not fit its input */
export function checkNormalization(where: string, input: ModelInput): void {
  const { shape, dtype, normalization } = input;
  if (normalization === undefined) return;
  if (dtype !== "f32") throw new ShapeError(`${where}: is for inputs of dtype f32, not of ${dtype}; leave it out`);
  const channels = shape[channelAxis(input)];
  const { mean, std } = normalization;
  if (mean.length === channels && std.length === channels && std.every((s) => s > 0)) return;
  throw new ShapeError(
    `${where}: needs a mean and a positive deviation for each of ${channels} channels, got mean [${mean}], std [${std}]`,
  );
}

/** The number of axes of length 1 after the channels with which statistics broadcast over an input. */
export const axesAfterChannels = (input: ModelInput): number => input.shape.length - 1 - channelAxis(input);

/** @throws ShapeError unless a tensor is a batch of an input; `isOpen` tells further axes of a sample of any length */
export function checkBatch(
  where: string,
  input: ModelInput,
  x: TensorType,
  isOpen: (axis: number) => boolean = () => false,
): void {
  const { shape, sequence } = input;
  const [, ...got] = x.shape;
  const fits = (n: number, axis: number): boolean => {
    if (n === got[axis] || isOpen(axis)) return true;
    return sequence && axis === 0 && got[0] >= 1 && got[0] <= n;
  };
  if (x.shape.length === shape.length + 1 && shape.every(fits)) return;
  const expected = sequence ? describeInput(input) : `[n,${shape}]`;
  const isLonger = sequence && x.shape.length === shape.length + 1 && got[0] > shape[0];
  const advice = isLonger ? `; cut sequences to ${shape[0]} steps, or build the model for longer ones` : "";
  throw new ShapeError(`${where} of shape ${expected}, got ${formatType(x)}${advice}`);
}

/** @throws ShapeError unless lengths are `i32` [n] */
export function checkSequenceLengths(name: string, lengths: TensorType, batch: number): void {
  if (lengths.dtype === "i32" && lengths.shape.length === 1 && lengths.shape[0] === batch) return;
  throw new ShapeError(
    `the model: ${name} must be i32${formatShape([batch])}, the number of steps of each sequence, got ${formatType(lengths)}`,
  );
}
