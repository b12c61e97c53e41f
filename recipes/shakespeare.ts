/**
 * Shakespeare, character by character: a language model learns the first 90 % of a megabyte of his plays, and says what it expects of
 * the last 10 %, in nats a character.
 *
 *   npm run recipe recipes/shakespeare.ts              an LSTM of one layer
 *   npm run recipe recipes/shakespeare.ts -- --large   two layers of 512
 *   npm run recipe recipes/shakespeare.ts -- --conv    gated causal convolutions
 *   npm run recipe recipes/shakespeare.ts -- --choose  shows the figures of held-out text instead of those of the last 10 %
 *
 * What is chosen, and the best epoch, is chosen by the last 5 % of the first 90 %. Data: the file `input.txt` of
 * https://github.com/karpathy/char-rnn in the folder shakespeare of FOVEA_DATA.
 */
import { join } from "node:path";
import { type nn, optim } from "fovea";
import { fittingStreams, readText, type TextStreams, textStreams } from "fovea/data";
import { convolutionalLanguageModel, recurrentLanguageModel } from "fovea/models";
import { learnTokenizer } from "fovea/text";
import { evaluateModel, fit, generateText, nextToken } from "fovea/train";
import { readSetting } from "./support.ts";

interface Plan {
  readonly network: (tokens: number) => nn.Layer;
  readonly epochs: number;
  readonly learningRate: number;
  readonly streams: number;
  readonly steps: number;
}

const plans = {
  small: {
    network: (tokens) => recurrentLanguageModel({ tokens, units: 384, layers: 1, embedding: 64, dropout: 0.1 }),
    ...{ epochs: 4, learningRate: 0.004, streams: 32, steps: 64 },
  },
  large: {
    network: (tokens) => recurrentLanguageModel({ tokens, units: 512, layers: 2, embedding: 128, dropout: 0.35 }),
    ...{ epochs: 12, learningRate: 0.003, streams: 32, steps: 96 },
  },
  conv: {
    network: (tokens) => convolutionalLanguageModel({ tokens, units: 192, layers: 8, dropout: 0.15 }),
    ...{ epochs: 10, learningRate: 0.003, streams: 16, steps: 128 },
  },
} satisfies Record<string, Plan>;

const { seed, epochs, limit, engine, switches } = await readSetting({ epochs: 0 }, ["large", "conv", "choose"]);
const plan: Plan = plans[switches.has("large") ? "large" : switches.has("conv") ? "conv" : "small"];

/** Characters in a sample of `--limit`. */
const SAMPLE = 128;

const text = await readText(join(process.env.FOVEA_DATA ?? "data", "shakespeare", "input.txt"));
const [ninety, all] = [0.9, 1].map((share) => Math.floor(share * text.length));
const most = limit === Infinity ? ninety : Math.min(ninety, SAMPLE * limit);
const start = Math.floor(0.95 * most);
const parts = {
  training: text.slice(0, start),
  heldOut: text.slice(start, most),
  test: text.slice(ninety, limit === Infinity ? all : ninety + SAMPLE * limit),
};

const tokenizer = learnTokenizer([parts.training], { type: "characters" });
const { vocabulary } = tokenizer;
const { streams, steps } = plan;

function evaluated(name: string, part: string): TextStreams {
  const tokens = tokenizer.encode(part);
  return textStreams(tokens, { name, vocabulary, ...fittingStreams(tokens.length, { streams, steps }) });
}

const train = textStreams(tokenizer.encode(parts.training), {
  ...{ name: "shakespeare", vocabulary },
  ...fittingStreams(parts.training.length, { streams, steps }),
});
const began = performance.now();
const task = nextToken({ target: "next", shifted: true });
const { model, bestEpoch } = await fit(plan.network(tokenizer.size), train, {
  ...{ task, seed, engine },
  epochs: epochs === 0 ? plan.epochs : epochs,
  validation: evaluated("held out", parts.heldOut),
  optimizer: optim.adamW({ learningRate: plan.learningRate, weightDecay: 0.01, clipNorm: 1, average: 0.99 }),
  schedule: optim.oneCycle({ rise: 0.1 }),
  onEvent: (event) => {
    if (event.type !== "epoch") return;
    const { epoch, training, validation, seconds } = event;
    console.error(
      `epoch ${epoch} of ${event.epochs}, loss ${training.loss.toFixed(4)}, accuracy ${(100 * training.accuracy).toFixed(2)} %, ` +
        `held out ${validation!.loss.toFixed(4)}, ${seconds.toFixed(0)} s`,
    );
  },
});
console.error(`best epoch ${bestEpoch}, ${((performance.now() - began) / 1000).toFixed(0)} s`);

if (!switches.has("choose")) {
  const { figures } = await evaluateModel<object>(model, evaluated("test", parts.test), { task, engine });
  const { loss, bitsPerToken, perplexity } = figures;
  console.log(
    `test ${loss.toFixed(4)} nats a character, ${bitsPerToken.toFixed(4)} bits, perplexity ${perplexity.toFixed(3)}`,
  );
}
for await (const piece of generateText(model, tokenizer, "ROMEO:", { length: 400, temperature: 0.8, seed, engine }))
  process.stdout.write(piece);
console.log();
