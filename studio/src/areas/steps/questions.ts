/** Questions that a setting answers: each is an operation with some of its settings. The words are in the texts. */
import type { OperationName } from "./operations/operations.ts";
import type { StepsSettings } from "./settings.ts";

type Questions = Readonly<Record<string, Partial<StepsSettings>>>;

export const questions = {
  convolution: {
    what: {},
    stride: { grid: "corner", filter: "ones", height: 6, width: 6, kernel: 2, stride: 2 },
    padding: { padding: 1 },
    dilation: { dilation: 2 },
    channels: { grid: "random", filter: "random", height: 5, width: 5, channels: 3, filters: 2, bias: 1 },
    groups: { grid: "random", filter: "random", height: 5, width: 5, channels: 4, filters: 4, groups: 2 },
    blur: { filter: "blur" },
    input: { direction: "backward", at: "x-0-2-2", height: 5, width: 5, filter: "counting", derivatives: "ones" },
    weight: { direction: "backward", at: "w-0-0-1-1" },
    "stride-back": {
      ...{ direction: "backward", at: "x-0-3-3", grid: "random", filter: "counting", height: 7, width: 7, stride: 2 },
    },
  },
  "max-pooling": {
    what: {},
    overlap: { grid: "random", kernel: 3, stride: 1, height: 5, width: 5 },
    input: { direction: "backward", grid: "random", at: "x-0-1-1" },
    "overlap-back": {
      direction: "backward",
      grid: "random",
      kernel: 3,
      stride: 1,
      height: 5,
      width: 5,
      derivatives: "ones",
    },
  },
  "mean-pooling": {
    what: {},
    input: { direction: "backward", grid: "random", at: "x-0-1-1" },
    "overlap-back": {
      direction: "backward",
      grid: "random",
      kernel: 3,
      stride: 1,
      height: 5,
      width: 5,
      derivatives: "ones",
    },
  },
  transposed: {
    what: {},
    input: { direction: "backward", at: "x-0-1-1" },
    overlap: { stride: 1 },
    holes: { stride: 3, kernel: 2, filter: "ones" },
  },
  activation: { what: {}, dying: { direction: "backward" }, saturating: { fn: "sigmoid", direction: "backward" } },
  softmax: { what: {}, input: { direction: "backward", at: "x-0-0-1" } },
  normalization: { what: {}, layer: { over: "layer" }, input: { direction: "backward", at: "x-0-0-0" } },
} as const satisfies Readonly<Record<OperationName, Questions>>;

/** The question of a direction where none is asked: its first. */
export const firstQuestion = (operation: OperationName, direction: StepsSettings["direction"]): string =>
  Object.entries(questionsOf(operation)).find(([, { direction: own = "forward" }]) => own === direction)![0];

export const questionsOf = (operation: OperationName): Questions => questions[operation];
