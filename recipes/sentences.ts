/**
 * Convolutional networks for sentences: Kim's and the dynamic one, on questions (TREC), film reviews (MR) and the Stanford
 * sentiment treebank in five classes (SST-1) and two (SST-2), with word vectors that begin at random or are GloVe's.
 *
 * Sources: Kim 2014, "Convolutional Neural Networks for Sentence Classification"; Kalchbrenner, Grefenstette and Blunsom 2014,
 * "A Convolutional Neural Network for Modelling Sentences". Kim trains with Adadelta on vectors of 300 numbers, here it is
 * Adam on 100; both papers train on all phrases of the treebank, which are not in these files: here it is whole sentences.
 * MR has no test part, so that ten folds are tested on; the others are trained on with each seed. The epoch is chosen on the
 * treebank's dev part, or on a tenth of the training part.
 *
 *   npm run recipe recipes/sentences.ts -- --set trec --vectors tuned
 *   npm run recipe recipes/sentences.ts -- --set sst2 --vectors random --net dynamic --seeds 3
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { array, nn, optim, Random } from "fovea";
import { classes, type DataTable, dataset, holdOut, ragged, subset, tokens } from "fovea/data";
import { dynamicConvNet, kim, startWithVectors } from "fovea/models";
import { encode, vocabulary, wordVectors } from "fovea/text";
import { evaluateModel, fit } from "fovea/train";
import { dataFolder, meanAndDeviation, percent, readSetting, reportEpochs } from "./support.ts";

const FOLDS = 10;
/** The test part of a set, the one to choose epochs on, and the names of its classes. */
const sets = {
  trec: { train: "TREC.train.all", test: "TREC.test.all", names: ["description", "entity", "abbreviation", "human", "location", "number"] }, // biome-ignore format: one line
  mr: { train: "rt-polarity.all", names: ["negative", "positive"] },
  sst1: { train: "stsa.fine.train", dev: "stsa.fine.dev", test: "stsa.fine.test", names: ["very negative", "negative", "neutral", "positive", "very positive"] }, // biome-ignore format: one line
  sst2: { train: "stsa.binary.train", dev: "stsa.binary.dev", test: "stsa.binary.test", names: ["negative", "positive"] }, // biome-ignore format: one line
} as const;

const setting = await readSetting({ epochs: 8, seeds: 3, folds: FOLDS }, [], {
  set: Object.keys(sets) as (keyof typeof sets)[],
  vectors: ["random", "static", "tuned", "two"] as const,
  net: ["kim", "dynamic"] as const,
});
const { seed, seeds, epochs, limit, engine, folds, set, vectors, net } = setting;
const folder = dataFolder("sentences");
const files: { readonly train: string; readonly dev?: string; readonly test?: string; readonly names: readonly string[] } = sets[set]; // biome-ignore format: one line

interface Sentence {
  readonly label: number;
  readonly words: readonly string[];
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
  readFileSync(join(folder, file), file.startsWith("stsa") ? "utf8" : "latin1")
    .trimEnd()
    .split("\n")
    .map((line) => ({ label: Number(line[0]), words: cut(line.slice(2)) }));

/** Some of the sentences, whatever their order in the file. */
const some = (sentences: Sentence[]): Sentence[] =>
  limit === Infinity ? sentences : Array.from(new Random(1, "some").permutation(sentences.length).slice(0, limit), (i) => sentences[i]); // biome-ignore format: one line

const parts = {
  train: some(read(files.train)),
  dev: files.dev === undefined ? undefined : some(read(files.dev)),
  test: files.test === undefined ? undefined : some(read(files.test)),
};

/** Words that are trained on; with vectors also those that only other parts have. A word that occurs once is unknown, unless it has one. */
const trainedWords = vocabulary(
  parts.train.map(({ words }) => words),
  { atLeast: 2 },
).words;
const glove =
  vectors === "random"
    ? undefined
    : await wordVectors(dataFolder("glove"), { words: vocabulary(Object.values(parts).flatMap((part = []) => part.map(({ words }) => words))).words }); // biome-ignore format: one line
const isTrained = new Set(trainedWords);
const rows = glove?.words.flatMap((word, row) => (isTrained.has(word) || glove.found[row] === 1 ? [row] : []));
const words = rows === undefined ? { words: trainedWords } : { words: rows.map((row) => glove!.words[row]) };
const start = rows && { vectors: array(rows.map((row) => Array.from(glove!.vectors.row(row).data))), found: Uint8Array.from(rows, (row) => glove!.found[row]) }; // biome-ignore format: one line

const table = (name: string, sentences: readonly Sentence[]): DataTable =>
  dataset(name, {
    text: tokens(ragged(sentences.map((sentence) => encode(words, sentence.words))), words),
    label: classes(array(sentences.map(({ label }) => label), "i32"), files.names), // biome-ignore format: one line
  });

const LONGEST = Math.max(...Object.values(parts).flatMap((part = []) => part.map((sentence) => sentence.words.length)));
const sizes = { words: words.words.length, classes: files.names.length, features: 100 };
const networks = {
  kim: () => kim({ ...sizes, twoChannels: vectors === "two", wordDropout: 0.2 }),
  dynamic: () => dynamicConvNet({ ...sizes, widths: set === "trec" ? [8, 5] : [7, 5], wordDropout: 0.2 }),
};
const frozen = { random: [], static: ["vectors"], tuned: [], two: ["channels.fixed"] }[vectors];

/** The accuracy on a test part after training with a seed. */
async function run(train: DataTable, dev: DataTable, test: DataTable, seed: number, what: string): Promise<number> {
  const model = nn.Model.build(networks[net](), {
    ...{ input: nn.tokens(LONGEST, { vocabulary: words.words.length }), classes: files.names, seed },
  });
  if (start !== undefined) startWithVectors(model, start);
  const optimizer = optim.adam({ learningRate: 2e-3, groups: [{ match: "output.weight", maxNorm: 3 }] });
  const options = { epochs, batch: 50, seed, optimizer, schedule: "linear", freeze: frozen, engine } as const;
  const { model: best } = await fit(model, train, { ...options, validation: dev, onEvent: reportEpochs(what) });
  return (await evaluateModel(best, test, { engine })).figures.accuracy;
}

const reached: number[] = [];
if (parts.test === undefined) {
  const all = table(set, parts.train);
  const order = new Random(seed, "folds").permutation(parts.train.length);
  for (let fold = 0; fold < folds; fold++) {
    const test = subset(
      all,
      order.filter((_, i) => i % FOLDS === fold),
    ) as DataTable;
    const rest = subset(
      all,
      order.filter((_, i) => i % FOLDS !== fold),
    ) as DataTable;
    const { train, validation } = holdOut(rest, 0.1, seed, { stratified: true });
    reached.push(await run(train, validation, test, seed, `fold ${fold + 1}`));
  }
} else {
  const [train, test] = [table("train", parts.train), table("test", parts.test)];
  for (let own = seed; own < seed + seeds; own++) {
    const held = parts.dev === undefined ? holdOut(train, 0.1, own, { stratified: true }) : { train, validation: table("dev", parts.dev) }; // biome-ignore format: one line
    reached.push(await run(held.train, held.validation, test, own, `seed ${own}`));
  }
}
const inPercent = meanAndDeviation(reached.map((accuracy) => 100 * accuracy), 2); // biome-ignore format: one line
console.log(`${set}, ${net}, vectors ${vectors}: ${inPercent} % (${reached.map(percent).join(", ")})`);
