/** The settings of a step as fields of the address, each operation with its own defaults. */
import { type FieldsOf, numberField, textField, wordField } from "../../address/address.ts";
import { type ActivationName, activationNames } from "../../worker/steps/api.ts";
import type { OperationName, Sizes } from "./operations/operations.ts";

/** Where the numbers of the input come from; what is edited becomes a text in `x`. */
export const gridNames = ["letter", "corner", "random", "ones", "picture"] as const;
export const filterNames = ["hook", "identity", "blur", "edge", "ones", "quarters", "counting", "random"] as const;
export const derivativeNames = ["random", "ones", "scan", "single"] as const;

/** Everything that a step is. */
export interface StepsSettings extends Sizes {
  /** The question that is asked, by name. */
  readonly ask: string;
  readonly direction: "forward" | "backward";
  readonly grid: (typeof gridNames)[number];
  readonly filter: (typeof filterNames)[number];
  readonly derivatives: (typeof derivativeNames)[number];
  /** The seed of random numbers. */
  readonly draw: number;
  /** Numbers of one's own, as text; empty: those named above. */
  readonly x: string;
  readonly w: string;
  readonly dy: string;
  /** A picture, bytes in base64. */
  readonly picture: string;
  readonly bias: number;
  readonly fn: ActivationName;
  readonly scale: number;
  readonly offset: number;
  readonly epsilon: number;
  /** The number that is looked at, such as `y-0-2-3`. */
  readonly at: string;
  /** Steps a second. */
  readonly speed: number;
  readonly planes: "flat" | "deep";
}

const LONGEST = 16;

const base: StepsSettings = {
  ask: "",
  direction: "forward",
  grid: "letter",
  filter: "hook",
  derivatives: "random",
  draw: 1,
  x: "",
  w: "",
  dy: "",
  picture: "",
  bias: 0,
  fn: "relu",
  scale: 1,
  offset: 0,
  epsilon: 1e-5,
  at: "",
  speed: 2,
  planes: "flat",
  channels: 1,
  height: 7,
  width: 7,
  filters: 1,
  kernel: 3,
  stride: 1,
  padding: 0,
  dilation: 1,
  groups: 1,
  outputPadding: 0,
  over: "batch",
};

/** What each operation begins with. */
const beginnings: Readonly<Record<OperationName, Partial<StepsSettings>>> = {
  convolution: {},
  "max-pooling": { grid: "corner", height: 6, width: 6, kernel: 2, stride: 2 },
  "mean-pooling": { grid: "corner", height: 6, width: 6, kernel: 2, stride: 2 },
  transposed: { grid: "random", filter: "counting", height: 3, width: 3, stride: 2 },
  activation: { grid: "random", height: 4, width: 5 },
  softmax: { grid: "random", height: 2, width: 5 },
  normalization: { grid: "random", height: 4, width: 5 },
};

export const beginningOf = (operation: OperationName): StepsSettings => ({ ...base, ...beginnings[operation] });

const whole = (fallback: number, least: number, most: number) => {
  const field = numberField(fallback, least, most);
  return { ...field, read: (text: string) => (Number.isInteger(Number(text)) ? field.read(text) : undefined) };
};

const words = <W extends string>(fallback: W, all: readonly W[]) => wordField<W>(fallback, ...all);

/** The limits of each number. */
export const limits = {
  channels: [1, 4],
  height: [1, LONGEST],
  width: [1, LONGEST],
  filters: [1, 4],
  kernel: [1, 7],
  stride: [1, 5],
  padding: [0, 6],
  dilation: [1, 4],
  groups: [1, 4],
  outputPadding: [0, 4],
} as const satisfies Readonly<Record<string, readonly [least: number, most: number]>>;

export function fieldsOf(operation: OperationName): FieldsOf<StepsSettings> {
  const first = beginningOf(operation);
  const size = (name: keyof typeof limits) => {
    const [least, most] = limits[name];
    return whole(first[name], least, most);
  };
  return {
    ask: textField(first.ask),
    direction: words(first.direction, ["forward", "backward"]),
    grid: words(first.grid, gridNames),
    filter: words(first.filter, filterNames),
    derivatives: words(first.derivatives, derivativeNames),
    draw: whole(first.draw, 0, 2 ** 31),
    x: textField(first.x),
    w: textField(first.w),
    dy: textField(first.dy),
    picture: textField(first.picture),
    bias: numberField(first.bias, -1e6, 1e6),
    fn: words(first.fn, activationNames),
    scale: numberField(first.scale, -1e6, 1e6),
    offset: numberField(first.offset, -1e6, 1e6),
    epsilon: numberField(first.epsilon, 1e-12, 1e6),
    at: textField(first.at),
    speed: numberField(first.speed, 0.25, 16),
    planes: words(first.planes, ["flat", "deep"]),
    channels: size("channels"),
    height: size("height"),
    width: size("width"),
    filters: size("filters"),
    kernel: size("kernel"),
    stride: size("stride"),
    padding: size("padding"),
    dilation: size("dilation"),
    groups: size("groups"),
    outputPadding: size("outputPadding"),
    over: words(first.over, ["batch", "layer"]),
  };
}

/** The parts of the page that an address can hide, for a class: `hide=options,equation`. */
export const hideable = [
  "questions",
  "options",
  "numbers",
  "products",
  "equation",
  "size",
  "forms",
  "terms",
  "class",
] as const;
export type Hideable = (typeof hideable)[number];

export const hiddenIn = (settings: Readonly<Record<string, string>>): ReadonlySet<string> =>
  new Set((settings.hide ?? "").split(",").filter((name) => name !== ""));
