/**
 * The geometry of sliding windows, shared by convolution and pooling over one, two or three spatial axes.
 *
 *   output = ⌊(input + before + after − dilation · (kernel − 1) − 1) / stride⌋ + 1        (all five lectures)
 *
 * Output position o and kernel offset k meet input position o · stride + k · dilation − before. `tapsOf` lists all
 * these meetings as runs along the last axis, so that the reference loops of every windowed op are three lines long.
 */
import { OptionError, type Shape, ShapeError } from "../array/index.ts";
import { located, type Stretch } from "../graph/index.ts";
import { integers } from "../options/index.ts";

/** One spatial axis. */
export interface Axis {
  readonly input: number;
  readonly output: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
}

/** Attributes shared by windowed ops. `padding` lists the amounts before each axis, then those after. */
export const windowAttributes = { stride: integers(1), padding: integers(0), dilation: integers(1) };

export interface Window {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
}

/** The extent of a kernel: from the first to the last tap, inclusive. */
export const reach = (kernel: number, dilation: number): number => dilation * (kernel - 1) + 1;

/**
 * The spatial axes for input lengths and kernel sizes.
 * @param ceil round the output length up, as long as the last window still starts inside the input or its front padding; so
 *   a window may exceed the padded input by less than the stride, as in PyTorch and ONNX
 * @throws ShapeError if there is no window
 */
export function windowAxes(spatial: Shape, kernel: Shape, window: Window, ceil = false): Axis[] {
  const rank = spatial.length;
  checkRank(rank, kernel, window);
  return spatial.map((input, i) => {
    const [stride, dilation, before, after] = [
      window.stride[i],
      window.dilation[i],
      window.padding[i],
      window.padding[rank + i],
    ];
    const room = input + before + after - reach(kernel[i], dilation);
    const inside = Math.floor(room / stride) + 1;
    const overhangs = ceil && room % stride !== 0 && inside * stride < input + before;
    const output = overhangs ? inside + 1 : inside;
    if (output < 1) {
      throw new ShapeError(
        `the kernel spans ${reach(kernel[i], dilation)} along spatial axis ${i}, the padded input has ` +
          `${input + before + after}; take a smaller kernel${ceil ? ", a larger stride" : ""} or more padding`,
      );
    }
    return { input, output, kernel: kernel[i], stride, dilation, before, after };
  });
}

function checkRank(rank: number, kernel: Shape, window: Window): void {
  if (rank < 1 || rank > 3) throw new ShapeError(`windows slide over 1, 2 or 3 spatial axes, there are ${rank}`);
  for (const [name, list] of Object.entries({ kernel, ...window })) checkWindowLengths(name, list);
  const lengths = [kernel, window.stride, window.dilation].map((list) => list.length);
  if (lengths.some((n) => n !== rank) || window.padding.length !== 2 * rank) {
    throw new ShapeError(
      `kernel [${kernel}], stride [${window.stride}], dilation [${window.dilation}] need ${rank} numbers each, ` +
        `padding [${window.padding}] ${2 * rank} (all befores, then all afters)`,
    );
  }
}

/** The largest kernel, stride, padding or dilation: engines compute with 32 bits, loops over offsets must end. */
const MAX_LENGTH = 2 ** 24;

function checkWindowLengths(name: string, list: unknown): void {
  const large = Array.isArray(list) ? list.find((n) => n > MAX_LENGTH) : undefined;
  if (large !== undefined) throw new ShapeError(`${name} ${large} is too large; the limit is ${MAX_LENGTH}`);
}

/** Kernel offset, first output position, first input position and length of each run; inputs are `step` apart. */
export interface Taps {
  readonly runs: Int32Array;
  readonly step: number;
}

export const RUN = 4;

const unitAxis: Axis = { input: 1, output: 1, kernel: 1, stride: 1, dilation: 1, before: 0, after: 0 };

/** The first output position, and the one after the last, at which kernel offset `k` falls inside the input. */
function validOutputs({ input, output, stride, dilation, before }: Axis, k: number): [from: number, to: number] {
  const offset = k * dilation - before;
  const from = Math.max(0, Math.ceil(-offset / stride));
  return [from, Math.max(from, Math.min(output, Math.floor((input - 1 - offset) / stride) + 1))];
}

