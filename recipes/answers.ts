/**
 * Questions and sentences that may answer them: which should come first? The pair network on TREC-QA.
 *
 * After Severyn and Moschitti (2015): sentence ConvNets of width 5 and 100 maps over fixed vectors, a similarity matrix, and four numbers for
 * the words that both texts have: all words or without function words, counted or weighed by how rare words are. Two more say how
 * near the words of one come to those of the other by their vectors; `--plain` leaves them out. Training is on the 94 questions
 * of TRAIN, whose answers people judged. The epoch is chosen by MAP on the development questions, as were all settings; with
 * `--hold` the test questions are not looked at.
 *
 * Two ways to count are usual: questions with right and with wrong candidates only (68 of the test set), and all that have
 * candidates (95), where those without a right one count 0, as `trec_eval` does.
 *
 *   FOVEA_DATA=… npm run recipe recipes/answers.ts -- --seeds 5
 */
import { NdArray, nn, optim } from "fovea";
import { type AnsweredQuestion, dataset, numbers, ragged, readTrecQa, tokens } from "fovea/data";
import { pairNetwork, startWithVectors } from "fovea/models";
import {
  encode,
  functionWords,
  inverseDocumentFrequencies,
  vocabulary,
  wordNearness,
  wordOverlap,
  wordVectors,
} from "fovea/text";
import { evaluateModel, fit, ranking } from "fovea/train";
import { dataFolder, meanAndDeviation, readSetting, reportEpochs } from "./support.ts";

const { seed, seeds, epochs, limit, engine, switches } = await readSetting({ epochs: 12, seeds: 1 }, ["hold", "plain"]);
/** Words of a text; what goes beyond is cut off. */
const LONGEST = 60;

const simplified = (words: readonly string[]): string[] =>
  words.slice(0, LONGEST).map((word) => word.toLowerCase().replace(/\d/g, "0"));

async function read(part: string): Promise<AnsweredQuestion[]> {
  const questions = await readTrecQa(`${dataFolder("trec-qa")}/${part}.xml.gz`);
  let pairs = 0;
  const wanted = questions.filter(({ candidates }) => {
    pairs += candidates.length;
    return pairs <= limit;
  });
  return wanted.map(({ id, words, candidates }) => ({
    id,
    words: simplified(words),
    candidates: candidates.map((candidate) => ({ ...candidate, words: simplified(candidate.words) })),
  }));
}
const parts = {
  train: await read("train"),
  dev: await read("dev"),
  test: switches.has("hold") ? [] : await read("test"),
};

const texts = Object.values(parts).flatMap((questions) =>
  questions.flatMap(({ words, candidates }) => [words, ...candidates.map(({ words }) => words)]),
);
const words = vocabulary(texts);
const vectors = await wordVectors(dataFolder("glove"), { words: words.words });
const weights = inverseDocumentFrequencies(texts);
const near = wordNearness({ words: words.words, vectors: vectors.vectors }, { weights, without: functionWords });

/** What is known of a pair besides its words. */
const overlapOf = (question: readonly string[], answer: readonly string[]): number[] => [
  ...[{}, { weights }, { without: functionWords }, { weights, without: functionWords }].map((options) =>
    wordOverlap(question, answer, options),
  ),
  ...(switches.has("plain") ? [] : [near(question, answer), near(answer, question)]),
];

function pairs(name: string, questions: readonly AnsweredQuestion[]) {
  const all = questions.flatMap(({ words, candidates }, number) =>
    candidates.map((candidate) => ({ question: words, answer: candidate.words, isAnswer: candidate.isAnswer, number })),
  );
  const column = (values: readonly number[]) => numbers(new NdArray(Float32Array.from(values), [all.length]));
  const overlap = all.map(({ question, answer }) => overlapOf(question, answer));
  return dataset(name, {
    // Questions are short: all are padded to the longest, since a program is compiled for each pair of lengths.
    question: tokens(ragged(all.map(({ question }) => encode(words, question)), "i32", { lengths: 1 }), words), // biome-ignore format: one line
    answer: tokens(ragged(all.map(({ answer }) => encode(words, answer)), "i32", { lengths: 4 }), words), // biome-ignore format: one line
    overlap: numbers(new NdArray(Float32Array.from(overlap.flat()), [all.length, overlapOf([], []).length])),
    relevant: column(all.map(({ isAnswer }) => Number(isAnswer))),
    number: column(all.map(({ number }) => number)),
  });
}
const [train, dev] = [pairs("trec-qa/train", parts.train), pairs("trec-qa/dev", parts.dev)];

/** Mean and deviation of each number known of a pair, so that they weigh as much as what filters find. */
function normalizationOf(values: NdArray) {
  const [n, size] = values.shape;
  const columns = Array.from({ length: size }, (_, j) =>
    Array.from({ length: n }, (_, i) => values.data[i * size + j]),
  );
  const mean = columns.map((column) => column.reduce((sum, x) => sum + x, 0) / n);
  const std = columns.map((column, j) => Math.sqrt(column.reduce((sum, x) => sum + (x - mean[j]) ** 2, 0) / n) || 1);
  return { mean, std };
}
const normalization = normalizationOf(train.columns.overlap.values as NdArray);

const task = (groups: "mixed" | "all") => ranking({ target: "relevant", group: "number", groups });

async function trained(number: number): Promise<nn.Model> {
  const network = pairNetwork({
    words: words.words.length,
    longest: LONGEST,
    overlaps: normalization.mean.length,
  });
  const model = nn.Model.build(network, { normalization: { overlap: normalization }, seed: number });
  startWithVectors(model, vectors);
  const result = await fit(model, train, {
    ...{ task: task("mixed"), validation: dev, epochs, batch: 50, seed: number, engine },
    freeze: ["vectors"],
    optimizer: optim.adamW({ learningRate: 1e-3, weightDecay: 0.01 }),
    onEvent: reportEpochs(`seed ${number}`, "map"),
  });
  return result.model;
}

const found: { readonly name: string; readonly map: number; readonly mrr: number }[] = [];
for (let number = seed; number < seed + seeds; number++) {
  const model = await trained(number);
  const asked = [
    { name: "development, mixed questions", data: dev, groups: "mixed" },
    ...(switches.has("hold")
      ? []
      : (["mixed", "all"] as const).map((groups) => ({
          ...{ name: `test, ${groups} questions`, data: pairs("trec-qa/test", parts.test), groups },
        }))),
  ] as const;
  for (const { name, data, groups } of asked) {
    const { figures } = await evaluateModel(model, data, { task: task(groups), engine });
    found.push({ name, map: figures.map, mrr: figures.mrr });
  }
}
for (const name of new Set(found.map(({ name }) => name))) {
  const own = found.filter((one) => one.name === name);
  const [map, mrr] = [own.map(({ map }) => map), own.map(({ mrr }) => mrr)];
  console.log(`${name.padEnd(30)} MAP ${meanAndDeviation(map)}, MRR ${meanAndDeviation(mrr)} (${seeds} seeds)`);
}
