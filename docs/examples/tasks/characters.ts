// A language model of characters. Usage: characters.ts FILE, with text of any kind.
import { readFileSync } from "node:fs";
import { array, compile, i32, NdArray, nn, optim, Random, softmax } from "fovea";
import { dataset, tokens } from "fovea/data";
import { decode, encode, vocabulary } from "fovea/text";
import { evaluateModel, fit, nextToken } from "fovea/train";

const [file] = process.argv.slice(2);
const STEPS = 64;
const text = [...readFileSync(file, "utf8").slice(0, 500_000)];
const letters = vocabulary([text]);
const encoded = encode(letters, text);
/** Stretches of the text, one after the other, between two shares of its length. */
const stretches = (...shares: [number, number]) => {
  const [first, last] = shares.map((share) => Math.floor((share * text.length) / STEPS));
  const rows = new NdArray(encoded.slice(first * STEPS, last * STEPS), [last - first, STEPS], "i32");
  return dataset("text", { text: tokens(rows, letters) });
};
const size = letters.words.length;
const layers = nn.sequential(nn.embedding(size, 32), nn.lstm(160), nn.linear(size));
const network = nn.network({ text: nn.tokens(STEPS) }, ({ text }) => ({ scores: layers(text) }));
const [task, optimizer] = [nextToken(), optim.adam({ learningRate: 5e-3, clipNorm: 5 })];
const settings = { task, optimizer, epochs: 5, batch: 32, schedule: optim.linear() };
const { model } = await fit(network, stretches(0, 0.9), settings);
const { figures } = await evaluateModel(model, stretches(0.9, 1), { task });
console.log(`${figures.bitsPerToken.toFixed(2)} bits per character`);
// Sampled letter by letter; the states of the network are carried from one to the next.
const reader = nn.carryStates(model, { batch: 1 });
const next = compile((letter) => ({ shares: softmax(reader(letter), 2) }), [i32(1, 1)]);
const random = new Random(1, "letters");
const sampled = [encoded[0]];
while (sampled.length < 100) {
  const { shares } = await next(array([sampled.slice(-1)], "i32"));
  let [letter, rest] = [0, random.uniform() - shares.data[0]];
  while (rest > 0 && letter < size - 1) rest -= shares.data[++letter];
  sampled.push(letter);
}
console.log(decode(letters, sampled).join(""));
