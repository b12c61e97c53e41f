/** The sentence sets of `sentences.ts`: questions, film reviews and the Stanford sentiment treebank, as Kim's files have them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "fovea";
import { dataFolder } from "./support.ts";

interface SetFiles {
  readonly train: string;
  /** Where epochs are chosen; a tenth of the training part where there is none. */
  readonly dev?: string;
  /** Without one, folds of the training part are tested on. */
  readonly test?: string;
  /** The names of the classes, in the order of their numbers. */
  readonly names: readonly string[];
}

export const setNames = ["trec", "mr", "sst1", "sst2"] as const;
export type SetName = (typeof setNames)[number];

const sets: Readonly<Record<SetName, SetFiles>> = {
  trec: {
    train: "TREC.train.all",
    test: "TREC.test.all",
    names: ["description", "entity", "abbreviation", "human", "location", "number"],
  },
  mr: { train: "rt-polarity.all", names: ["negative", "positive"] },
  sst1: {
    train: "stsa.fine.train",
    dev: "stsa.fine.dev",
    test: "stsa.fine.test",
    names: ["very negative", "negative", "neutral", "positive", "very positive"],
  },
  sst2: {
    train: "stsa.binary.train",
    dev: "stsa.binary.dev",
    test: "stsa.binary.test",
    names: ["negative", "positive"],
  },
};

export interface Sentence {
  readonly label: number;
  readonly words: readonly string[];
}

/** The parts of a set. */
export interface SentenceSet {
  readonly train: readonly Sentence[];
  readonly dev: readonly Sentence[] | undefined;
  readonly test: readonly Sentence[] | undefined;
  readonly names: readonly string[];
}

/** The Penn treebank's way with short forms, as Kim's files and GloVe have it: "does n't", "it 's". Marks stand alone. */
const cut = (text: string): string[] =>
  text
    .normalize("NFC")
    .toLowerCase()
    .replace(/n't\b/g, " n't")
    .replace(/'(s|ve|re|d|ll|m)\b/g, " '$1")
    .replace(/\.{2,}|-{2,}|[(),!?;:"]/g, " $& ")
    .split(/\s+/)
    .filter((word) => word !== "");

/** Lines of a class's number and a sentence; those of the treebank are UTF-8, the others Latin-1. */
const read = (file: string): Sentence[] =>
  readFileSync(join(dataFolder("sentences"), file), file.startsWith("stsa") ? "utf8" : "latin1")
    .trimEnd()
    .split("\n")
    .map((line) => ({ label: Number(line[0]), words: cut(line.slice(2)) }));

/** A set, or of each part at most `limit` sentences, whatever their order in the file. */
export function readSet(name: SetName, limit: number): SentenceSet {
  const { train, dev, test, names } = sets[name];
  const some = (sentences: Sentence[]): Sentence[] => {
    if (limit >= sentences.length) return sentences;
    return Array.from(new Random(1, "some").permutation(sentences.length).slice(0, limit), (i) => sentences[i]);
  };
  const part = (file: string | undefined) => (file === undefined ? undefined : some(read(file)));
  return { train: some(read(train)), dev: part(dev), test: part(test), names };
}
