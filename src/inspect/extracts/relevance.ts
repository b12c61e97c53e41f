/**
 * How much each sentence of a document mattered to its class: by derivatives with respect to the vectors of the sentences. As
 * the label of a document is unknown, what the network predicts stands in for it (a pseudo-label):
 *
 *   m = score of the predicted class − log Σ e^(scores of the others)      its log-odds
 *   relevance of sentence j = Σ s_j · ∂m/∂s_j   (product)   or   Σ |∂m/∂s_j|   (magnitude)
 *
 * The magnitude says where a small change would matter most, and is the paper's; the product is, to first order, what m would
 * lose without the sentence, and is below 0 for sentences that speak for another class. Log-odds rather than probabilities:
 * the derivatives of these vanish where the network is sure. Source: Denil, Demiraj, de Freitas 2014, "Extraction of Salient
 * Sentences from Labelled Documents".
 */
import { lengthName, NdArray, ShapeError } from "../../array/index.ts";
import type { AnyDataset } from "../../data/index.ts";
import { type EngineChoice, engineKind } from "../../engines/index.ts";
import type { Tensor } from "../../graph/index.ts";
import { checkModel, type Model } from "../../nn/index.ts";
import { add, exp, log, max, oneHot, reshape, select, sub, sum } from "../../ops/index.ts";
import { optional, readOptions, text, withDefault, word } from "../../options/index.ts";
import type { Arrays } from "../../train/index.ts";
import { type DataOptions, dataSchema, inputBatches } from "../batches.ts";
import { classTarget, createProbe, resolveIndex, type Target } from "../probe/index.ts";

/** How the derivatives of a sentence's vector become one number. */
export type RelevanceRule = keyof typeof rules;

const rules = {
  product: (vector: number, derivative: number) => vector * derivative,
  magnitude: (_: number, derivative: number) => Math.abs(derivative),
} as const;

/** Options of `createSentenceRelevance`. */
export interface SentenceRelevanceOptions {
  /** The layer that gives a vector for each sentence, [n, sentences, …]. Default `sentences`, as in `documentNetwork`. */
  readonly layer?: string | undefined;
  /** `product` (default), what the class would lose without the sentence; or `magnitude`, where a change would matter most. */
  readonly by?: RelevanceRule | undefined;
  /** The engine, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
}

/** The schema of `SentenceRelevanceOptions`. */
export const relevanceSchema = {
  layer: withDefault(text(), "sentences"),
  by: withDefault(word<RelevanceRule>("product", "magnitude"), "product" as const),
  engine: optional(engineKind),
};

/** What is known of the sentences of n documents. */
export interface SentenceRelevance {
  /** `f32` [n, sentences]: how much each mattered; 0 beyond the length of a document. */
  readonly relevance: NdArray;
  /** `i32` [n]: the predicted class of each document. */
  readonly classes: NdArray;
  /** `f32` [n]: the log-odds of that class. */
  readonly logOdds: NdArray;
}

/** The log-odds of a class against all others. The index is the class; −1 is the predicted one. */
const logOddsTarget: Target = {
  name: "log-odds of the class",
  choices: classTarget().choices,
  score: (inside, index) => {
    const scores = classTarget().choices!(inside);
    const isChosen = oneHot(resolveIndex(scores, index), scores.shape[1], "bool");
    return sub(sum(select(isChosen, scores, 0), 1), logSumExp(select(isChosen, -Infinity, scores)));
  },
};

/** log Σ eˣ over the rows of [n, k]. */
function logSumExp(x: Tensor): Tensor {
  const most = max(x, 1);
  return add(log(sum(exp(sub(x, reshape(most, [-1, 1]))), 1)), most);
}

/**
 * A function that says how much each sentence mattered. It compiles a program for each shape when that first comes.
 * @example
 * const relevanceOf = createSentenceRelevance(model);
 * const { relevance, classes } = await relevanceOf({ input: documents, "input.length": lengths });
 * @throws OptionError for unknown options and layers; ShapeError for a layer that gives no vectors of sentences
 */
export function createSentenceRelevance(
  model: Model,
  options: SentenceRelevanceOptions = {},
): (inputs: NdArray | Arrays) => Promise<SentenceRelevance> {
  checkModel("createSentenceRelevance", model);
  const { layer, by, engine } = readOptions("createSentenceRelevance", relevanceSchema, options);
  const probe = createProbe(model, { values: [layer], gradients: [layer], target: logOddsTarget, engine });
  return async (inputs) => {
    const { values, gradients, target, index } = await probe(inputs);
    const given = inputs instanceof NdArray ? inputs : inputs[Object.keys(model.inputs)[0]];
    checkVectors(layer, values[layer], given.shape[1]);
    const relevance = perSentence(values[layer], gradients[layer], rules[by]);
    return { relevance, classes: index!, logOdds: target! };
  };
}

/** Options of `sentenceRelevances`. */
export interface SentenceRelevancesOptions extends SentenceRelevanceOptions, DataOptions {}

/**
 * How much the sentences of each document of a data set mattered, document by document, in order; documents of similar lengths
 * beside each other take the least time.
 * @throws as `createSentenceRelevance` does; DataError for a data set that is empty, or lacks the input
 */
export async function sentenceRelevances(
  model: Model,
  data: AnyDataset,
  options: SentenceRelevancesOptions = {},
): Promise<Float32Array[]> {
  const where = "sentenceRelevances";
  const { layer, by, ...reading } = readOptions(where, { ...dataSchema, ...relevanceSchema }, options);
  const relevanceOf = createSentenceRelevance(model, { layer, by, engine: reading.engine });
  const found: Float32Array[] = [];
  for await (const { given, count } of inputBatches(model, data, reading)) {
    const { relevance } = await relevanceOf(given);
    const [name] = Object.keys(model.inputs);
    const lengths = given[lengthName(name)];
    for (let i = 0; i < count; i++)
      found.push(relevance.row(i).data.slice(0, lengths?.data[i] ?? relevance.shape[1]) as Float32Array);
  }
  return found;
}

/** @throws ShapeError unless a layer gives a vector for each sentence */
function checkVectors(layer: string, { shape }: NdArray, sentences: number): void {
  if (shape.length === 3 && shape[1] === sentences) return;
  throw new ShapeError(
    `sentence relevance: layer '${layer}' gives [${shape}], expected a vector for each sentence, [n, ${sentences}, features]`,
  );
}

function perSentence(
  vectors: NdArray,
  derivatives: NdArray,
  rule: (vector: number, derivative: number) => number,
): NdArray {
  const [n, sentences] = vectors.shape;
  const size = vectors.size / Math.max(1, n * sentences);
  const found = new Float32Array(n * sentences);
  for (let i = 0; i < vectors.size; i++) found[Math.floor(i / size)] += rule(vectors.data[i], derivatives.data[i]);
  return new NdArray(found, [n, sentences], "f32");
}
