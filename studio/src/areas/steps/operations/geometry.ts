/**
 * Which inputs meet which outputs, through which weights: the arithmetic of windows, for the page to say where numbers come from.
 *
 *   output = ⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1           windows
 *   output = (n − 1)s + d(k − 1) + 1 − 2p + more         transposed convolution
 *
 * Values are the library's; tests compare what is added up over meetings with them.
 */
import type { Shape } from "./shapes.ts";

/** One product of an operation. Forward it goes into y, backward into the derivatives of x and of w. */
export interface Meeting {
  /** The element of the input; −1 for padding. */
  readonly x: number;
  /** The element of the filter, or the place in the window of a pool; −1 where there is no window. */
  readonly w: number;
  readonly y: number;
  /** Where the input element lies in the padded input, whose planes are 2p longer in both directions. */
  readonly place: number;
}

/** What the windows of an operation are made of. */
export interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
  readonly groups: number;
  readonly outputPadding: number;
}

export const reachOf = ({ kernel, dilation }: Pick<Window, "kernel" | "dilation">): number =>
  dilation * (kernel - 1) + 1;

export const shrunk = (length: number, window: Omit<Window, "groups" | "outputPadding">): number =>
  Math.floor((length + 2 * window.padding - reachOf(window)) / window.stride) + 1;

export const expanded = (length: number, window: Omit<Window, "groups">): number =>
  (length - 1) * window.stride + reachOf(window) - 2 * window.padding + window.outputPadding;

/** Visits the taps of a window at every output position of a plane. */
function visitWindows(
  [rows, columns]: Shape,
  { kernel }: Window,
  visit: (row: number, column: number, down: number, right: number) => void,
): void {
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      for (let down = 0; down < kernel; down++)
        for (let right = 0; right < kernel; right++) visit(row, column, down, right);
}

/** Where a tap of a window lies: in the input, or in the padding around it. */
function tapAt([, height, width]: Shape, plane: number, row: number, column: number, padding: number) {
  const isInside = row >= 0 && row < height && column >= 0 && column < width;
  return {
    x: isInside ? (plane * height + row) * width + column : -1,
    place: (plane * (height + 2 * padding) + row + padding) * (width + 2 * padding) + column + padding,
  };
}

/** Convolution: x [channels, …], w [filters, channels / groups, k, k], y [filters, …]. */
export function convolutionMeetings(x: Shape, w: Shape, y: Shape, window: Window): Meeting[] {
  const { kernel, stride, padding, dilation, groups } = window;
  const [filters, seen] = w;
  const meetings: Meeting[] = [];
  for (let j = 0; j < filters; j++) {
    const first = Math.floor(j / (filters / groups)) * seen;
    for (let i = 0; i < seen; i++)
      visitWindows(y.slice(1), window, (row, column, down, right) => {
        const [at, across] = [row * stride + down * dilation - padding, column * stride + right * dilation - padding];
        meetings.push({
          ...tapAt(x, first + i, at, across, padding),
          w: ((j * seen + i) * kernel + down) * kernel + right,
          y: (j * y[1] + row) * y[2] + column,
        });
      });
  }
  return meetings;
}

/** Transposed convolution: x [channels, …], w [channels, outputs / groups, k, k], y [outputs, …]. */
export function transposedMeetings(x: Shape, w: Shape, y: Shape, window: Window): Meeting[] {
  const { kernel, stride, padding, dilation, groups } = window;
  const [channels, made] = w;
  const meetings: Meeting[] = [];
  for (let i = 0; i < channels; i++) {
    const first = Math.floor(i / (channels / groups)) * made;
    for (let j = 0; j < made; j++)
      visitWindows(x.slice(1), window, (row, column, down, right) => {
        const output = tapAt(
          y,
          first + j,
          row * stride + down * dilation - padding,
          column * stride + right * dilation - padding,
          0,
        );
        // What reaches beyond the output is cut off.
        if (output.x < 0) return;
        const { x: input } = tapAt(x, i, row, column, 0);
        meetings.push({ x: input, place: input, w: ((i * made + j) * kernel + down) * kernel + right, y: output.x });
      });
  }
  return meetings;
}

/** Pooling, plane by plane. */
export function poolMeetings(x: Shape, y: Shape, window: Window): Meeting[] {
  const { kernel, stride, padding, dilation } = window;
  const meetings: Meeting[] = [];
  for (let plane = 0; plane < x[0]; plane++)
    visitWindows(y.slice(1), window, (row, column, down, right) => {
      const [at, across] = [row * stride + down * dilation - padding, column * stride + right * dilation - padding];
      meetings.push({
        ...tapAt(x, plane, at, across, padding),
        w: down * kernel + right,
        y: (plane * y[1] + row) * y[2] + column,
      });
    });
  return meetings;
}

/** Every output with all inputs that share its row, its column, or its place. */
export function sharedMeetings([planes, height, width]: Shape, shared: "row" | "column" | "place"): Meeting[] {
  const meetings: Meeting[] = [];
  const all = planes * height * width;
  for (let y = 0; y < all; y++) {
    const [row, column] = [Math.floor(y / width), y % width];
    const inputs = {
      row: () => Array.from({ length: width }, (_, at) => row * width + at),
      column: () => Array.from({ length: planes * height }, (_, at) => at * width + column),
      place: () => [y],
    }[shared]();
    for (const x of inputs) meetings.push({ x, place: x, w: -1, y });
  }
  return meetings;
}
