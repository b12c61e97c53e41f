/**
 * Methods of places, as of tensors: `x.add(y).mean([2, 3])`. Each records an op, by its name and attributes, or a layer;
 * shapes are not known yet, so whatever depends on them is checked when the network is applied.
 */
import type { DType } from "../array/index.ts";
import { logSoftmax, softmax } from "./activations.ts";
import type { Layer } from "./layer.ts";
import { op } from "./op-layer.ts";
import { addNode, Place, type PlaceOperand } from "./place.ts";
import { flatten } from "./simple.ts";

/** Elementwise functions of one operand, and their ops. */
const unaryNames = {
  ...{ abs: "abs", ceil: "ceil", cos: "cos", erf: "erf", exp: "exp", expm1: "expm1", floor: "floor", log: "log" },
  ...{ log1p: "log1p", neg: "neg", not: "not", relu: "relu", round: "round", sigmoid: "sigmoid", sign: "sign" },
  ...{ sin: "sin", sqrt: "sqrt", tanh: "tanh" },
} as const;

/** Elementwise functions of two operands, and their ops. */
const binaryNames = {
  ...{
    add: "add",
    sub: "sub",
    mul: "mul",
    div: "div",
    pow: "pow",
    maximum: "max",
    minimum: "min",
    and: "and",
    or: "or",
  },
  ...{ equal: "equal", notEqual: "notEqual", less: "less", lessEqual: "lessEqual", greater: "greater" },
  greaterEqual: "greaterEqual",
} as const;

/** Reductions, and their ops. */
const reductionNames = { sum: "sum", mean: "mean", max: "reduceMax", min: "reduceMin" } as const;

/** Options of `concat` between places. */
interface JoinOptions {
  /** The axis of concatenation. Default 1, the channels. */
  readonly axis?: number | undefined;
}

interface KeepOptions {
  /** Keep the reduced axes with length 1. Default false. */
  readonly keep?: boolean | undefined;
}

type Unary = { readonly [Name in keyof typeof unaryNames]: () => Place };
type Binary = { readonly [Name in keyof typeof binaryNames]: (other: PlaceOperand) => Place };
type Reductions = {
  /** Over the given axes; negative ones count from the last. */
  readonly [Name in keyof typeof reductionNames]: (axes: number | readonly number[], options?: KeepOptions) => Place;
};

/** The methods of places. Shapes are broadcast as those of tensors; numbers take the type of their partner. */
export interface PlaceMethods extends Unary, Binary, Reductions {
  /** The matrix product over the last two axes; the axes before them must be the same on both sides. */
  matmul(other: Place, options?: { readonly transposeA?: boolean; readonly transposeB?: boolean }): Place;
  /** Concatenates this place and others along an axis; default 1, the channels. */
  concat(others: Place | readonly Place[], options?: JoinOptions): Place;
  /** Reshapes, batch included; one length may be −1, which is inferred. With two, the first is the batch. */
  reshape(shape: readonly number[]): Place;
  /** Permutes the axes, batch included: [0, 2, 1] swaps the last two of three. */
  transpose(order: readonly number[]): Place;
  /** Repeated to a shape, in which −1 is the number of samples. */
  broadcastTo(shape: readonly number[]): Place;
  /** Elements from `start` on, before `stop`, along an axis; negative bounds count from the end. Default: all. */
  slice(axis: number, start?: number, stop?: number, step?: number): Place;
  /** Flattens all axes but the first. */
  flatten(): Place;
  /** Probabilities along an axis; default 1. */
  softmax(axis?: number): Place;
  /** The logarithm of the softmax along an axis; default 1. */
  logSoftmax(axis?: number): Place;
  /** Converts to another element type. */
  cast(dtype: DType): Place;
}

declare module "./place.ts" {
  interface Place extends PlaceMethods {}
}

const applyLayer = (layer: Layer, ...from: readonly PlaceOperand[]): Place => addNode(layer, from);
const asList = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

type Method = (this: Place, ...rest: never[]) => Place;

const methods: { readonly [Name in Exclude<keyof PlaceMethods, keyof (Unary & Binary & Reductions)>]: Method } = {
  matmul(this: Place, other: Place, options: Readonly<Record<string, unknown>> = {}) {
    return applyLayer(op("matmul", options), this, other);
  },
  concat(this: Place, others: Place | readonly Place[], { axis = 1 }: JoinOptions = {}) {
    return applyLayer(op("concat", { axis }), this, ...asList(others));
  },
  reshape(this: Place, shape: readonly number[]) {
    return applyLayer(op("reshape", { shape }), this);
  },
  transpose(this: Place, order: readonly number[]) {
    return applyLayer(op("transpose", { order }), this);
  },
  broadcastTo(this: Place, shape: readonly number[]) {
    return applyLayer(op("broadcastTo", { shape }), this);
  },
  slice(this: Place, axis: number, start = 0, stop?: number, step = 1) {
    return applyLayer(op("sliceAxis", { axis, start, stop, step }), this);
  },
  flatten(this: Place) {
    return applyLayer(flatten(), this);
  },
  softmax(this: Place, axis = 1) {
    return applyLayer(softmax({ axis }), this);
  },
  logSoftmax(this: Place, axis = 1) {
    return applyLayer(logSoftmax({ axis }), this);
  },
  cast(this: Place, dtype: DType) {
    return applyLayer(op("cast", { dtype }), this);
  },
};

let isInstalled = false;

/** Adds the methods to the prototype of places, once; called explicitly, since bundlers may drop side effects of imports. */
export function givePlaceMethods(): void {
  if (isInstalled) return;
  isInstalled = true;
  const define = (name: string, value: Method): void => {
    Object.defineProperty(Place.prototype, name, { value });
  };
  for (const [name, opName] of Object.entries(unaryNames))
    define(name, function (this: Place) {
      return applyLayer(op(opName), this);
    });
  for (const [name, opName] of Object.entries(binaryNames))
    define(name, function (this: Place, other: PlaceOperand) {
      return applyLayer(op(opName), this, other);
    } as Method);
  for (const [name, opName] of Object.entries(reductionNames))
    define(name, function (this: Place, axes: number | readonly number[], { keep = false }: KeepOptions = {}) {
      return applyLayer(op(opName, { axes: asList(axes), keep }), this);
    } as Method);
  for (const [name, method] of Object.entries(methods)) define(name, method);
}
