/**
 * German into English, on Multi30k (Elliott et al. 2016), tokenized and in lower case as given: by one vector (Sutskever, Vinyals,
 * Le 2014; Cho et al. 2014), with attention (Luong, Pham, Manning 2015), or by convolutions (Gehring et al. 2017).
 *
 * Words that occur at least twice in the training sentences have a number. The best epoch is that of the lowest perplexity on
 * the validation sentences, of moving averages of the weights; the BLEU of these sentences, with greedy search, is told for
 * choices. The test sentences (2016, Flickr) are translated once, at the end, with a beam of 5. FOVEA_DATA names the folder
 * with `multi30k` in it. The model is kept in `runs/translation-MODEL-SEED.safetensors`.
 *
 *   npm run recipe recipes/translation.ts -- --model attention
 *   npm run recipe recipes/translation.ts -- --model convolution --epochs 12
 *   npm run recipe recipes/translation.ts -- --choose        leaves the test sentences alone
 */
import { nn, optim } from "fovea";
import { readParallel, sentencePairs } from "fovea/data";
import { attentionTranslation, convolutionTranslation, vectorTranslation } from "fovea/models";
import { learnTokenizer } from "fovea/text";
import { bleu, createTranslator, describeBleu, fit, translation } from "fovea/train";
import { dataFolder, readSetting, reportEpochs } from "./support.ts";

const {
  model: kind,
  epochs,
  batch,
  seed,
  limit,
  engine,
  switches,
} = await readSetting({ epochs: 0, batch: 64 }, ["choose"], {
  model: ["attention", "vector", "convolution"] as const,
});

const folder = dataFolder("multi30k");
const readPart = async (part: string) => {
  const lines = await readParallel({ source: `${folder}/${part}.de.gz`, target: `${folder}/${part}.en.gz` });
  return { source: lines.source.slice(0, limit), target: lines.target.slice(0, limit) };
};
const [train, validation, test] = await Promise.all(["train", "val", "test_2016_flickr"].map(readPart));
const learn = (lines: readonly string[]) =>
  learnTokenizer(lines, { type: "spaces", atLeast: 2, special: ["<bos>", "<eos>"] });
const tokenizers = { source: learn(train.source), target: learn(train.target) };

const sizes = { sourceWords: tokenizers.source.size, targetWords: tokenizers.target.size, steps: 64 };

/** The networks, and how they are trained. */
const settings = {
  vector: {
    network: vectorTranslation({ ...sizes, cell: "lstm", embedding: 256, units: 512, dropout: 0.3 }),
    ...{ epochs: 7, learningRate: 2e-3 },
  },
  attention: {
    network: attentionTranslation({ ...sizes, embedding: 256, units: 512, dropout: 0.3 }),
    ...{ epochs: 9, learningRate: 2e-3 },
  },
  convolution: {
    network: convolutionTranslation({ ...sizes, embedding: 256, units: 256, dropout: 0.2 }),
    ...{ epochs: 11, learningRate: 1e-3 },
  },
}[kind];

const { model } = await fit(nn.Model.build(settings.network, { seed }), sentencePairs("multi30k", train, tokenizers), {
  task: translation({ labelSmoothing: 0.1 }),
  validation: sentencePairs("multi30k (validation)", validation, tokenizers),
  ...{ epochs: epochs > 0 ? epochs : settings.epochs, batch, seed, engine },
  optimizer: optim.adam({ learningRate: settings.learningRate, clipNorm: 1, average: 0.998 }),
  schedule: optim.warmup(optim.cosine(), { epochs: 0.5 }),
  onEvent: reportEpochs(kind),
});
await model.save(`runs/translation-${kind}-${seed}.safetensors`);

async function print(what: string, lines: typeof test, beam: number): Promise<void> {
  const translator = createTranslator(model, tokenizers, { beam, engine });
  const found = await translator.translate(lines.source);
  const texts = found.map(({ text }) => text);
  console.log(`${what}: ${describeBleu(bleu(texts, lines.target))}`);
}
await print("validation, greedy", validation, 1);
if (!switches.has("choose")) await print("test, beam of 5", test, 5);
