/** The living network: columns, maps, one unit, one layer, in space. */
const layerNames: Readonly<Record<string, string>> = {
  conv1d: "conv",
  conv2d: "conv",
  conv3d: "conv",
  depthwiseConv2d: "depthwise",
  linear: "dense",
  maxPool2d: "max pool",
  avgPool2d: "mean pool",
  globalAvgPool: "global mean",
  globalMaxPool: "global max",
  concat: "concat",
  add: "add",
};

const conv = "Σ w ∗ x + b";

/** Of the numbers before activations, by the beginning of a layer's type. */
const equations: readonly (readonly [type: RegExp, equation: string])[] = [
  [/^conv|Conv/, conv],
  [/^linear/, "Σ w · x + b"],
  [/^maxPool|^globalMax/, "max of x in the window"],
  [/^avgPool|^globalAvg/, "mean of x in the window"],
  [/^add$/, "x₁ + x₂"],
  [/^batchNorm/, "(x − μ) / σ · γ + β"],
];

const times = (shape: readonly number[]): string => shape.join(" × ");

export const network = {
  label: "The network",
  picture: "picture",
  input: "the picture",
  classes: "classes",
  nothing: "There is no network yet.",
  view: {
    label: "What is shown",
    maps: "Maps",
    derivatives: "Derivatives",
    filters: "Filters",
    space: "3-D",
  },
  /** A layer's name, with the size of its window where it has one. */
  layer: (type: string, window: readonly number[] | undefined): string =>
    [layerNames[type] ?? type, ...(window === undefined ? [] : [window.join("×")])].join(" "),
  block: (key: string): string => key,
  layersInside: (count: number): string => `${count} columns inside`,
  shape: times,
  open: (name: string): string => `Open ${name}`,
  close: (name: string): string => `Close ${name}`,
  aboutLayer: (name: string): string => `All of ${name}, with figures`,
  more: (count: number): string => `and ${count.toLocaleString("en")} more`,
  moreClasses: (count: number): string => `and ${count} more classes`,
  units: (name: string): string => `Units of ${name}`,
  unit: (layer: string, number: number, count: number): string => `${layer}, unit ${number} of ${count}`,
  filter: (layer: string, unit: number, input: number): string => `${layer}, unit ${unit}: filter on map ${input}`,
  range: (least: string, most: string): string => `from ${least} to ${most}`,
  value: (value: string): string => `value ${value}`,
  /** How the numbers of a column come about. */
  equation: (type: string, activations: readonly string[]): string =>
    activations.reduce(
      (inner, name) => `${name}(${inner})`,
      equations.find(([matches]) => matches.test(type))?.[1] ?? `${type}(x)`,
    ),
  hint: "Point at a map, or walk through with the arrow keys. Click or Enter: how its number comes about.",
  derivativeOf: (name: string): string => `of the score of class ${name}`,
  derivativeOfTop: "of the score of the most probable class; click a class for its own",
  gradientsOf: (samples: number): string =>
    `Left: weights. Right: derivative of the mean loss of ${samples} training pictures by them`,
  weights: "weights",
  gradients: "∂ loss",
  legend: {
    map: "each map by its own largest value",
    filters: "each filter by its own largest weight",
    layer: "each layer by its own largest value",
    shared: "one scale for all layers",
  },
  probability: (name: string, percent: string): string => `class ${name}: ${percent}`,
  percent: (share: number): string => `${(100 * share).toFixed(1)} %`,
  strip: {
    label: "One unit",
    close: "Close",
    position: (row: number, column: number): string => `row ${row}, column ${column}`,
    at: (row: number, column: number, window: string): string =>
      `At row ${row}, column ${column} it sees ${window} pixels of the picture.`,
    sees: (window: string): string => `It sees ${window} pixels of the picture.`,
    move: (row: number, column: number): string => `Position: row ${row}, column ${column}. Arrow keys move it.`,
    lines: "Lines: what each map of the layer before adds to the sum here, weight × activation.",
    arrows: "Arrow keys move it.",
    windowOf: (map: string): string => `window of ${map}`,
    mapOf: (layer: string, number: number): string => `${layer}, map ${number}`,
    inputs: (layer: string): string => `numbers of ${layer}`,
    filter: "weights",
    slopes: "slopes",
    products: "products",
    choose: "Which input map",
    windowOption: (number: number, sum: string): string => `Map ${number}, sum ${sum}`,
    thisWindow: "this window",
    others: (count: number): string => (count === 1 ? "1 more window" : `${count} more windows`),
    bias: "bias",
    sum: "sum",
    largest: "largest",
    output: "output",
    computing: "Computing …",
    product: (value: string, factor: string, product: string): string => `${value} × ${factor} = ${product}`,
    backwards: "Step backwards",
    looks: "What this unit looks for",
    figures: "Numbers",
  },
  layerPanel: {
    label: "One layer",
    mean: "mean",
    deviation: "deviation",
    zeros: "zeros",
    least: "least",
    most: "largest",
    parameters: "parameters",
    products: "multiply-adds",
    ofPicture: "Figures of this picture",
    maps: "Maps",
    derivatives: "Derivatives of the class's score",
    filters: "Filters",
    gradients: "Derivative of the loss by the filters",
    field: (size: string): string => `Each unit sees ${size} pixels of the picture.`,
  },
  space: {
    label: "The network in space. Arrow keys turn it, plus and minus move closer and away.",
    missing: "This browser has no WebGL, which the view in space needs; the other views show the same numbers.",
    loading: "Loading the view in space …",
    hint: "Drag to turn, scroll to come closer, click a map.",
  },
};
