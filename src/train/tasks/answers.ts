/** Predictions for people: classes with their probabilities, and marks drawn over pictures. */
import type { NdArray } from "../../array/index.ts";
import { type BoxAnnotation, categoryColor } from "../../image/index.ts";
import type { Answer } from "./task.ts";

/** The number of classes in an answer's plain data. */
const NAMED_CLASSES = 5;

/** `93.1 %`. */
export const formatPercent = (share: number): string => `${(100 * share).toPrecision(3)} %`;

/** The classes of one sample, the most probable first. */
export function classAnswer({ data }: NdArray, names: readonly string[] = []): Answer {
  const order = Array.from(data.keys()).sort((a, b) => data[b] - data[a] || a - b);
  const choices = order.map((k) => ({ class: names[k] ?? String(k), probability: data[k] }));
  const [first] = choices;
  return {
    text: `${first.class} (${formatPercent(first.probability)})`,
    json: choices.slice(0, NAMED_CLASSES),
    choices,
  };
}

/** The classes that apply to one sample. */
export function yesAnswer({ data }: NdArray, names: readonly string[] = []): Answer {
  const all = Array.from(data, (probability, k) => ({ class: names[k] ?? String(k), probability }));
  all.sort((a, b) => b.probability - a.probability);
  const chosen = all.filter(({ probability }) => probability >= 0.5);
  const text = chosen.map((one) => `${one.class} (${formatPercent(one.probability)})`).join(", ");
  return { text: text === "" ? "none" : text, json: chosen, choices: all };
}

/** The names of numbers: words, tags or classes. */
export const classNamesOf = (numbers: ArrayLike<number>, names: readonly string[] = []): string[] =>
  Array.from(numbers, (k) => names[k] ?? String(k));

/** A box in whole pixels: left, top, right, bottom. */
export const placeOf = (box: ArrayLike<number>): string => Array.from(box, (edge) => edge.toFixed(0)).join(", ");

/** The frame of a box, whose numbers are along the edges of pixels, in the color of a category. */
export const frameOf = (box: ArrayLike<number>, category: number, label?: string): BoxAnnotation => ({
  kind: "box",
  from: { x: box[0] - 0.5, y: box[1] - 0.5 },
  to: { x: box[2] - 0.5, y: box[3] - 0.5 },
  color: categoryColor(category),
  label,
});
