/**
 * Sentences about scenes of one or two objects: `a small red circle`, `a small red circle left of a large blue square`. There is
 * one right sentence for each scene: the smaller object comes first; of two of a size, the one on the left, or above.
 */
import { SENTENCE_MARKS } from "../../texts/sentence-pairs.ts";
import { colorNames } from "./colors.ts";
import type { ObjectLook } from "./object.ts";
import { shapeNames } from "./shapes.ts";

/** The sizes of objects in scenes with sentences, smaller first: the range of their radius as a share of the picture. */
export const sentenceSizes = { small: [0.1, 0.13], large: [0.2, 0.25] } as const;
/** The name of a size. */
export type SentenceSize = keyof typeof sentenceSizes;

/** Where the first object is, seen from the second: along x, along y; its words. */
const relations = [
  { axis: "x", sign: -1, words: ["left", "of"] },
  { axis: "x", sign: 1, words: ["right", "of"] },
  { axis: "y", sign: -1, words: ["above"] },
  { axis: "y", sign: 1, words: ["below"] },
] as const;

const relationWords = [...new Set(relations.flatMap(({ words }) => words as readonly string[]))];

/** All words of sentences, with what every vocabulary begins with and the marks of sentences. */
export const sentenceWords: readonly string[] = Object.freeze([
  ...["<pad>", "<unk>", ...SENTENCE_MARKS, "a"],
  ...Object.keys(sentenceSizes),
  ...colorNames,
  ...shapeNames,
  ...relationWords,
]);

/** An object in a scene with a sentence. */
export interface NamedObject extends ObjectLook {
  readonly size: SentenceSize;
}

/** A sentence. */
export interface Sentence {
  readonly words: readonly string[];
  /** For each word the index of the object that it names, −1 for words that are not the noun of an object. */
  readonly names: readonly number[];
}

/** How many times farther two objects are apart along one axis than along the other. */
const CLEARLY = 2;

/** Where `first` is, seen from `second`; undefined where that is not clear. */
function relationOf(first: ObjectLook, second: ObjectLook): (typeof relations)[number] | undefined {
  const apart = { x: first.place.x - second.place.x, y: first.place.y - second.place.y };
  const [wide, high] = [Math.abs(apart.x), Math.abs(apart.y)];
  const axis = wide > high ? "x" : "y";
  const isClear = Math.max(wide, high) >= CLEARLY * Math.min(wide, high);
  const sign = Math.sign(apart[axis]);
  return isClear ? relations.find((relation) => relation.axis === axis && relation.sign === sign) : undefined;
}

/** Whether it is clear where two objects are, one seen from the other. */
export const areClear = (one: ObjectLook, other: ObjectLook): boolean => relationOf(one, other) !== undefined;

/** The sentence on one object, or on two that are clear. */
export function describe(objects: readonly NamedObject[]): Sentence {
  const order = objects.map((_, i) => i).sort((a, b) => compare(objects[a], objects[b]));
  const [first, second] = order;
  const between = second === undefined ? [] : relationOf(objects[first], objects[second])!.words;
  const phrases = order.map((i) => ["a", objects[i].size, colorNames[objects[i].color], shapeNames[objects[i].shape]]);
  const words = [...phrases[0], ...between, ...(phrases[1] ?? [])];
  const names = words.map(() => -1);
  names[phrases[0].length - 1] = first;
  if (second !== undefined) names[words.length - 1] = second;
  return { words, names };
}

function compare(a: NamedObject, b: NamedObject): number {
  if (a.size !== b.size) return a.size === "small" ? -1 : 1;
  return relationOf(a, b)?.sign ?? 0;
}
