/** What a network with attention looked at for each token that it wrote. */
import { NdArray } from "../../array/index.ts";
import { marksOf } from "../../data/index.ts";
import type { EngineChoice } from "../../engines/index.ts";
import type { Tensor, TensorTree } from "../../graph/index.ts";
import type { Model } from "../../nn/index.ts";
import type { Tokenizer } from "../../text/index.ts";
import { type BatchProgram, perBatchType } from "../programs.ts";
import type { Arrays, Tensors } from "../tasks/index.ts";

/** Which values of a network are meant, as a pattern of `taps`. */
const WEIGHTS = "*.weights";

/** Attention weights [tokens, places], the mean over all attention layers and heads. */
export type AttentionWeights = (inputs: Arrays, tokens: ArrayLike<number>) => Promise<NdArray>;

/**
 * A function that gives the weights of each written token, the end mark included, over the places of one sample.
 * @param target the input with the tokens that are written
 * @throws OptionError, when it is called, for a network without attention
 */
export function createAttentionWeights(
  model: Model,
  tokenizer: Tokenizer,
  target: string,
  engine: EngineChoice | undefined,
): AttentionWeights {
  const { begin } = marksOf(tokenizer);
  const body = (batch: Tensors): TensorTree => {
    const found: Tensor[] = [];
    model.apply(batch, { taps: [WEIGHTS], onTap: (_, value) => void found.push(value) });
    const mean = found.reduce((sum, value) => sum.add(value)).mul(1 / found.length);
    return mean.mean([0, 1]); // [tokens, places]
  };
  let programs: BatchProgram<TensorTree> | undefined;
  return async (inputs, tokens) => {
    const written = Int32Array.of(begin, ...Array.from(tokens));
    const batch = { ...inputs, [target]: new NdArray(written, [1, written.length], "i32") };
    programs ??= perBatchType(Object.keys(batch), body, engine);
    return (await programs.for(batch)(...programs.inputs(batch))) as NdArray;
  };
}

/** The names of tokens by their numbers. */
export const tokenNames = (tokenizer: Tokenizer, numbers: ArrayLike<number>): string[] =>
  Array.from(numbers, (number) => tokenizer.vocabulary?.words[number] ?? tokenizer.decode([number]));
