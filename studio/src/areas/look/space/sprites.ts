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
  const context = canvas.getContext("2d")!;
  const size = height * width;
  for (let n = 0; n < count; n++) {
    const image = new ImageData(width, height);
    const at = n * channels * size;
    for (let i = 0; i < size; i++) {
      const isEdge = i < width || i >= size - width || i % width === 0 || i % width === width - 1;
      const pixel =
        channels === 1
          ? [...colors[n], bytes[at + i]]
          : isEdge
            ? [...colors[n], 255]
            : [bytes[at + i], bytes[at + size + i], bytes[at + 2 * size + i], 255];
      image.data.set(pixel, 4 * i);
    }
    context.putImageData(image, (n % columns) * width, Math.floor(n / columns) * height);
  }
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
