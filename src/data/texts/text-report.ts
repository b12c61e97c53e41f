/** The report on a set of texts: classes, lengths, unknown tokens, and possible mistakes. */
import { UNKNOWN } from "../../text/index.ts";
import type { Part } from "../part-names.ts";
import { imbalance, listItems } from "../pictures/folder-report.ts";
import { absentClasses } from "../split.ts";

/** The lengths of texts, in tokens, and how many of their tokens are unknown. */
export interface TextLengths {
  readonly shortest: number;
  readonly median: number;
  readonly longest: number;
  /** The number of tokens in all. */
  readonly tokens: number;
  /** The share of tokens that the vocabulary does not have, 0 … 1. */
  readonly unknown: number;
}

/** The report on a set of texts. */
export interface TextReport {
  /** How the texts are split, by folder names or options. One sentence. */
  readonly split: string;
  /** The number of texts of each class in each part. */
  readonly counts: Readonly<Partial<Record<Part, readonly number[]>>>;
  /** Lengths and unknown tokens of each part. */
  readonly lengths: Readonly<Partial<Record<Part, TextLengths>>>;
  /** Notices: classes of very different size, empty and cut texts, texts that are there twice. */
  readonly notices: readonly string[];
}

/** The lengths of encoded texts, of which there is at least one. */
export function lengthsOf(rows: readonly Int32Array[]): TextLengths {
  const sorted = Int32Array.from(rows, ({ length }) => length).sort();
  const tokens = sorted.reduce((sum, length) => sum + length, 0);
  const unknown = rows.reduce(
    (sum, row) => sum + row.reduce((count, token) => count + Number(token === UNKNOWN), 0),
    0,
  );
  return {
    shortest: sorted[0],
    median: sorted[sorted.length >> 1],
    longest: sorted[sorted.length - 1],
    tokens,
    unknown: unknown / tokens,
  };
}

/** What is worth telling of the texts of a set. */
export interface TextFindings {
  readonly classes: readonly string[];
  readonly counts: TextReport["counts"];
  readonly lengths: TextReport["lengths"];
  /** Where texts without a token stand. */
  readonly empty: readonly string[];
  /** Where texts that were cut stand. */
  readonly cut: readonly string[];
  /** Where texts of other parts stand that are in `train` too. */
  readonly shared: readonly string[];
  readonly longest: number | undefined;
}

/** Above this ratio of the longest text to the median, a notice says what padding costs. */
const STRETCH = 50;

export function noticesOf({ classes, counts, lengths, empty, cut, shared, longest }: TextFindings): string[] {
  const { train } = lengths;
  const stretched =
    train !== undefined && train.longest > STRETCH * Math.max(1, train.median)
      ? [
          `the longest text has ${train.longest} tokens, half of all at most ${train.median}; batches with it are padded to its ` +
            "length; the option longest cuts it",
        ]
      : [];
  return [
    ...listItems(empty, "without a token; each stands as one unknown token", String, "text"),
    ...listItems(cut, `longer than ${longest} tokens, and cut`, String, "text"),
    ...listItems(shared, "in train too, word for word; figures on them say little", String, "text"),
    ...stretched,
    ...imbalance(classes, counts.train ?? [], "texts"),
    ...(["train", "validation", "test"] as const).flatMap((part) =>
      counts[part] === undefined ? [] : absentClasses(part, classes, counts[part], "texts"),
    ),
  ];
}
