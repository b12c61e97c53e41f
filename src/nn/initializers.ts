/**
 * How parameters start. The spread of random weights is chosen so that signals keep their variance from layer to layer:
 *
 *   LeCun   var = 1 / fanIn                   (LeCun et al. 1998, "Efficient BackProp"; tanh, SELU)
 *   Glorot  var = 2 / (fanIn + fanOut)        (Glorot and Bengio 2010, called Xavier elsewhere; tanh, sigmoid)
 *   He      var = 2 / fanIn                   (He et al. 2015, called Kaiming elsewhere; ReLU); gradients keep theirs
 *                                             with 2 / fanOut
 *   torch   var = 1 / (3 fanIn)               (what PyTorch gives linear and convolution layers: uniform in ±1/√fanIn)
 *
 * fanIn is the number of inputs that meet in one output, fanOut the number of outputs that one input reaches. Orthogonal
 * weights (Saxe, McClelland, Ganguli 2014) keep lengths themselves; identity and dirac pass the input on as it is.
 */
import { type NdArray, type Random, type Shape, sizeOf, zeros as zeroArray } from "../array/index.ts";
import {
  createCatalog,
  defineFactory,
  fromJson,
  type GivenOf,
  integer,
  isTypedJson,
  type Kind,
  type OptionalKind,
  real,
  type Schema,
  type ValuesOf,
  withDefault,
} from "../options/index.ts";
import { orthonormalRows, passOn } from "./patterns.ts";

interface InitializerRule<S> {
  readonly options: S;
  /** Whether it does not support all shapes, so that values have to be drawn for an error to occur. */
  readonly isPartial?: boolean;
  /** The values of a parameter; `fans` is the shape of the layer's weights, its own unless it is a bias. */
  readonly create: (
    options: S extends Schema ? ValuesOf<S> : never,
    shape: Shape,
    random: Random,
    fans: Shape,
  ) => NdArray;
}

const defineRule = <S extends Schema>(options: S, create: InitializerRule<S>["create"]): InitializerRule<S> => ({
  options,
  create,
});
const definePartialRule: typeof defineRule = (options, create) => ({ options, create, isPartial: true });

type DrawWeights = (random: Random, deviation: number, into: Float64Array) => void;

const normal: DrawWeights = (random, deviation, into) => random.fillNormal(into, 0, deviation);
/** Uniform on ±√3 σ has the deviation σ. */
const uniformDraw: DrawWeights = (random, deviation, into) => {
  random.fillUniform(into, -1, 1);
  for (let i = 0; i < into.length; i++) into[i] = into[i] * Math.sqrt(3) * deviation;
};

type Variance = (fanIn: number, fanOut: number) => number;

const lecun: Variance = (fanIn) => 1 / fanIn;
const glorot: Variance = (fanIn, fanOut) => 2 / (fanIn + fanOut);
const he: Variance = (fanIn) => 2 / fanIn;
const heFanOut: Variance = (_, fanOut) => 2 / fanOut;
const torch: Variance = (fanIn) => 1 / (3 * fanIn);

function filled(shape: Shape, value: number): NdArray {
  const values = zeroArray(shape);
  values.data.fill(value);
  return values;
}

/** Numbers drawn at a time: they stay in the first cache until they are rounded. */
const PART = 2 ** 11;

function drawn(shape: Shape, draw: (into: Float64Array) => void): NdArray {
  const values = zeroArray(shape);
  const part = new Float64Array(PART);
  for (let start = 0; start < values.size; start += PART) {
    const some = part.subarray(0, Math.min(PART, values.size - start));
    draw(some);
    values.data.set(some, start);
  }
  return values;
}

const gain = withDefault(real(0), 1);

const scaledBy = (variance: Variance, draw: DrawWeights) =>
  defineRule({ gain }, ({ gain }, shape, random, [outputs, inputs = 1, ...kernel]) => {
    const deviation = gain * Math.sqrt(variance(inputs * sizeOf(kernel), outputs * sizeOf(kernel)));
    return drawn(shape, (into) => draw(random, deviation, into));
  });

