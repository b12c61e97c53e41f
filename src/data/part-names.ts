/**
 * The parts of a data set, and the names of their folders and files. The words are those of Hugging Face Datasets
 * ("Structure your repository", split names), in any case, alone or with a word for what they hold: `Train`, `test_set`,
 * `val-images`.
 */

export const parts = ["train", "validation", "test"] as const;
/** A part of a data set. */
export type Part = (typeof parts)[number];

const partWords: Readonly<Record<Part, readonly string[]>> = {
  train: ["train", "training"],
  validation: ["validation", "validate", "valid", "val", "dev"],
  test: ["test", "testing", "eval", "evaluation"],
};

const contents = /[-_. ]?(set|data|images|split)$/;

const partsByWord: ReadonlyMap<string, Part> = new Map(
  parts.flatMap((part) => partWords[part].map((word) => [word, part] as const)),
);

/** The part named by a folder; undefined for other names. */
export const partOf = (name: string): Part | undefined => partsByWord.get(name.toLowerCase().replace(contents, ""));

/** The one part that a word in the name stands for, as in `images_train`, `01-val` and `test2017`. */
export function partWithin(name: string): Part | undefined {
  const words = name.toLowerCase().split(/[^\p{L}]+/u);
  const found = new Set(words.flatMap((word) => partsByWord.get(word) ?? []));
  return partOf(name) ?? (found.size === 1 ? [...found][0] : undefined);
}
