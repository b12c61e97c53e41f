// Sentences of different lengths: which kind of answer a question asks for. Usage: sentences.ts FOLDER, with TREC's two files.
import { readFileSync } from "node:fs";
import { array, nn, optim } from "fovea";
import { classes, dataset, ragged, tokens } from "fovea/data";
import { encode, tokenize, vocabulary } from "fovea/text";
import { evaluateModel, fit } from "fovea/train";

const [folder] = process.argv.slice(2);
const lines = (part: string) => readFileSync(`${folder}/TREC.${part}.all`, "utf8").trimEnd().split("\n");
const textOf = (line: string) => tokenize(line.slice(2));
const words = vocabulary(lines("train").map(textOf), { atLeast: 2 });
const names = ["description", "entity", "abbreviation", "human", "location", "number"];
const questions = (part: string) =>
  dataset(`questions/${part}`, {
    text: tokens(ragged(lines(part).map((line) => encode(words, textOf(line)))), words),
    kind: classes(
      array(
        lines(part).map((line) => Number(line[0])),
        "i32",
      ),
      names,
    ),
  });
const network = nn.sequential(
  nn.embedding(words.words.length, 64, { padding: 0 }),
  nn.dropout(0.4),
  nn.lstm(64, { bidirectional: true, output: "last" }),
  nn.dropout(0.4),
  nn.linear(6),
);
const { model } = await fit(network, questions("train"), {
  epochs: 6,
  batch: 32,
  seed: 1,
  optimizer: optim.adam({ learningRate: 3e-3 }),
  schedule: optim.linear(),
});
const { figures } = await evaluateModel(model, questions("test"));
console.log(`${(100 * figures.accuracy).toFixed(1)} % of the test questions`);
