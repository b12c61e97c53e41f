/** The inputs and outputs of a model, from its layer and the options of `Model.build`. */
import { describeGiven, didYouMean, OptionError, type Shape, shorten } from "../array/index.ts";
import { isRecord } from "../formats/index.ts";
import { type Kind, optional, readOptions, real, withDefault, word } from "../options/index.ts";
import {
  checkNormalization,
  describeInput,
  type InputSpec,
  type InputType,
  isClassNames,
  isNormalization,
  isRecordOf,
  isShape,
  isTaskDescription,
  type ModelInput,
  problemOfInput,
  readInput,
  sameInput,
} from "./inputs.ts";
import type { Layer } from "./layer.ts";
import type { BuildOptions, Normalization } from "./model.ts";
import { declaredInputs, isNetwork } from "./network.ts";

/** The names of the input and the output of a plain layer. */
const PLAIN = { input: "input", output: "output" } as const;

/** The names of a model's inputs. */
export const inputNames = (layer: Layer): readonly string[] =>
  layer.inputs.length === 1 && !isNetwork(layer) ? [PLAIN.input] : layer.inputs;

/** The names of a model's outputs. */
export const outputNames = (layer: Layer): readonly string[] => (isNetwork(layer) ? layer.outputs! : [PLAIN.output]);

const kind = <T>(expects: string, is: (value: unknown) => value is T): Kind<T> => ({
  expects,
  read: (value) => (is(value) ? value : undefined),
});

const isSpec = (value: unknown): value is InputSpec => isShape(value) || (isRecord(value) && "shape" in value);

const anyNormalization = (value: unknown): value is Normalization | Readonly<Record<string, Normalization>> =>
  isNormalization(value) || isRecordOf(isNormalization)(value);

const EXPECTED_INPUT = "the shape of one input, such as [1, 28, 28]";

const buildOptions = {
  input: optional(kind(EXPECTED_INPUT, isSpec)),
  inputs: optional(kind("a record of inputs, such as { image: [3, 32, 32] }", isRecord)),
  dtype: optional(word<InputType>("f32", "i32")),
  normalization: optional(
    kind("{ mean, std }, lists of finite numbers, or a record of these by input", anyNormalization),
  ),
  classes: optional(kind("a list of strings, no two of them equal", isClassNames)),
  task: optional(kind("a task as plain data, { type, … }", isTaskDescription)),
  names: optional(kind("lists of different names by target", isRecordOf(isClassNames))),
  seed: withDefault(real(), 0),
};

/** The inputs given, by name. @throws OptionError for unknown names */
function givenInputs(layer: Layer, names: readonly string[], options: BuildOptions): Map<string, InputSpec> {
  const { input, inputs } = options;
  if (input !== undefined && inputs !== undefined)
    throw new OptionError("Model.build: give either input or inputs, not both");
  if (input !== undefined) {
    if (names.length > 1)
      throw new OptionError(
        `Model.build: ${layer.type} has the inputs ${names.join(", ")}; give inputs: { ${names.map((name) => `${name}: […]`).join(", ")} }`,
      );
    return new Map([[names[0], input]]);
  }
  const stranger = Object.keys(inputs ?? {}).find((name) => !names.includes(name));
  if (stranger !== undefined)
    throw new OptionError(`Model.build: there is no input '${shorten(stranger)}'${didYouMean(stranger, names)}`);
  return new Map(Object.entries(inputs ?? {}));
}

/** One input: the given one, or that declared by a network; both must agree. */
function resolveInput(name: string, given: InputSpec | undefined, declared: ModelInput | undefined, dtype?: InputType) {
  if (given === undefined) {
    if (declared === undefined)
      throw new OptionError(
        name === PLAIN.input
          ? `Model.build: input must be ${EXPECTED_INPUT}, got nothing`
          : `Model.build: the network does not say what its input '${name}' is; give inputs: { ${name}: [1, 28, 28] }`,
      );
    return declared;
  }
  const read = readInput(`Model.build: input ${name}`, given, dtype);
  if (dtype !== undefined && read.dtype !== dtype)
    throw new OptionError(
      `Model.build: dtype is ${dtype}, but the input is ${describeInput(read)}; leave one of them out`,
    );
  if (declared !== undefined && !sameInput(read, declared))
    throw new OptionError(
      `Model.build: the network declares its input '${name}' as ${describeInput(declared)}, got ${describeInput(read)}`,
    );
  return read;
}