/** By name, as in layer options and saved models. */
export const initializerRules = {
  /** Uniform with variance gain² / fanIn. */
  lecunUniform: scaledBy(lecun, uniformDraw),
  /** Gaussian with variance gain² / fanIn; for tanh and SELU. */
  lecunNormal: scaledBy(lecun, normal),
  /** Uniform with variance 2 gain² / (fanIn + fanOut); for tanh and sigmoid. */
  glorotUniform: scaledBy(glorot, uniformDraw),
  /** Gaussian with variance 2 gain² / (fanIn + fanOut). */
  glorotNormal: scaledBy(glorot, normal),
  /** Uniform with variance 2 gain² / fanIn. */
  heUniform: scaledBy(he, uniformDraw),
  /** Gaussian with variance 2 gain² / fanIn; for ReLU and its kin. */
  heNormal: scaledBy(he, normal),
  /** Gaussian with variance 2 gain² / fanOut; how torchvision starts the convolutions of residual networks. */
  heNormalFanOut: scaledBy(heFanOut, normal),
  /** Uniform in ±gain / √fanIn, as PyTorch starts linear and convolution layers. */
  torchUniform: scaledBy(torch, uniformDraw),
  /** 0 everywhere. */
  zeros: defineRule({}, (_, shape) => zeroArray(shape)),
  /** 1 everywhere. */
  ones: defineRule({}, (_, shape) => filled(shape, 1)),
  /** One number everywhere. */
  constant: defineRule({ value: real() }, ({ value }, shape) => filled(shape, value)),
  /** Uniform from `low` up to `high`, whatever the shape. */
  uniform: defineRule({ low: real(), high: real() }, ({ low, high }, shape, random) =>
    drawn(shape, (into) => random.fillUniform(into, low, high)),
  ),
  /** Gaussian with a given mean and standard deviation, whatever the shape. */
  normal: defineRule({ mean: withDefault(real(), 0), deviation: real(0) }, ({ mean, deviation }, shape, random) =>
    drawn(shape, (into) => random.fillNormal(into, mean, deviation)),
  ),
  /** Rows that are orthogonal to each other (columns, where there are more rows), of length `gain`. */
  orthogonal: definePartialRule({ gain }, ({ gain }, shape, random) => orthonormalRows(shape, random, gain)),
  /** The identity matrix: outputs begin as the inputs. For matrices. */
  identity: definePartialRule({}, (_, shape) => passOn("identity", shape, 1)),
  /** Filters that pass their input channel on: 1 in the middle, 0 elsewhere. For convolutions. */
  dirac: definePartialRule({ groups: withDefault(integer(1), 1) }, ({ groups }, shape) =>
    passOn("dirac", shape, groups),
  ),
} as const satisfies Record<string, { readonly options: Schema; readonly create: InitializerRule<never>["create"] }>;

type InitializerRules = typeof initializerRules;
type OptionsOf<N extends keyof InitializerRules> = GivenOf<InitializerRules[N]["options"]>;

/** The rules without options, which may be given by name. */
export type InitializerName = {
  [N in keyof InitializerRules]: Record<never, never> extends OptionsOf<N> ? N : never;
}[keyof InitializerRules];

/** An initializer: a name such as `heNormal`, or a name with options: `{ type: "normal", deviation: 0.01 }`. */
export type Initializer =
  | InitializerName
  | { [N in keyof InitializerRules]: { readonly type: N } & OptionsOf<N> }[keyof InitializerRules];

const needsNothing = ({ options }: { readonly options: Schema }): boolean =>
  Object.values(options).every((kind) => "fallback" in kind);

/** Every name that may be given alone. */
export const initializerNames = Object.entries(initializerRules)
  .filter(([, { options }]) => needsNothing({ options }))
  .map(([name]) => name) as InitializerName[];

/** An initializer whose options have been read. */
interface ReadInitializer {
  readonly json: Initializer;
  readonly isPartial: boolean;
  readonly create: (shape: Shape, random: Random, fans: Shape) => NdArray;
}

const factoryOf = (type: string, { options, create, isPartial = false }: InitializerRule<Schema>) =>
  defineFactory({
    type,
    where: `initializer ${type}`,
    options,
    make: (values): ReadInitializer => ({
      json: { type, ...values } as Initializer,
      isPartial,
      create: (shape, random, fans) => create(values, shape, random, fans),
    }),
  });

const allRules = initializerRules as unknown as Readonly<Record<string, InitializerRule<Schema>>>;

/** Every rule, with those that need options. */
const initializerCatalog = createCatalog(
  "initializer",
  Object.fromEntries(Object.entries(allRules).map(([type, rule]) => [type, factoryOf(type, rule)])),
);

function readInitializer(value: unknown): Initializer | undefined {
  if (typeof value === "string") return initializerNames.find((name) => name === value);
  return isTypedJson(value) && initializerCatalog.has(value.type)
    ? fromJson(initializerCatalog, value).json
    : undefined;
}

const initializerKind: Kind<Initializer> = {
  expects: `one of ${initializerNames.map((name) => `'${name}'`).join(", ")}, or { type, … } with type ${initializerCatalog.names.join(", ")}`,
  read: readInitializer,
};

/** The kind of a layer's option with an initializer. */
export const initializerOption = (fallback: Initializer): OptionalKind<Initializer> =>
  withDefault(initializerKind, fallback);

/** An initializer as given by layers, also in their code. */
export type Initial = Initializer | ((shape: Shape, random: Random) => NdArray);

/**
 * The first values of a parameter. The same initializer, shape and random numbers give the same bits.
 * @param fans the shape of the weights whose fans are used; those of the layer for a bias
 * @throws OptionError for an invalid initializer, ShapeError for a shape that the rule does not support
 */
export function initialize(initial: Initial, shape: Shape, random: Random, fans: Shape = shape): NdArray {
  return typeof initial === "function" ? initial(shape, random) : ruleOf(initial).create(shape, random, fans);
}

const ruleOf = (initial: Initializer): ReadInitializer =>
  fromJson(initializerCatalog, typeof initial === "string" ? { type: initial } : initial);

/**
 * Whether the first values may be drawn later, when they are needed. Not so if that could fail, or if code of a layer draws them.
 * @throws OptionError for an invalid initializer
 */
export const canWait = (initial: Initial): boolean => typeof initial !== "function" && !ruleOf(initial).isPartial;

/** The initializer of a bias, with the fans of its layer's weights. */
export const biasInitial =
  (initializer: Initializer, weights: Shape): Initial =>
  (shape, random) =>
    initialize(initializer, shape, random, weights);
