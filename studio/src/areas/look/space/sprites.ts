/** Pictures as small sprites in the color of their class, side by side on one canvas. */
import { mix, type Rgb } from "../../../parts/paint.ts";
import type { Pictures } from "../../../worker/api.ts";

export interface Sprites {
  readonly canvas: OffscreenCanvas;
  readonly columns: number;
  /** Of one sprite. */
  readonly width: number;
  readonly height: number;
}

/** @param colors of each picture: gray ones are drawn in it on nothing, colored ones get a border of it */
export function spritesOf({ bytes, shape }: Pictures, colors: readonly Rgb[]): Sprites {
  const [count, channels, height, width] = shape;
  const columns = Math.ceil(Math.sqrt(count));
  const canvas = new OffscreenCanvas(columns * width, Math.ceil(count / columns) * height);
  const image = new ImageData(canvas.width, canvas.height);
  const size = height * width;
  const { data } = image;
  for (let n = 0; n < count; n++) {
    const [left, top] = [(n % columns) * width, Math.floor(n / columns) * height];
    const [red, green, blue] = colors[n];
    for (let i = 0; i < size; i++) {
      const [x, y] = [i % width, Math.floor(i / width)];
      const to = 4 * ((top + y) * canvas.width + left + x);
      const from = n * channels * size + i;
      const isTinted = channels === 1 || x === 0 || y === 0 || x === width - 1 || y === height - 1;
      data[to] = isTinted ? red : bytes[from];
      data[to + 1] = isTinted ? green : bytes[from + size];
      data[to + 2] = isTinted ? blue : bytes[from + 2 * size];
      data[to + 3] = channels === 1 ? bytes[from] : 255;
    }
  }
  canvas.getContext("2d")!.putImageData(image, 0, 0);
  return { canvas, columns, width, height };
}

/** The colors of classes and of right and wrong answers in the theme. */
export function pointColors(
  element: Element,
  labels: ArrayLike<number>,
  answers: ArrayLike<number> | undefined,
  by: "class" | "answer",
): readonly Rgb[] {
  const style = getComputedStyle(element);
  const read = (name: string): Rgb => {
    const hex = Number.parseInt(style.getPropertyValue(name).trim().slice(1), 16);
    return [hex >> 16, (hex >> 8) & 255, hex & 255];
  };
  const [good, bad, paper] = [read("--good"), read("--bad"), read("--paper")];
  if (by === "answer") {
    const pale = mix(paper, good, 0.45);
    return Array.from(labels, (label, i) => (answers === undefined || answers[i] === label ? pale : bad));
  }
  const classes = Array.from({ length: 10 }, (_, k) => read(`--c${k}`));
  return Array.from(labels, (label) => (label < 0 ? read("--ink-3") : classes[label % 10]));
}
