/**
 * Film reviews by a document network: is it a good film, and which sentences say so?
 *
 *   FOVEA_DATA=… npm run recipe recipes/documents.ts
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { NdArray, nn, optim } from "fovea";
import { classes, dataset, holdOut, ragged, tokens } from "fovea/data";
import { documentNetwork } from "fovea/models";
import { documentRows, tokenize, type Vocabulary, vocabulary } from "fovea/text";
import { evaluateModel, fit } from "fovea/train";
import { percent, readSetting, reportEpochs } from "./support.ts";

const W = Number(process.env.W ?? 32);
const { seed, epochs, limit, engine, switches } = await readSetting({ epochs: 4 }, ["test"]);
const folder = process.env.FOVEA_DATA;

const t0 = performance.now();
const split = (text: string): string[] =>
  text
    .replace(/<br ?\/>(\s*<br ?\/>)*/g, "\n\n")
    .split(/(?<=[.!?…]["'”’»)\]]*)\s+(?![\p{Ll},;:])|\n\s*\n/u)
    .map((s) => s.trim())
    .filter((s) => s !== "");
function read(part: string) {
  const lines = gunzipSync(readFileSync(`${folder}/imdb/${part}.tsv.gz`))
    .toString()
    .trimEnd()
    .split("\n");
  const step = Math.max(1, lines.length / limit);
  return Array.from({ length: Math.min(limit, lines.length) }, (_, i) => lines[Math.floor(i * step)]).map((line) => {
    const [label, , , text] = line.split("\t");
    return { label: Number(label), text, sentences: split(text).map((s) => tokenize(s)) };
  });
}
type Review = ReturnType<typeof read>[number];
const train = read("train");
const words = vocabulary(
  train.map(({ sentences }) => sentences.flat()),
  { most: Number(process.env.V ?? 30000), atLeast: 2 },
);
const data = (name: string, reviews: readonly Review[]) =>
  dataset(name, {
    text: tokens(ragged(reviews.map(({ sentences }) => documentRows(words, sentences, { words: W }).rows)), words),
    label: classes(
      new NdArray(
        Int32Array.from(reviews, ({ label }) => label),
        [reviews.length],
      ),
      ["negative", "positive"],
    ),
  });
const all = data("imdb/train", train);
console.error(
  `${train.length} reviews, ${words.words.length} words, rows ${all.columns.text.values.lengths}, mean ${(all.columns.text.values.offsets.at(-1)! / train.length).toFixed(1)}, ${((performance.now() - t0) / 1000).toFixed(1)} s`,
);
const parts = holdOut(all, 1 / 10, 1);
const num = (k: string, d: number) => Number(process.env[k] ?? d);
const network = documentNetwork({
  words: words.words.length,
  classes: 2,
  features: 100,
  maps: num("MAPS", 100),
  kernel: num("K", 5),
  documentMaps: num("DM", 100),
  documentKernel: num("DK", 3),
  wordDropout: num("WD", 0.2),
  dropout: num("DO", 0.5),
});
const model = nn.Model.build(network, {
  input: { shape: [512, W], dtype: "i32", sequence: true, vocabulary: words.words.length },
  classes: ["negative", "positive"],
  seed,
});
if (process.env.RANDOM === undefined) {
  const names = gunzipSync(readFileSync(`${folder}/glove/words.txt.gz`))
    .toString()
    .trimEnd()
    .split("\n");
  const raw = gunzipSync(readFileSync(`${folder}/glove/vectors.f16.gz`));
  const half = (h: number) => {
    const e = (h >> 10) & 31,
      m = h & 1023,
      s = h & 0x8000 ? -1 : 1;
    return e === 0 ? s * m * 2 ** -24 : s * (1 + m / 1024) * 2 ** (e - 15);
  };
  const at = new Map(names.map((w, i) => [w, i]));
  const variable = model.variables.find((v) => v.name === "sentences.0.vectors.weight")!;
  const table = (variable as any).value as NdArray;
  let found = 0;
  const scale = num("SCALE", 1);
  words.words.forEach((w, i) => {
    const r = at.get(w);
    if (r === undefined) return;
    found++;
    for (let j = 0; j < 100; j++) table.data[i * 100 + j] = scale * half(raw.readUInt16LE((r * 100 + j) * 2));
  });
  console.error(`vectors for ${found}`);
}
const { model: best, history } = await fit(model, parts.train, {
  validation: parts.validation,
  epochs,
  batch: num("B", 64),
  seed,
  engine,
  optimizer: optim.adamW({ learningRate: num("LR", 1e-3), weightDecay: num("DECAY", 0.01) }),
  schedule: optim.oneCycle(),
  onEvent: reportEpochs("documents"),
});
console.log(JSON.stringify(history.map((h: any) => h.validation)));
if (switches.has("test")) {
  const { figures } = await evaluateModel(best, data("imdb/test", read("test")), { engine });
  console.log(percent(figures.accuracy));
}
