/** The operations that can be taken step by step: shapes, meetings, and which settings each of them has. */
import {
  convolutionMeetings,
  expanded,
  type Meeting,
  poolMeetings,
  sharedMeetings,
  shrunk,
  transposedMeetings,
  type Window,
} from "./geometry.ts";
import type { Shape } from "./shapes.ts";

export const operationNames = [
  "convolution",
  "max-pooling",
  "mean-pooling",
  "transposed",
  "activation",
  "softmax",
  "normalization",
] as const;

export type OperationName = (typeof operationNames)[number];

export const isOperation = (name: string): name is OperationName => operationNames.includes(name as OperationName);

/** The settings that determine shapes. */
export interface Sizes extends Window {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly filters: number;
  readonly over: "batch" | "layer";
}

/** The shapes of input, filter and output. */
export interface Layout {
  readonly x: Shape;
  readonly w: Shape | undefined;
  readonly y: Shape;
}

/** A number that can be set, of which an operation has some. */
export type SizeName = Exclude<keyof Sizes, "over">;

interface Operation {
  /** The numbers that can be set, in the order of the page. */
  readonly numbers: readonly SizeName[];
  readonly layout: (sizes: Sizes) => Layout;
  readonly meetings: (layout: Layout, sizes: Sizes) => Meeting[];
  /** How y comes of its terms: products added up, the largest of them, or a function that has no products. */
  readonly combines: "sum" | "maximum" | "mean" | "function";
}

const inputOf = ({ channels, height, width }: Sizes): Shape => [channels, height, width];
const planeOf = ({ height, width }: Sizes): Shape => [1, height, width];
const outputOf = (planes: number, sizes: Sizes, length: (n: number, window: Window) => number): Shape => [
  planes,
  length(sizes.height, sizes),
  length(sizes.width, sizes),
];

const poolLayout = (sizes: Sizes): Layout => ({
  x: inputOf(sizes),
  w: undefined,
  y: outputOf(sizes.channels, sizes, shrunk),
});
const sameLayout = (sizes: Sizes): Layout => ({ x: planeOf(sizes), w: undefined, y: planeOf(sizes) });

export const operations: Readonly<Record<OperationName, Operation>> = {
  convolution: {
    numbers: ["height", "width", "channels", "filters", "kernel", "stride", "padding", "dilation", "groups"],
    layout: (sizes) => ({
      x: inputOf(sizes),
      w: [sizes.filters, Math.max(1, Math.floor(sizes.channels / sizes.groups)), sizes.kernel, sizes.kernel],
      y: outputOf(sizes.filters, sizes, shrunk),
    }),
    meetings: ({ x, w, y }, sizes) => convolutionMeetings(x, w!, y, sizes),
    combines: "sum",
  },
  "max-pooling": {
    numbers: ["height", "width", "channels", "kernel", "stride", "padding", "dilation"],
    layout: poolLayout,
    meetings: ({ x, y }, sizes) => poolMeetings(x, y, sizes),
    combines: "maximum",
  },
  "mean-pooling": {
    numbers: ["height", "width", "channels", "kernel", "stride", "padding"],
    layout: poolLayout,
    meetings: ({ x, y }, sizes) => poolMeetings(x, y, sizes),
    combines: "mean",
  },
  transposed: {
    numbers: [
      "height",
      "width",
      "channels",
      "filters",
      "kernel",
      "stride",
      "padding",
      "outputPadding",
      "dilation",
      "groups",
    ],
    layout: (sizes) => ({
      x: inputOf(sizes),
      w: [sizes.channels, Math.max(1, Math.floor(sizes.filters / sizes.groups)), sizes.kernel, sizes.kernel],
      y: outputOf(sizes.filters, sizes, expanded),
    }),
    meetings: ({ x, w, y }, sizes) => transposedMeetings(x, w!, y, sizes),
    combines: "sum",
  },
  activation: {
    numbers: ["height", "width"],
    layout: sameLayout,
    meetings: ({ x }) => sharedMeetings(x, "place"),
    combines: "function",
  },
  softmax: {
    numbers: ["height", "width"],
    layout: sameLayout,
    meetings: ({ x }) => sharedMeetings(x, "row"),
    combines: "function",
  },
  normalization: {
    numbers: ["height", "width"],
    layout: sameLayout,
    meetings: ({ x }, { over }) => sharedMeetings(x, over === "batch" ? "column" : "row"),
    combines: "function",
  },
};