/** The normalization of each input. @throws OptionError for an unknown input */
function inputNormalizations(
  names: readonly string[],
  given: BuildOptions["normalization"],
): ReadonlyMap<string, Normalization> {
  if (given === undefined) return new Map();
  if (!isNormalization(given)) {
    const stranger = Object.keys(given).find((name) => !names.includes(name));
    if (stranger !== undefined)
      throw new OptionError(`normalization: there is no input '${shorten(stranger)}'${didYouMean(stranger, names)}`);
    return new Map(Object.entries(given));
  }
  if (names.length === 1) return new Map([[names[0], given]]);
  throw new OptionError(
    `normalization: the model has the inputs ${names.join(", ")}; say which one: { ${names[0]}: { mean, std } }`,
  );
}

/** The description of a model, from the options of `build`. */
export function describeModel(layer: Layer, options: BuildOptions) {
  const read = readOptions("Model.build", buildOptions, options ?? {});
  const names = inputNames(layer);
  if (names.length === 0) throw new OptionError(`Model.build: ${layer.type} has no inputs, a model needs one`);
  const variadic = names.find((name) => name.startsWith("..."));
  if (variadic !== undefined)
    throw new OptionError(`Model.build: ${layer.type} takes any number of inputs; put it into nn.network(…)`);
  const given = givenInputs(layer, names, read as BuildOptions);
  const normalizations = inputNormalizations(names, read.normalization);
  const declared = declaredInputs(layer);
  if (read.dtype !== undefined && read.input === undefined)
    throw new OptionError(`Model.build: dtype ${describeGiven(read.dtype)} belongs to input, which is not given`);
  const inputs = names.map((name) => {
    const input = resolveInput(name, given.get(name), declared.get(name), read.dtype);
    const normalization = normalizations.get(name);
    const full = normalization === undefined ? input : { ...input, normalization };
    checkNormalization(names.length === 1 ? "normalization" : `normalization of ${name}`, full);
    return [name, full] as const;
  });
  const { classes, task, names: meanings, seed } = read;
  return { inputs: Object.fromEntries(inputs), classes, task, names: meanings, seed };
}

/**
 * Checks the inputs in a file against the layer.
 * @throws OptionError unless they match
 */
export function checkModelInputs(layer: Layer, inputs: Readonly<Record<string, ModelInput>>): void {
  const names = inputNames(layer);
  const got = Object.keys(inputs);
  if (names.length !== got.length || names.some((name) => !got.includes(name)))
    throw new OptionError(
      `the inputs are ${got.map((name) => shorten(name)).join(", ") || "none"}, those of the architecture ${names.join(", ") || "none"}`,
    );
  const declared = declaredInputs(layer);
  for (const [name, input] of Object.entries(inputs)) {
    const { normalization: _, ...spec } = input;
    const problem = problemOfInput(spec);
    if (problem !== undefined) throw new OptionError(`input ${name}: ${problem}`);
    const own = declared.get(name);
    if (own !== undefined && !sameInput(own, input))
      throw new OptionError(
        `input ${name} is ${describeInput(input)}, the architecture declares ${describeInput(own)}`,
      );
    checkNormalization("normalization", input);
  }
}

/** The only input of a model, if shape, dtype and normalization describe it. */
export function plainInput(inputs: Readonly<Record<string, ModelInput>>): ModelInput | undefined {
  const [[name, input], ...further] = Object.entries(inputs);
  const isPlain = further.length === 0 && name === PLAIN.input && !input.sequence && input.vocabulary === undefined;
  return isPlain ? input : undefined;
}

/** The inputs of a model with one plain input. */
export const plainInputs = (shape: Shape, dtype: InputType, normalization: Normalization | undefined) => ({
  [PLAIN.input]: { shape, dtype, sequence: false, ...(normalization !== undefined && { normalization }) },
});
