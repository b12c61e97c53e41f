/** draft */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { NdArray, nn, optim } from "fovea";
import { type AnsweredQuestion, dataset, numbers, ragged, readTrecQa, tokens } from "fovea/data";
import { pairNetwork } from "fovea/models";
import { encode, functionWords, inverseDocumentFrequencies, vocabulary, wordOverlap } from "fovea/text";
import { evaluateModel, fit, ranking } from "fovea/train";
import { readSetting, reportEpochs } from "./support.ts";

const { seed, epochs, limit, seeds, engine } = await readSetting({ epochs: 15, seeds: 1 });
const folder = process.env.FOVEA_DATA;
const num = (k: string, d: number) => Number(process.env[k] ?? d);
const LONGEST = 60;
const lower = (ws: readonly string[]) => ws.map((w) => w.toLowerCase().replace(/\d/g, "0")).slice(0, LONGEST);
const read = async (part: string) =>
  (await readTrecQa(`${folder}/trec-qa/${part}.xml.gz`)).slice(0, limit).map(({ words, candidates, ...rest }) => ({
    ...rest,
    words: lower(words),
    candidates: candidates.map((c) => ({ ...c, words: lower(c.words) })),
  }));
const parts = { train: await read("train"), dev: await read("dev"), test: await read("test") };
const texts = (qs: readonly AnsweredQuestion[]) =>
  qs.flatMap(({ words, candidates }) => [words, ...candidates.map((c) => c.words)]);
const known = texts([...parts.train, ...parts.dev, ...parts.test]);
const words = vocabulary(known);
const idf = inverseDocumentFrequencies(known);
const pairs = (name: string, qs: readonly AnsweredQuestion[]) => {
  const rows = qs.flatMap((q, number) => q.candidates.map((c) => ({ q, c, number })));
  const f = (xs: number[], w = 1) =>
    numbers(new NdArray(Float32Array.from(xs), w === 1 ? [rows.length] : [rows.length, w]));
  return dataset(name, {
    question: tokens(ragged(rows.map(({ q }) => encode(words, q.words)), "i32", { lengths: 1 }), words),
    answer: tokens(ragged(rows.map(({ c }) => encode(words, c.words))), words),
    overlap: f(
      rows.flatMap(({ q, c }) =>
        [{}, { weights: idf }, { without: functionWords }, { without: functionWords, weights: idf }].map((o) =>
          wordOverlap(q.words, c.words, o),
        ),
      ),
      4,
    ),
    relevant: f(rows.map(({ c }) => +c.isAnswer)),
    number: f(rows.map(({ number }) => number)),
  });
};
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
const sets = { train: pairs("train", parts.train), dev: pairs("dev", parts.dev), test: pairs("test", parts.test) };
console.error(words.words.length, "words", words.words.filter((w) => at.has(w)).length, "known");
const out: Record<string, number>[] = [];
for (let s = seed; s < seed + seeds; s++) {
  const model = nn.Model.build(
    pairNetwork({
      words: words.words.length,
      longest: LONGEST,
      maps: num("MAPS", 100),
      dropout: num("DO", 0.5),
      hidden: num("H", 200),
    }),
    { seed: s },
  );
  const table = (model.variables.find((v) => v.name === "vectors.weight") as any).value as NdArray;
  words.words.forEach((w, i) => {
    const r = at.get(w);
    if (r !== undefined)
      for (let j = 0; j < 100; j++) table.data[i * 100 + j] = half(raw.readUInt16LE((r * 100 + j) * 2));
  });
  const task = ranking({
    target: "relevant",
    group: "number",
    groups: "mixed",
    loss: (process.env.LOSS as any) ?? "single",
  });
  const { model: best, history } = await fit(model, sets.train, {
    task,
    validation: sets.dev,
    epochs,
    batch: num("B", 50),
    seed: s,
    engine,
    freeze: process.env.TUNE ? [] : ["vectors"],
    inputs: { question: "question", answer: "answer", overlap: "overlap" },
    optimizer: optim.adamW({ learningRate: num("LR", 1e-3), weightDecay: num("DECAY", 0.01) }),
    patience: 6,
    onEvent: reportEpochs("pairs"),
  });
  console.error(history.map((h: any) => `${h.validation.map.toFixed(3)}/${h.validation.mrr.toFixed(3)}`).join(" "));
  const dev = (await evaluateModel(best, sets.dev, { task, engine })).figures;
  out.push({ devmap: dev.map, devmrr: dev.mrr });
  if (process.env.TEST)
    for (const groups of ["mixed", "all"] as const) {
      const t = (
        await evaluateModel(best, sets.test, { task: ranking({ target: "relevant", group: "number", groups }), engine })
      ).figures;
      Object.assign(out.at(-1)!, { [`${groups}map`]: t.map, [`${groups}mrr`]: t.mrr });
    }
  console.log(JSON.stringify(out.at(-1)));
}
for (const k of Object.keys(out[0])) {
  const v = out.map((o) => o[k]);
  const m = v.reduce((a, b) => a + b) / v.length;
  console.log(
    k,
    m.toFixed(4),
    "±",
    Math.sqrt(v.reduce((a, b) => a + (b - m) ** 2, 0) / Math.max(1, v.length - 1)).toFixed(4),
  );
}
