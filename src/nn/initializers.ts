/**
 * How parameters start. The spread of random weights is chosen so that signals keep their variance from layer to layer:
 *
 *   LeCun  var = 1 / fanIn                    (LeCun et al. 1998, "Efficient BackProp"; tanh, SELU)
 *   Glorot var = 2 / (fanIn + fanOut)         (Glorot and Bengio 2010; tanh, sigmoid)
 *   He     var = 2 / fanIn                    (He et al. 2015; ReLU)
 *
 * fanIn is the number of inputs that meet in one output, fanOut the number of outputs that one input reaches.
 */
import { type NdArray, type Random, type Shape, sizeOf, zeros as zeroArray } from "../array/index.ts";

type Draw = (random: Random, deviation: number) => number;

const normal: Draw = (random, deviation) => random.normal(0, deviation);
/** Uniform on ±√3 σ has the deviation σ. */
const uniform: Draw = (random, deviation) => random.uniform(-1, 1) * Math.sqrt(3) * deviation;

type Variance = (fanIn: number, fanOut: number) => number;

const lecun: Variance = (fanIn) => 1 / fanIn;
const glorot: Variance = (fanIn, fanOut) => 2 / (fanIn + fanOut);
const he: Variance = (fanIn) => 2 / fanIn;

type Initialize = (shape: Shape, random: Random) => NdArray;

const scaled =
  (variance: Variance, draw: Draw): Initialize =>
  (shape, random) => {
    const [outputs, inputs = 1, ...kernel] = shape;
    const deviation = Math.sqrt(variance(inputs * sizeOf(kernel), outputs * sizeOf(kernel)));
    const values = zeroArray(shape);
    for (let i = 0; i < values.size; i++) values.data[i] = draw(random, deviation);
    return values;
  };

const constant =
  (value: number): Initialize =>
  (shape) => {
    const values = zeroArray(shape);
    values.data.fill(value);
    return values;
  };

/** By name, as layer options and saved models have them. */
export const initializers = {
  lecunUniform: scaled(lecun, uniform),
  lecunNormal: scaled(lecun, normal),
  glorotUniform: scaled(glorot, uniform),
  glorotNormal: scaled(glorot, normal),
  heUniform: scaled(he, uniform),
  heNormal: scaled(he, normal),
  zeros: constant(0),
  ones: constant(1),
} as const satisfies Record<string, Initialize>;

export type InitializerName = keyof typeof initializers;

export const initializerNames = Object.keys(initializers) as InitializerName[];
