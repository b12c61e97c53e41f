/** What sentences on pictures are measured with, together: BLEU, CIDEr, and how many are those of a person. */
import { bleu } from "./bleu.ts";
import { cider } from "./cider.ts";
import { sentencePairs } from "./sentences.ts";

/** The figures of a set of captions. */
export interface CaptionMetrics {
  /** BLEU-1 of the whole set, 0 … 100. */
  readonly bleu1: number;
  /** BLEU-2, likewise. */
  readonly bleu2: number;
  /** BLEU-3, likewise. */
  readonly bleu3: number;
  /** BLEU-4, likewise. */
  readonly bleu4: number;
  /** CIDEr-D, 0 … 10. */
  readonly cider: number;
  /** The share of captions that have the words of one of their references. */
  readonly exact: number;
}

/**
 * BLEU, CIDEr-D and the share that is exactly right, of captions against one or more references each.
 * @param captions sentences, whose words stand between spaces, one of each picture
 * @param references of each picture: one, or a list
 * @throws OptionError for what are no sentences; DataError where there are not as many references, or none at all
 * @example captionMetrics(["a small red circle"], [["a small red circle", "a little red disk"]]).exact // 1
 */
export function captionMetrics(
  captions: readonly string[],
  references: readonly (string | readonly string[])[],
): CaptionMetrics {
  const pairs = sentencePairs("captionMetrics", "captions", captions, references);
  const {
    upTo: [bleu1, bleu2, bleu3, bleu4],
  } = bleu(captions, references);
  const isRight = (words: readonly string[], others: readonly (readonly string[])[]): boolean =>
    others.some((other) => other.join(" ") === words.join(" "));
  const right = pairs.filter(({ words, others }) => isRight(words, others)).length;
  return { bleu1, bleu2, bleu3, bleu4, cider: cider(captions, references).cider, exact: right / pairs.length };
}

/** A line for people: `BLEU-1 … 4 98.1, 97.0, 95.9, 94.8, CIDEr 9.31, exactly right 95.20 %`. */
export function describeCaptions({ bleu1, bleu2, bleu3, bleu4, cider, exact }: CaptionMetrics): string {
  const upTo = [bleu1, bleu2, bleu3, bleu4].map((value) => value.toFixed(1)).join(", ");
  return `BLEU-1 … 4 ${upTo}, CIDEr ${cider.toFixed(2)}, exactly right ${(100 * exact).toFixed(2)} %`;
}
