/**
 * Convolutional networks for sentences: Kim's and the dynamic one, on questions (TREC), film reviews (MR) and the Stanford
 * sentiment treebank in five classes (SST-1) and two (SST-2), with word vectors that begin at random or are GloVe's.
 *
 * Sources: Kim 2014, "Convolutional Neural Networks for Sentence Classification"; Kalchbrenner, Grefenstette and Blunsom 2014,
 * "A Convolutional Neural Network for Modelling Sentences". Kim has 100 maps of each width and trains with Adadelta on
 * vectors of 300 numbers, here it is 200 maps and Adam on 100 numbers; both papers train on all phrases of the treebank, which are not in these files: here it is whole sentences.
 * MR has no test part, so that ten folds are tested on; the others are trained on with each seed. The epoch is chosen on the
 * treebank's dev part, or on a tenth of the training part.
 *
 *   npm run recipe recipes/sentences.ts -- --set trec --vectors tuned
 *   npm run recipe recipes/sentences.ts -- --set sst2 --vectors random --net dynamic --seeds 3
 *   npm run recipe recipes/sentences.ts -- --choose        leaves the test parts alone and prints the figures of the others
 */
import { array, nn, optim, Random } from "fovea";
import { classes, type DataTable, dataset, holdOut, ragged, subset, tokens } from "fovea/data";
import { dynamicConvNet, kim, startWithVectors } from "fovea/models";
import { encode, vocabulary, wordVectors } from "fovea/text";
import { evaluateModel, fit } from "fovea/train";
import { readSet, type Sentence, setNames } from "./sentence-sets.ts";
import { dataFolder, meanAndDeviation, percent, readSetting, reportEpochs } from "./support.ts";

const FOLDS = 10;

const setting = await readSetting({ epochs: 8, seeds: 3, folds: FOLDS }, ["choose"], {
  set: setNames,
  vectors: ["random", "static", "tuned", "two"],
  net: ["kim", "dynamic"],
});
const { seed, seeds, epochs, limit, engine, folds, set, vectors, net, switches } = setting;
const parts = readSet(set, limit);

const wordsOf = (sentences: readonly Sentence[] = []) => sentences.map(({ words }) => words);

/** Words that are trained on; a word that occurs once is unknown. With vectors also all words that have one. */
async function chooseWords() {
  const trained = vocabulary(wordsOf(parts.train), { atLeast: 2 });
  if (vectors === "random") return { words: trained, start: undefined };
  const all = vocabulary([parts.train, parts.dev, parts.test].flatMap(wordsOf)).words;
  const glove = await wordVectors(dataFolder("glove"), { words: all });
  const isTrained = new Set(trained.words);
  const rows = all.flatMap((word, row) => (isTrained.has(word) || glove.found[row] === 1 ? [row] : []));
  const start = {
    vectors: array(rows.map((row) => Array.from(glove.vectors.row(row).data))),
    found: Uint8Array.from(rows, (row) => glove.found[row]),
  };
  return { words: { words: rows.map((row) => all[row]) }, start };
}
const { words, start } = await chooseWords();

function table(name: string, sentences: readonly Sentence[]): DataTable {
  const labels = array(
    sentences.map(({ label }) => label),
    "i32",
  );
  return dataset(name, {
    text: tokens(ragged(wordsOf(sentences).map((sentence) => encode(words, sentence))), words),
    label: classes(labels, parts.names),
  });
}

const every = [parts.train, parts.dev, parts.test].flatMap(wordsOf);
const longest = Math.max(...every.map((sentence) => sentence.length));
const sizes = { words: words.words.length, classes: parts.names.length, features: 100 };
const networks = {
  kim: () => kim({ ...sizes, maps: 200, twoChannels: vectors === "two", wordDropout: 0.1 }),
  dynamic: () => dynamicConvNet({ ...sizes, widths: set === "trec" ? [8, 5] : [7, 5] }),
};
const frozen = { random: [], static: ["vectors"], tuned: [], two: ["channels.fixed"] }[vectors];

interface Run {
  readonly train: DataTable;
  /** What the epoch is chosen on. */
  readonly dev: DataTable;
  readonly test: DataTable;
  readonly seed: number;
  readonly what: string;
}

/** The accuracy on a test part after training with a seed; with `--choose`, on the dev part. */
async function run({ train, dev, test, seed, what }: Run): Promise<number> {
  const model = nn.Model.build(networks[net](), {
    input: nn.tokens(longest, { vocabulary: sizes.words }),
    classes: parts.names,
    seed,
  });
  if (start !== undefined) startWithVectors(model, start);
  const { model: best } = await fit(model, train, {
    ...{ epochs, batch: 50, seed, engine, freeze: frozen, validation: dev, schedule: "linear" },
    optimizer: optim.adam({ learningRate: 2e-3, groups: [{ match: "output.weight", maxNorm: 3 }] }),
    onEvent: reportEpochs(what),
  });
  const tested = switches.has("choose") ? dev : test;
  return (await evaluateModel(best, tested, { engine })).figures.accuracy;
}

/** Runs over the folds of a set without a test part, or over the seeds. */
function* runs(): Generator<Run> {
  const all = table(`${set}/train`, parts.train);
  if (parts.test === undefined) {
    const order = new Random(seed, "folds").permutation(parts.train.length);
    const rows = (fold: number, isTest: boolean) => order.filter((_, i) => (i % FOLDS === fold) === isTest);
    for (let fold = 0; fold < folds; fold++) {
      const rest = holdOut(subset(all, rows(fold, false)) as DataTable, 0.1, seed, { stratified: true });
      const test = subset(all, rows(fold, true)) as DataTable;
      yield { train: rest.train, dev: rest.validation, test, seed, what: `fold ${fold + 1}` };
    }
    return;
  }
  const test = table(`${set}/test`, parts.test);
  const dev = parts.dev && table(`${set}/dev`, parts.dev);
  for (let own = seed; own < seed + seeds; own++) {
    const { train, validation } = dev ? { train: all, validation: dev } : holdOut(all, 0.1, own, { stratified: true });
    yield { train, dev: validation, test, seed: own, what: `seed ${own}` };
  }
}

const reached: number[] = [];
for (const one of runs()) reached.push(100 * (await run(one)));
const part = switches.has("choose") ? "held out" : "test";
const each = reached.map((accuracy) => percent(accuracy / 100)).join(", ");
console.log(`${set}, ${net}, vectors ${vectors}: ${part} ${meanAndDeviation(reached, 2)} % (${each})`);