/** All meetings of kernel offsets and output positions inside the input, kernel offsets in scan order. */
export function tapsOf(axes: readonly Axis[]): Taps {
  const [d, h, w] = [unitAxis, unitAxis, ...axes].slice(-3);
  const runs: number[] = [];
  for (let k = 0; k < d.kernel * h.kernel * w.kernel; k++) {
    const [kd, kh, kw] = [Math.floor(k / (h.kernel * w.kernel)), Math.floor(k / w.kernel) % h.kernel, k % w.kernel];
    const [[d0, d1], [h0, h1], [w0, w1]] = [validOutputs(d, kd), validOutputs(h, kh), validOutputs(w, kw)];
    if (w1 === w0) continue;
    for (let od = d0; od < d1; od++) {
      for (let oh = h0; oh < h1; oh++) {
        const inputRow = (inputPosition(d, od, kd) * h.input + inputPosition(h, oh, kh)) * w.input;
        runs.push(k, (od * h.output + oh) * w.output + w0, inputRow + inputPosition(w, w0, kw), w1 - w0);
      }
    }
  }
  return { runs: Int32Array.from(runs), step: w.stride };
}

const inputPosition = ({ stride, dilation, before }: Axis, o: number, k: number): number =>
  o * stride + k * dilation - before;

export const spatialOf = ({ shape }: { readonly shape: Shape }): Shape => shape.slice(2);

/** The input positions seen by an output position along the spatial axes. */
export const lookThrough = (axes: readonly Axis[]): Stretch[] =>
  axes.map(({ kernel, stride, dilation, before }, i) => ({
    axis: 2 + i,
    span: reach(kernel, dilation),
    step: stride,
    start: -before,
    apart: dilation,
  }));

/** The windows seen by an input position: those that hold it. */
export const lookBack = (axes: readonly Axis[]): Stretch[] =>
  lookThrough(axes).map((look) => ({ ...look, reversed: true }));

export const outputShape = (axes: readonly Axis[]): number[] => axes.map(({ output }) => output);

/** `conv2d` for `conv` over two spatial axes; just the name where there are none. */
export const ranked = (name: string, { shape }: { readonly shape: Shape }): string =>
  shape.length > 2 ? `${name}${shape.length - 2}d` : name;

/** One number for all axes, or a list of them, as a list. */
export const perAxis = (value: number | readonly number[], rank: number): readonly number[] =>
  typeof value === "number" ? new Array<number>(rank).fill(value) : value;

/**
 * The padding of a word along one axis:
 *
 *   valid   none: windows lie inside the input
 *   same    as much as makes output = ⌈input / stride⌉; an odd element comes after (TensorFlow's SAME, ONNX's SAME_UPPER)
 *   full    as much as keeps every window in touch with the input: output = input + reach − 1 at stride 1
 */
const amounts = {
  valid: () => [0, 0],
  same: (input, window, stride) => {
    const total = Math.max(0, (Math.ceil(input / stride) - 1) * stride + window - input);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  },
  full: (_, window) => [window - 1, window - 1],
} satisfies Record<string, (input: number, window: number, stride: number) => [before: number, after: number]>;

/** An amount of padding by name: none, for outputs of ⌈input / stride⌉, or such that every window sees something. */
export type PaddingWord = keyof typeof amounts;
export const paddingWords = Object.keys(amounts) as PaddingWord[];

/** One number, one for each axis, all amounts before and then all after, or a word. */
export type Padding = number | readonly number[] | PaddingWord;

const isPaddingWord = (word: string): word is PaddingWord => Object.hasOwn(amounts, word);

/** Padding as all amounts before and then all after. @throws OptionError for unknown words, in the name of the op */
export function resolvePadding(
  name: string,
  padding: Padding,
  spatial: Shape,
  { kernel, stride, dilation }: Omit<Window, "padding"> & { readonly kernel: readonly number[] },
): readonly number[] {
  if (typeof padding !== "string") return paddingPerAxis(padding, spatial.length);
  if (!isPaddingWord(padding)) {
    const words = paddingWords.map((word) => `'${word}'`).join(", ");
    throw new OptionError(`${located(name)}: padding must be a number, a list or one of ${words}, got "${padding}"`);
  }
  const around = spatial.map((input, i) => amounts[padding](input, reach(kernel[i], dilation[i]), stride[i]));
  // Where lists are too short or hold what they must not there is no number: the op refuses the lists themselves.
  return [0, 1].flatMap((side) => around.map((amount) => (Number.isInteger(amount[side]) ? amount[side] : 0)));
}

/** Padding as one number, one for each axis, or all befores and then all afters. */
export function paddingPerAxis(value: number | readonly number[], rank: number): readonly number[] {
  const list = perAxis(value, rank);
  return list.length === rank ? [...list, ...list] : list;
}
