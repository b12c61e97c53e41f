/** The jobs over text in Fovea. */
import { sizeOf } from "../array/index.ts";
import { compile, type Engine } from "../engines/index.ts";
import { i32, type Tensor } from "../graph/index.ts";
import {
  carryStates,
  concat,
  conv1d,
  crossEntropy,
  embedding,
  globalMaxPool,
  type Layer,
  linear,
  lstm,
  Model,
  op,
  relu,
  sequential,
} from "../nn/index.ts";
import { softmax } from "../ops/index.ts";
import { adadelta, adam, minimize, type Optimizer } from "../optim/index.ts";
import { fillWeights } from "./nets.ts";
import { labels } from "./numbers.ts";
import type { LanguageJob, SentenceJob, WritingJob } from "./text-jobs.ts";

function modelOf(layer: Layer, steps: number): Model {
  const model = Model.build(layer, { input: [steps], dtype: "i32" });
  fillWeights(model);
  return model;
}

/** Exchanges steps and maps: [n, steps, maps] and [n, maps, steps]. */
const exchange = (): Layer => op("transpose", { order: [0, 2, 1] });

/** Scores [n, steps, vocabulary]. */
const language = ({ vocabulary, units, layers }: LanguageJob | WritingJob): Layer =>
  sequential(embedding(vocabulary, units), lstm(units, { layers }), linear(vocabulary));

interface Training {
  readonly optimizer: Optimizer;
  /** [batch, steps], and the number of different ones. */
  readonly tokens: readonly [shape: readonly [number, number], vocabulary: number];
  /** The shape of the targets, and the number of classes. */
  readonly targets: readonly [shape: readonly number[], classes: number];
}

/** A training step of a new model, on the same tokens and targets each time, which gives its loss. */
function trainingStep(layer: Layer, { optimizer, tokens, targets }: Training, engine: Engine) {
  const model = modelOf(layer, tokens[0][1]);
  const body = (x: Tensor, y: Tensor) => {
    const loss = crossEntropy(model(x, { training: true }), y);
    minimize(loss, optimizer);
    return { loss };
  };
  const given = [tokens, targets].map(([shape, count]) => labels(sizeOf(shape), count).reshape(shape));
  const step = compile(body, [i32(...tokens[0]), i32(...targets[0])], { engine });
  return () => step(...given);
}

/** One training step of a new language model. */
export function languageStep(job: LanguageJob, engine: Engine) {
  const shape = [job.batch, job.steps] as const;
  const tokens = [shape, job.vocabulary] as const;
  return trainingStep(sequential(language(job), exchange()), { optimizer: adam(), tokens, targets: tokens }, engine);
}

/** One token of a new language model. */
export function writingStep(job: WritingJob, engine: Engine) {
  const reader = carryStates(modelOf(language(job), 1), { batch: 1 });
  const next = compile((token) => ({ shares: softmax(reader(token), 2) }), [i32(1, 1)], { engine });
  const token = labels(1, job.vocabulary).reshape([1, 1]);
  return () => next(token);
}

/** Scores [n, 2]. */
const kim = ({ vocabulary, features, windows, filters }: SentenceJob): Layer =>
  sequential(
    embedding(vocabulary, features),
    exchange(),
    concat(...windows.map((kernel) => sequential(conv1d(filters, { kernel }), relu(), globalMaxPool()))),
    linear(2),
  );

/** One training step of a new network over sentences. */
export function sentenceStep(job: SentenceJob, engine: Engine) {
  const { batch, words, vocabulary } = job;
  const [tokens, targets] = [[[batch, words], vocabulary] as const, [[batch], 2] as const];
  return trainingStep(kim(job), { optimizer: adadelta(), tokens, targets }, engine);
}
