/**
 * Film reviews by the document network: is the film good, and which sentences say so?
 *
 * Words make sentences, sentences make the review, by convolution on both levels; after Denil, Demiraj, de Freitas (2014), with
 * GloVe's vectors to start with, rectifiers, more maps than the paper's, and the four largest values of each map over the
 * sentences. Then the network reads a fifth of the sentences only: those that mattered most to its prediction, and beside it as
 * many drawn at random. With `--hold`, a tenth of the training reviews takes the place of the test set: choices are made by it.
 * The model is kept in `runs/documents-SEED`, for `fovea look extract`.
 *
 *   FOVEA_DATA=… npm run recipe recipes/documents.ts
 *   FOVEA_DATA=… npm run recipe recipes/documents.ts -- --hold --limit 5000
 */
import { NdArray, nn, optim, Random } from "fovea";
import { classes, dataset, ragged, readRecords, tokens } from "fovea/data";
import { chooseSentences, sentenceRelevances } from "fovea/inspect";
import { documentNetwork, startWithVectors } from "fovea/models";
import { documentRows, learnTokenizer, splitSentences, wordVectors } from "fovea/text";
import { createNextRunFolder, evaluateModel, fit } from "fovea/train";
import { dataFolder, percent, readSetting, reportEpochs } from "./support.ts";

const { seed, epochs, keep, limit, engine, switches } = await readSetting({ epochs: 4, keep: 20 }, ["hold"]);
const CLASSES = ["negative", "positive"];
/** Words of a row; longer sentences go on in the next. */
const WORDS = 32;

interface Review {
  readonly label: number;
  readonly sentences: readonly string[];
}

/** As many reviews as wanted, spread over the file. */
async function read(part: string, most: number): Promise<Review[]> {
  const records = await readRecords(`${dataFolder("imdb")}/${part}.tsv.gz`, {
    columns: ["label", "stars", "id", "text"],
  });
  const [labels, texts] = [records.column("label"), records.column("text")];
  const step = Math.max(1, texts.length / most);
  return Array.from({ length: Math.min(most, texts.length) }, (_, i) => Math.floor(i * step)).map((i) => ({
    label: Number(labels[i]),
    sentences: splitSentences(texts[i].replace(/(<br ?\/>\s*)+/g, "\n\n")),
  }));
}

const all = await read("train", limit);
const isHeld = (_: unknown, i: number): boolean => switches.has("hold") && i % 10 === 5;
const train = all.filter((review, i) => !isHeld(review, i));
const test = switches.has("hold") ? all.filter(isHeld) : await read("test", limit);

const tokenizer = learnTokenizer(
  train.map(({ sentences }) => sentences.join(" ")),
  { type: "words", atLeast: 2, most: 30000 },
);
const rowsOf = ({ sentences }: Review): NdArray =>
  documentRows(
    sentences.map((sentence) => tokenizer.encode(sentence)),
    { words: WORDS },
  ).rows;

/** A review as the network reads it. */
interface Read {
  readonly label: number;
  readonly rows: NdArray;
}
/** Reviews of similar lengths beside each other. */
const inRows = (reviews: readonly Review[]): Read[] =>
  reviews
    .map((review) => ({ label: review.label, rows: rowsOf(review) }))
    .sort((a, b) => a.rows.shape[0] - b.rows.shape[0]);

const table = (name: string, reviews: readonly Read[]) =>
  dataset(name, {
    text: tokens(ragged(reviews.map(({ rows }) => rows)), tokenizer.vocabulary),
    label: classes(
      new NdArray(
        Int32Array.from(reviews, ({ label }) => label),
        [reviews.length],
      ),
      CLASSES,
    ),
  });

const tested = inRows(test);
const longest = Math.max(...[...train.map(rowsOf), ...tested.map(({ rows }) => rows)].map(({ shape }) => shape[0]));
const model = nn.Model.build(documentNetwork({ words: tokenizer.size, classes: 2, documentTop: 4 }), {
  input: { shape: [longest, WORDS], dtype: "i32", sequence: true, vocabulary: tokenizer.size },
  classes: CLASSES,
  seed,
});
const vectors = await wordVectors(dataFolder("glove"), { words: tokenizer.vocabulary!.words });
console.error(`${percent(startWithVectors(model, vectors))} % of ${tokenizer.size} words have a vector to start with`);

const run = await createNextRunFolder(`runs/documents-${seed}`, { recipe: "documents", seed, epochs });
await run.keep("tokenizer", tokenizer.toJSON());
await fit(model, table("imdb/train", inRows(train)), {
  ...{ epochs, batch: 64, seed, engine, store: run },
  optimizer: optim.adamW({ learningRate: 2e-3, weightDecay: 0.01, average: 0.995 }),
  schedule: optim.oneCycle(),
  onEvent: reportEpochs("documents"),
});

async function print(what: string, reviews: readonly Read[]): Promise<void> {
  const { figures } = await evaluateModel(model, table("imdb/test", reviews), { engine, batch: 64 });
  console.log(`${what.padEnd(32)} ${percent(figures.accuracy)} % of ${reviews.length} reviews`);
}
const kept = (chosen: (review: Read, i: number) => readonly number[]): Read[] =>
  tested.map((review, i) => ({ ...review, rows: takeRows(review.rows, chosen(review, i)) }));

const takeRows = (rows: NdArray, chosen: readonly number[]): NdArray =>
  new NdArray(Int32Array.from(chosen.flatMap((row) => [...rows.row(row).data])), [chosen.length, WORDS]);

const random = new Random(seed, "sentences at random");
const relevance = await sentenceRelevances(model, table("imdb/test", tested), { engine, batch: 64 });
await print("whole reviews", tested);
await print(
  `${keep} % of the sentences, chosen`,
  kept((_, i) => chooseSentences(relevance[i], keep / 100)),
);
await print(
  `${keep} % of the sentences, any`,
  kept(({ rows }) =>
    chooseSentences(
      Array.from({ length: rows.shape[0] }, () => random.uniform(0, 1)),
      keep / 100,
    ),
  ),
);
