/**
 * One step of a network, number by number: a unit of a convolution, a pooling, an activation, a softmax or a normalization, with
 * what goes in, what it is multiplied by, and the sum; and the same place backwards, where derivatives meet:
 *
 *   y_u = Σ_j w_j x_j + b,        ∂t/∂x_i = Σ_o ∂t/∂y_o · ∂y_o/∂x_i,        ∂t/∂w_j gets ∂t/∂y_u · x_j
 *
 * Source: CMU 11-785, "Backpropagation" and "Convolutional networks".
 */
import {
  checkArray,
  describeGiven,
  formatShape,
  NdArray,
  OptionError,
  type Shape,
  sizeOf,
  stridesOf,
  zeros,
} from "../../array/index.ts";
import type { EngineChoice } from "../../engines/index.ts";
import { checkModel, layerTitle, type Model } from "../../nn/index.ts";
import { checkNames, namesOf } from "../../options/index.ts";
import { type Arrays, arraysByName } from "../../train/index.ts";
import { checkUnit } from "../fields/index.ts";
import { classTarget, type Target } from "../probe/index.ts";
import { forwardOf, type StepForward } from "./forward.ts";
import { inspectLayer, type Local, localProgram } from "./local-program.ts";

/** An input of the unit. */
export interface StepTerm {
  /** Which input of the layer, from 0. */
  readonly input: number;
  /** The index in it, without the batch axis. */
  readonly at: readonly number[];
  /** The number that goes in. */
  readonly value: number;
  /** ∂y_u / ∂x: of a convolution, the weight. */
  readonly factor: number;
  /** factor · value. */
  readonly product: number;
  /** ∂t/∂y_u · factor: what the unit passes back to this input. */
  readonly passedBack: number;
}

/** A unit that an input element goes into. */
export interface Meeting {
  /** The index of the unit, without the batch axis. */
  readonly unit: readonly number[];
  /** ∂t / ∂y of the unit. */
  readonly outputGradient: number;
  /** ∂y / ∂x of the unit by the element. */
  readonly factor: number;
  readonly product: number;
}

/** One step, forward and backward. */
export interface Step {
  readonly path: string;
  readonly type: string;
  readonly unit: readonly number[];
  /** How the output comes about, by the kind of layer. */
  readonly forward: StepForward;
  /** The inputs that the unit is connected with, in the order in which they lie. */
  readonly terms: readonly StepTerm[];
  /** What the network computed. */
  readonly output: number;
  readonly backward: {
    /** The target's name and value. */
    readonly target: string;
    readonly value: number;
    /** ∂t / ∂y of the unit. */
    readonly outputGradient: number;
    /** The element of the first input whose derivatives are added up. */
    readonly element: readonly number[];
    readonly meetings: readonly Meeting[];
    /** Their sum, ∂t / ∂x of the element through this layer. */
    readonly sum: number;
  };
}

