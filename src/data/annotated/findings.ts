/** What is odd in annotations, and what was made of it; the report on a set of annotated pictures. */
import type { Part } from "../part-names.ts";
import { listItems } from "../pictures/folder-report.ts";
import type { SkippedFile } from "../pictures/picture-scan.ts";

/** The report on a set of annotated pictures. */
export interface AnnotationReport {
  /** The number of pictures in each part. */
  readonly pictures: Readonly<Partial<Record<Part, number>>>;
  /** How many objects of each class each part has; of masks, in how many pictures each class is seen. */
  readonly counts: Readonly<Partial<Record<Part, readonly number[]>>>;
  /** Pictures that were left out, and why. */
  readonly skipped: readonly SkippedFile[];
  /** Notices: what was left out, clipped or cut, with the first places; classes without samples. */
  readonly notices: readonly string[];
}

/** By kind: what it is, and what is odd about it. */
const kinds = {
  missingPicture: ["picture", "named but not there, left out"],
  noMask: ["picture", "without a mask, left out"],
  strayAnnotation: ["annotation", "of pictures that are not listed, left out"],
  damagedFile: ["annotation", "that cannot be read, left out"],
  emptyPicture: ["picture", "without objects"],
  pointlessPicture: ["picture", "without a labeled point, left out"],
  speechlessPicture: ["picture", "without a sentence, left out"],
  crowdedPicture: ["picture", "with several objects that have points; the largest counts"],
  unknownClass: ["object", "of a class that is not listed, left out"],
  noBox: ["object", "without a box, left out"],
  noOutline: ["object", "without an outline, left out"],
  damagedOutline: ["object", "whose outline cannot be read, left out"],
  notFinite: ["object", "with a place that is no finite number, left out"],
  reversedBox: ["object", "whose box ends before it begins (right < left or bottom < top), left out"],
  emptyBox: ["object", "whose box has no area, left out"],
  outsideBox: ["object", "outside of the picture, left out"],
  clippedBox: ["object", "partly outside of the picture, clipped"],
  croppedBox: ["object", "outside of the part of the picture that the option size leaves, left out"],
  outsidePoint: ["point", "outside of the picture, taken for not labeled"],
  unknownPixels: ["mask", "with pixels of no class, taken for unknown"],
  emptySentence: ["sentence", "without a word, left out"],
  longSentence: ["sentence", "longer than the option longest, cut"],
} as const satisfies Readonly<Record<string, readonly [noun: string, what: string]>>;

/** A kind of oddity. */
export type Oddity = keyof typeof kinds;

/** Collects what is odd, by kind. */
export class Findings {
  readonly #places = new Map<Oddity, string[]>();

  add(kind: Oddity, place: string): void {
    const places = this.#places.get(kind) ?? [];
    places.push(place);
    this.#places.set(kind, places);
  }

  /** A notice of each kind that was found, in the order of the table. */
  notices(): string[] {
    return (Object.keys(kinds) as Oddity[]).flatMap((kind) => {
      const [noun, what] = kinds[kind];
      return listItems(this.#places.get(kind) ?? [], what, String, noun);
    });
  }
}
