// A language model of characters. Usage: characters.ts FILE, with text of any kind.
import { readFileSync } from "node:fs";
import { array, nn, optim } from "fovea";
import { dataset, tokens } from "fovea/data";
import { encode, vocabulary } from "fovea/text";
import { evaluateModel, fit, nextToken } from "fovea/train";

const [file] = process.argv.slice(2);
const text = readFileSync(file, "utf8").slice(0, 200_000);
const letters = vocabulary([[...text]]);
const STEPS = 64;
/** Stretches of the text, one after the other. */
const stretches = (from: number, to: number) => {
  const rows = Array.from({ length: Math.floor((to - from) / STEPS) }, (_, i) =>
    Array.from(encode(letters, [...text.slice(from + i * STEPS, from + (i + 1) * STEPS)])),
  );
  return dataset("text", { text: tokens(array(rows, "i32"), letters) });
};
const network = nn.sequential(nn.embedding(letters.words.length, 32), nn.lstm(128), nn.linear(letters.words.length));
const { model } = await fit(network, stretches(0, 180_000), {
  task: nextToken(),
  epochs: 4,
  batch: 32,
  seed: 1,
  optimizer: optim.adam({ learningRate: 5e-3, clipNorm: 1 }),
});
const { figures } = await evaluateModel(model, stretches(180_000, 200_000), { task: nextToken() });
console.log(`${figures.bitsPerToken.toFixed(2)} bits a character, perplexity ${figures.perplexity.toFixed(1)}`);
