// Questions of different lengths: what kind of answer does each ask for?
// Usage: sentences.ts FOLDER, with TREC.train.all and TREC.test.all in it.
import { readFileSync } from "node:fs";
import { array, nn, optim } from "fovea";
import { classes, dataset, ragged, tokens } from "fovea/data";
import { encode, tokenize, vocabulary } from "fovea/text";
import { evaluateModel, fit } from "fovea/train";

const [folder] = process.argv.slice(2);
const KINDS = ["description", "entity", "abbreviation", "human", "location", "number"];
/** Each line is the number of a kind, a space and a question. */
const read = (part: string) => {
  const lines = readFileSync(`${folder}/TREC.${part}.all`, "utf8").trimEnd().split("\n");
  return lines.map((line) => ({ kind: Number(line[0]), text: tokenize(line.slice(2)) }));
};
const [train, test] = [read("train"), read("test")];
const words = vocabulary(
  train.map(({ text }) => text),
  { atLeast: 2 },
);
const questions = (rows: typeof train) => {
  const texts = rows.map(({ text }) => encode(words, text));
  const kinds = rows.map(({ kind }) => kind);
  return dataset("TREC", { text: tokens(ragged(texts), words), kind: classes(array(kinds, "i32"), KINDS) });
};
const network = nn.sequential(
  nn.embedding(words.words.length, 64, { padding: 0 }),
  nn.dropout(0.4),
  nn.lstm(64, { bidirectional: true, output: "last" }),
  nn.dropout(0.4),
  nn.linear(KINDS.length),
);
const { model } = await fit(network, questions(train), {
  epochs: 8,
  batch: 32,
  optimizer: optim.adam({ learningRate: 3e-3 }),
  schedule: "linear",
});
const { figures } = await evaluateModel(model, questions(test));
console.log(`${(100 * figures.accuracy).toFixed(1)} % of the test questions`);
