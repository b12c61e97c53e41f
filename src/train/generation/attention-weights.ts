/** What a network with attention looked at for each token that it wrote. */
import { NdArray } from "../../array/index.ts";
import { marksOf } from "../../data/index.ts";
import { compile, type EngineChoice } from "../../engines/index.ts";
import type { Tensor } from "../../graph/index.ts";
import type { Model } from "../../nn/index.ts";
import type { Tokenizer } from "../../text/index.ts";
import type { Arrays } from "../tasks/index.ts";

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
  return async (inputs, tokens) => {
    const given = {
      ...inputs,
      [target]: new NdArray(Int32Array.of(begin, ...Array.from(tokens)), [1, tokens.length + 1], "i32"),
    };
    const names = Object.keys(given);
    const body = (...values: readonly Tensor[]): Tensor => {
      const found: Tensor[] = [];
      model.apply(Object.fromEntries(names.map((name, i) => [name, values[i]])), {
        taps: [WEIGHTS],
        onTap: (_, value) => void found.push(value),
      });
      return found
        .reduce((sum, value) => sum.add(value))
        .mul(1 / found.length)
        .mean([0, 1]); // [tokens, places]
    };
    const arrays = Object.values(given);
    return compile(body, arrays, { engine })(...arrays);
  };
}

/** The names of tokens by their numbers. */
export const tokenNames = (tokenizer: Tokenizer, numbers: ArrayLike<number>): string[] =>
  Array.from(numbers, (number) => tokenizer.vocabulary?.words[number] ?? tokenizer.decode([number]));
