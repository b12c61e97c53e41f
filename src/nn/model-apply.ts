/** Applying a model: inputs are checked, converted and normalized, then the layer is traced. */
import {
  describeGiven,
  didYouMean,
  isFloat,
  lengthName,
  NdArray,
  OptionError,
  ShapeError,
  shorten,
} from "../array/index.ts";
import { constant, expectTensors, formatType, type Tensor } from "../graph/index.ts";
import { cast, div, mul, sub } from "../ops/index.ts";
import { checkNames, namesOf } from "../options/index.ts";
import { Application, type ApplyOptions } from "./application.ts";
import { freezeKind } from "./freezing.ts";
import { axesAfterChannels, checkBatch, checkSequenceLengths, type ModelInput } from "./inputs.ts";
import type { Model, ModelDescription } from "./model.ts";
import { outputNames } from "./model-inputs.ts";
import type { VariableStore } from "./store.ts";

const applyOptionNames = namesOf<ApplyOptions>({
  training: true,
  freeze: true,
  onLayer: true,
  states: true,
  onState: true,
  onAuxiliary: true,
  taps: true,
  onTap: true,
  given: true,
});

/** The function behind `model.apply`. */
export function applierOf(
  { layer, inputs }: ModelDescription,
  store: VariableStore,
): { readonly apply: Model["apply"]; readonly outputs: readonly string[] } {
  const outputs = outputNames(layer);
  const entries = Object.entries(inputs);
  const apply: Model["apply"] = (given, options = {}) => {
    checkNames("the model", applyOptionNames, options);
    checkFrozen(options);
    checkTaps(options);
    const tensors = entries.map(([name, input]) => tensorOf(name, input, given, entries.length > 1, options));
    checkStrangers(given, inputs);
    checkBatches(entries.map(([name], i) => [name, tensors[i]]));
    const lengths = entries.map(([name, input], i) => sequenceLengths(name, input, given, tensors[i]));
    const prepared = entries.map(([, input], i) => prepare(input, tensors[i]));
    const results = new Application(store, options).runAll(layer, prepared, lengths);
    return Object.fromEntries(outputs.map((name, i) => [name, results[i]]));
  };
  return { apply, outputs };
}

/** @throws OptionError for another kind of patterns */
function checkFrozen({ freeze = [] }: ApplyOptions): void {
  if (freezeKind.read(freeze) !== undefined) return;
  throw new OptionError(`the model: freeze must be ${freezeKind.expects}, got ${describeGiven(freeze)}`);
}

function checkTaps({ taps = [], onTap }: ApplyOptions): void {
  if (!Array.isArray(taps) || !taps.every((path) => typeof path === "string"))
    throw new OptionError(
      `the model: taps must be a list of paths, such as ["features.3"], got ${describeGiven(taps)}`,
    );
  if (taps.length > 0 && typeof onTap !== "function")
    throw new OptionError(`the model: taps need onTap, a function (path, value), got ${describeGiven(onTap)}`);
}

type Given = Readonly<Record<string, Tensor>>;

/** The given input. @throws OptionError if it is missing, ShapeError if it does not fit */
function tensorOf(
  name: string,
  input: ModelInput,
  given: Given,
  isOneOfSeveral: boolean,
  options: ApplyOptions,
): Tensor {
  if (!Object.hasOwn(given, name))
    throw new OptionError(
      `the model: the input '${name}' is missing; got ${
        Object.keys(given)
          .map((key) => shorten(key))
          .join(", ") || "none"
      }`,
    );
  const x = given[name];
  expectTensors(isOneOfSeveral ? `the model, ${name}` : "the model", x);
  // The number of steps, for a chunk of a longer sequence.
  const isOpen = (axis: number): boolean =>
    axis === 0 && input.shape.length > 1 && (options.states !== undefined || options.onState !== undefined);
  checkBatch(isOneOfSeveral ? `the model takes ${name}` : "the model takes inputs", input, x, isOpen);
  return x;
}

/** @throws OptionError for an unknown input */
function checkStrangers(given: Given, inputs: ModelDescription["inputs"]): void {
  const known = Object.entries(inputs).flatMap(([name, { sequence }]) =>
    sequence ? [name, lengthName(name)] : [name],
  );
  const stranger = Object.keys(given).find((name) => !known.includes(name));
  if (stranger === undefined) return;
  throw new OptionError(`the model: there is no input '${shorten(stranger)}'${didYouMean(stranger, known)}`);
}

/** @throws ShapeError unless all inputs have the same number of samples */
function checkBatches(tensors: readonly (readonly [name: string, x: Tensor])[]): void {
  const [[first, { shape }], ...others] = tensors;
  const other = others.find(([, x]) => x.shape[0] !== shape[0]);
  if (other === undefined) return;
  throw new ShapeError(
    `the model: inputs have different numbers of samples: ${first} ${shape[0]}, ${other[0]} ${other[1].shape[0]}`,
  );
}

function sequenceLengths(name: string, { sequence }: ModelInput, given: Given, x: Tensor): Tensor | undefined {
  if (!sequence || given[lengthName(name)] === undefined) return undefined;
  const lengths = given[lengthName(name)];
  expectTensors(`the model, ${lengthName(name)}`, lengths);
  checkSequenceLengths(lengthName(name), lengths, x.shape[0]);
  return lengths;
}

const prepare = (input: ModelInput, x: Tensor): Tensor =>
  input.dtype === "i32" ? castToInteger(x) : normalizeInput(castToFloat(x), input);

function castToFloat(x: Tensor): Tensor {
  if (x.dtype === "u8") return mul(cast(x, "f32"), 1 / 255);
  if (isFloat(x.dtype)) return x;
  throw new ShapeError(
    `the model takes floats, or bytes that stand for value / 255, got ${formatType(x)}; ` +
      'cast them, or build the model with dtype: "i32" if it begins with an embedding',
  );
}

function castToInteger(x: Tensor): Tensor {
  if (x.dtype === "i32" || x.dtype === "u8") return cast(x, "i32");
  throw new ShapeError(`the model takes integers, i32 or u8, got ${formatType(x)}`);
}

function normalizeInput(x: Tensor, input: ModelInput): Tensor {
  const { normalization } = input;
  if (normalization === undefined) return x;
  const after = new Array<number>(axesAfterChannels(input)).fill(1);
  const perChannel = (values: readonly number[]): Tensor =>
    constant(new NdArray(Float32Array.from(values), [values.length, ...after], "f32").cast(x.dtype));
  return div(sub(x, perChannel(normalization.mean)), perChannel(normalization.std));
}