/** Options of `explainStep`. */
export interface StepOptions {
  /** The unit's index, without the batch axis: [channel, y, x]. Default: the one with the largest output. */
  readonly unit?: readonly number[] | undefined;
  /** The element of the layer's first input whose derivatives are added up. Default: that of the largest product. */
  readonly element?: readonly number[] | undefined;
  /** What is derived. Default `classTarget()`. */
  readonly target?: Target | undefined;
  /** Which class or unit the target is of. Default −1: the largest. */
  readonly index?: number | undefined;
  /** The engine, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
}

const optionNames = namesOf<StepOptions>({ unit: true, element: true, target: true, index: true, engine: true });

/**
 * One step of a network at one place, with every product and derivative.
 * @param inputs one sample, [1, …], or one array for each input by name
 * @param path the path of a layer
 * @throws OptionError for a path without a layer, near misses named, for units and elements that do not exist, and for
 *   several samples
 */
export async function explainStep(
  model: Model,
  inputs: NdArray | Arrays,
  path: string,
  options: StepOptions = {},
): Promise<Step> {
  checkModel("explainStep", model);
  checkNames("explainStep", optionNames, options);
  const { target = classTarget(), index = -1, engine } = options;
  if (!Number.isInteger(index) || index < -1)
    throw new OptionError(
      `explainStep: index ${describeGiven(index)}, expected a class or unit, an integer from 0 on, or -1`,
    );
  const given = oneSample(model, inputs);
  const { layer, inputs: sources, output } = inspectLayer(model, path);
  const [outShape, inShape] = [output, sources[0]].map(({ shape }) => shape.slice(1));
  if (options.unit) checkUnit(path, outShape, options.unit);
  if (options.element) checkUnit(`the input of ${path}`, inShape, options.element);
  const run = localProgram(model, path, target, engine);
  const at = async (unit: readonly number[], element: readonly number[]): Promise<Local> =>
    run(given, {
      unit: single(output.shape, unit),
      element: single(sources[0].shape, element),
      index: new NdArray(Int32Array.of(index), [1], "i32"),
    });
  const origin = (shape: Shape): readonly number[] => shape.map(() => 0);
  const unit = options.unit ?? indexOf(strongest((await at(origin(outShape), origin(inShape))).output.data), outShape);
  const first = await at(unit, options.element ?? origin(inShape));
  const terms = termsOf(first, unit);
  const element = options.element ?? largestTerm(terms)?.at ?? origin(inShape);
  const local = options.element ? first : await at(unit, element);
  const meetings = meetingsOf(local);
  return {
    path,
    type: layerTitle(layer),
    unit,
    forward: forwardOf({ model, path, layer, unit, terms }),
    terms,
    output: valueAt(local.output, unit),
    backward: {
      target: target.name,
      value: local.target.item(),
      outputGradient: valueAt(local.outputGradient, unit),
      element,
      meetings,
      sum: meetings.reduce((total, { product }) => total + product, 0),
    },
  };
}

function oneSample(model: Model, inputs: NdArray | Arrays): Arrays {
  const given = arraysByName("explainStep", model, inputs);
  return Object.fromEntries(
    Object.entries(model.inputs).map(([name, { dtype, shape }]) => {
      const array = given[name];
      checkArray("explainStep", name, array);
      if (array.size !== sizeOf(shape) || array.shape[0] !== 1)
        throw new OptionError(
          `explainStep: ${name} is ${formatShape(array.shape)}, expected one sample, ${formatShape([1, ...shape])}`,
        );
      const floats = dtype === "f32" && array.dtype === "u8" ? scaled(array) : array;
      return [name, floats];
    }),
  );
}

/** Bytes stand for value / 255. */
const scaled = ({ data, shape }: NdArray): NdArray =>
  new NdArray(
    Float32Array.from(data, (byte) => byte / 255),
    shape,
    "f32",
  );

const offsetOf = (index: readonly number[], shape: Shape): number =>
  stridesOf(shape).reduce((offset, stride, axis) => offset + stride * index[axis], 0);

const indexOf = (offset: number, shape: Shape): number[] =>
  stridesOf(shape).map((stride, axis) => Math.floor(offset / stride) % shape[axis]);

const valueAt = ({ data, shape: [, ...shape] }: NdArray, index: readonly number[]): number =>
  data[offsetOf(index, shape)];

/** An array of zeros with a single 1, of one sample. */
function single(shape: Shape, index: readonly number[]): NdArray {
  const array = zeros(shape);
  array.data[offsetOf(index, shape.slice(1))] = 1;
  return array;
}

function strongest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

function termsOf({ inputs, connected, row, outputGradient }: Local, unit: readonly number[]): StepTerm[] {
  const gradient = valueAt(outputGradient, unit);
  return inputs.flatMap(({ data, shape: [, ...shape] }, input) =>
    [...connected[input].data.keys()]
      .filter((i) => connected[input].data[i] !== 0)
      .map((i) => {
        const [value, factor] = [data[i], row[input].data[i]];
        return { input, at: indexOf(i, shape), value, factor, product: factor * value, passedBack: gradient * factor };
      }),
  );
}

/** Of the first input. */
function largestTerm(terms: readonly StepTerm[]): StepTerm | undefined {
  const own = terms.filter(({ input }) => input === 0);
  return own.reduce<StepTerm | undefined>(
    (best, term) => (best === undefined || Math.abs(term.product) > Math.abs(best.product) ? term : best),
    undefined,
  );
}

function meetingsOf({ column, outputGradient }: Local): Meeting[] {
  const [, ...shape] = column.shape;
  return [...column.data.keys()]
    .filter((o) => column.data[o] !== 0)
    .map((o) => {
      const [factor, gradient] = [column.data[o], outputGradient.data[o]];
      return { unit: indexOf(o, shape), outputGradient: gradient, factor, product: factor * gradient };
    });
}
