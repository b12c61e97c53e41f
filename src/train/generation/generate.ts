/**
 * Text from a language model, token by token: each is drawn from p(x_t | x_1 … x_{t−1}) and is the input of the next step. One compiled
 * step per token, with the states kept: of recurrent layers their own, of causal convolutions the last inputs of every layer.
 */
import { checkSeed, describeGiven, NdArray, OptionError, Random } from "../../array/index.ts";
import { compile, type EngineChoice, engineKind } from "../../engines/index.ts";
import { i32 } from "../../graph/index.ts";
import { carryStates, checkModel, type Model } from "../../nn/index.ts";
import { reshape, softmax } from "../../ops/index.ts";
import { integer, optional, readOptions, withDefault } from "../../options/index.ts";
import { type SamplingOptions, sampleFrom, samplingOptions, type Tokenizer } from "../../text/index.ts";

/** Options of `generateTokens` and `generateText`. */
export interface GenerateOptions extends SamplingOptions {
  /** The number of tokens to generate. Default: no end, until the loop over them ends. */
  readonly length?: number | undefined;
  /** The seed of the draws: 0 … 2³² − 1, default 0. */
  readonly seed?: number | undefined;
  /** The engine, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
}

const schema = {
  ...samplingOptions,
  length: optional(integer(0)),
  seed: withDefault(integer(0), 0),
  engine: optional(engineKind),
};

/**
 * Tokens that a language model goes on with.
 * @param model with one input of tokens and scores [n, steps, tokens], of layers with states, such as
 *   `recurrentLanguageModel` and `convolutionalLanguageModel`
 * @param prompt the numbers of the tokens that it goes on from, at least one
 * @param never the numbers of tokens that are not drawn. Default: none
 * @example for await (const token of generateTokens(model, [5, 3], { length: 100, temperature: 0.8 })) …
 * @throws OptionError for a prompt without tokens and for invalid options
 */
export async function* generateTokens(
  model: Model,
  prompt: ArrayLike<number>,
  options: GenerateOptions = {},
  never: readonly number[] = [],
): AsyncGenerator<number, void> {
  const { length = Infinity, seed, engine, ...sampling } = readOptions("generate", schema, options);
  const step = createStep(model, engine);
  if (!(prompt?.length > 0))
    throw new OptionError(`generate: expects at least one token to go on from, got ${describeGiven(prompt)}`);
  const random = new Random(checkSeed(seed), "generate");
  for (let i = 0; i < prompt.length - 1; i++) await step(prompt[i]);
  let token = prompt[prompt.length - 1];
  for (let count = 0; count < length; count++) {
    const probabilities = await step(token);
    for (const number of never) probabilities[number] = 0;
    token = sampleFrom(probabilities, sampling, random);
    yield token;
  }
}

/** Gives the probabilities of what follows a token, and the tokens before it. */
function createStep(model: Model, engine: EngineChoice | undefined): (token: number) => Promise<Float32Array> {
  checkModel("generate", model);
  const [{ dtype }, ...others] = Object.values(model.inputs);
  if (others.length > 0 || dtype !== "i32")
    throw new OptionError("generate: expects a language model, whose one input is tokens, i32 [n, steps]");
  const carried = carryStates(model, { batch: 1 });
  const program = compile((token) => softmax(reshape(carried(token), [-1])), [i32(1, 1)], { engine });
  return async (token) => {
    const { data } = await program(new NdArray(Int32Array.of(token), [1, 1], "i32"));
    return data as Float32Array;
  };
}

/** Tokens that stand for no text. */
const SILENT = ["<pad>", "<unk>"];

/**
 * Text that a language model goes on with, in pieces as they are generated, without the prompt.
 * @param tokenizer that the model was trained with
 * @param prompt the text that it goes on from, of at least one token
 * @example
 * for await (const piece of generateText(model, tokenizer, "ROMEO:", { length: 500, temperature: 0.8 }))
 *   process.stdout.write(piece);
 * @throws OptionError for an empty prompt and for invalid options
 */
export async function* generateText(
  model: Model,
  tokenizer: Tokenizer,
  prompt: string,
  options: GenerateOptions = {},
): AsyncGenerator<string, void> {
  const silent = SILENT.map((name) => tokenizer.numberOf(name)).filter((number) => number !== undefined);
  const write = tokenizer.writer();
  // So that words after the prompt are set apart from it.
  const given = tokenizer.encode(prompt);
  for (const number of given) write(number);
  for await (const token of generateTokens(model, given, options, silent)) {
    const piece = write(token);
    if (piece !== "") yield piece;
  }
  const rest = write();
  if (rest !== "") yield rest;
}
