/**
 * Language models of n-grams: the probability of a token given the n − 1 before it, and of the first ones of a text given all
 * before them, as in p(w₁) p(w₂ | w₁) p(w₃ | w₁, w₂) …
 */
import { describeGiven, OptionError, Random } from "../../array/index.ts";
import { checkNames, flag, integer, madeOrNamed, namesOf, readOptions, withDefault } from "../../options/index.ts";
import { type SamplingOptions, sampleFrom } from "../sampling.ts";
import { type LearnTokenizerOptions, learnTokenizer, type Tokenizer } from "../tokenizers/index.ts";
import { PADDING, UNKNOWN } from "../vocabulary.ts";
import { smoothingCatalog } from "./catalog.ts";
import { countNgrams } from "./count.ts";
import { maximumLikelihood } from "./counts-alone.ts";
import { type Distribution, type Estimator, ruleOf, type Smoothing } from "./smoothing.ts";
import { BOUNDARY } from "./sort-positions.ts";
import { countOf, type NgramTrie } from "./trie.ts";

/** Orders up to this are counted; positions are compared by single bytes. */
export const MOST_ORDER = 255;

/** Options of `ngramModel`. */
export interface NgramOptions {
  /** The length of the longest n-grams, n: each token depends on n − 1 before it. Default 3. */
  readonly order?: number | undefined;
  /** How counts become probabilities, or its name. Default `maximumLikelihood()`. */
  readonly smoothing?: Smoothing | string | undefined;
  /** How texts are cut and numbered: a tokenizer, or options to learn one. Default: words. */
  readonly tokenizer?: Tokenizer | LearnTokenizerOptions | undefined;
  /** Whether the texts are parts of one, so that n-grams go from one into the next. Default false. */
  readonly joined?: boolean | undefined;
}

const isSmoothing = (value: unknown): value is Smoothing =>
  typeof value === "object" && value !== null && ruleOf(value as Smoothing) !== undefined;

/** The schema of `NgramOptions`, but for the tokenizer. */
export const ngramOptions = {
  order: withDefault(integer(1), 3),
  smoothing: withDefault(madeOrNamed(smoothingCatalog, "kneserNey", isSmoothing), maximumLikelihood()),
  joined: withDefault(flag(), false),
};
const optionNames = namesOf<NgramOptions>({ order: true, smoothing: true, tokenizer: true, joined: true });

/** A token that may follow a context. */
export interface FollowingToken {
  /** The token's text. */
  readonly token: string;
  /** Its probability after the context. */
  readonly probability: number;
  /** How often it was counted after the context; smoothing by Kneser and Ney counts short contexts in its own way. */
  readonly count: number;
}

/** How well a model foretells a text. */
export interface NgramScore {
  /** How many tokens the text has. */
  readonly tokens: number;
  /** How many of them the vocabulary does not have; they are predicted as `<unk>`. */
  readonly unknown: number;
  /** How many have the probability 0. */
  readonly impossible: number;
  /** The sum of log p over the tokens, in nats. */
  readonly logProbability: number;
  /** exp(−mean of log p); infinite if a token is impossible, NaN for a text without tokens. */
  readonly perplexity: number;
  /** −mean of log₂ p, in bits a token. */
  readonly bits: number;
}

/** Options of `NgramModel.sample`. */
export interface NgramSamplingOptions extends SamplingOptions {
  /** What the text goes on from. Default: a beginning. */
  readonly context?: string | undefined;
  /** Seed of the draws. Default 0. */
  readonly seed?: number | undefined;
}

/**
 * A model of the n-grams of some texts.
 * @param texts to count; no n-gram goes from one into the next
 * @example
 * const model = ngramModel(["do cows eat grass", "cows eat hay"], { order: 3 });
 * model.table("cows eat"); // [{ token: "grass", probability: 0.5, count: 1 }, { token: "hay", … }]
 * @throws OptionError for invalid options, and for what are no texts
 */
export function ngramModel(texts: Iterable<string>, options: NgramOptions = {}): NgramModel {
  checkNames("ngramModel", optionNames, options);
  const { tokenizer: given, ...rest } = options;
  if (typeof texts === "string" || typeof texts?.[Symbol.iterator] !== "function")
    throw new OptionError(`ngramModel: expects a list of texts, got ${describeGiven(texts)}`);
  const list = [...texts];
  const tokenizer = given !== undefined && "encode" in given ? given : learnTokenizer(list, given);
  return modelOfTokens(
    list.map((text) => tokenizer.encode(text)),
    tokenizer,
    rest,
  );
}

/**
 * A model of the n-grams of texts that have been encoded.
 * @param texts the tokens of each
 * @throws OptionError for invalid options
 */
export function modelOfTokens(
  texts: readonly Int32Array[],
  tokenizer: Tokenizer,
  options: Omit<NgramOptions, "tokenizer"> = {},
): NgramModel {
  const { order, smoothing, joined } = readOptions("ngramModel", ngramOptions, options);
  if (order > MOST_ORDER) throw new OptionError(`ngramModel: order is ${order}, expected at most ${MOST_ORDER}`);
  const { counted } = ruleOf(smoothing)!;
  const trie = countNgrams(withBoundaries(texts, order, joined ? 0 : 1), order, tokenizer.size, counted);
  return new NgramModel(trie, tokenizer, smoothing);
}

/** @param gap how many boundaries are between texts */
function withBoundaries(texts: readonly Int32Array[], order: number, gap: number): Int32Array {
  const all = new Int32Array(texts.reduce((length, text) => length + text.length + gap, order)).fill(BOUNDARY);
  let at = 0;
  for (const text of texts) {
    all.set(text, at);
    at += text.length + gap;
  }
  return all;
}

/** A language model that counts n-grams; `ngramModel` makes one. */
export class NgramModel {
  /** The counts. */
  readonly trie: NgramTrie;
  /** How texts are cut and numbered. */
  readonly tokenizer: Tokenizer;
  /** How counts become probabilities. */
  readonly smoothing: Smoothing;
  readonly #estimator: Estimator;

  constructor(trie: NgramTrie, tokenizer: Tokenizer, smoothing: Smoothing) {
    this.trie = trie;
    this.tokenizer = tokenizer;
    this.smoothing = smoothing;
    this.#estimator = ruleOf(smoothing)!.estimate(trie, tokensThatFollow(trie, tokenizer));
  }

  /** The length of the longest n-grams. */
  get order(): number {
    return this.trie.order;
  }

  /**
   * What may follow a context, the most probable first; tokens of equal probability in the order of their characters.
   * @param context of which the last order − 1 tokens count
   * @param most how many are given. Default: all with a probability above 0
   */
  table(context: string, most = Infinity): FollowingToken[] {
    const tokens = this.tokenizer.encode(context);
    const place = [this.#begin(tokens.length), tokens.length] as const;
    const found = this.#estimator.distribution(tokens, ...place);
    const followers = this.trie.after(tokens, ...place);
    if (found === undefined) return [];
    const rows = Array.from(found.tokens, (number, i) => ({
      token: this.#nameOf(number),
      probability: found.probabilities[i],
      count: followers === undefined ? 0 : countOf(followers, number),
    }));
    rows.sort((a, b) => b.probability - a.probability || (a.token < b.token ? -1 : 1));
    return rows.filter(({ probability }) => probability > 0).slice(0, most);
  }

  /** How well the model foretells a text. */
  score(text: string): NgramScore {
    const tokens = this.tokenizer.encode(text);
    let [logProbability, impossible, unknown] = [0, 0, 0];
    for (let i = 0; i < tokens.length; i++) {
      const probability = this.#estimator.probability(tokens, this.#begin(i), i, tokens[i]);
      logProbability += Math.log(probability);
      impossible += Number(probability === 0);
      unknown += Number(tokens[i] === UNKNOWN);
    }
    const mean = -logProbability / tokens.length;
    const [perplexity, bits] = [Math.exp(mean), mean / Math.LN2];
    return { tokens: tokens.length, unknown, impossible, logProbability, perplexity, bits };
  }

  /** log p of a text, in nats; −∞ if it cannot be. */
  logProbability(text: string): number {
    return this.score(text).logProbability;
  }

  /** exp(−mean of log p) of a text; NaN for a text without tokens. */
  perplexity(text: string): number {
    return this.score(text).perplexity;
  }

  /**
   * A text drawn from the model, token by token, without `<unk>`. Where nothing is known of a context its end is used that
   * something has followed.
   * @param length in tokens, without those of the context
   * @throws OptionError for invalid options, and for a model that has counted nothing
   */
  sample(length: number, options: NgramSamplingOptions = {}): string {
    const { context = "", seed = 0, ...sampling } = options;
    if (integer(0).read(length) === undefined)
      throw new OptionError(`sample: expects a number of tokens, got ${describeGiven(length)}`);
    const random = new Random(seed, "sample n-grams");
    const tokens = Array.from(this.tokenizer.encode(context));
    const first = tokens.length;
    while (tokens.length < first + length) tokens.push(this.#draw(tokens, sampling, random));
    return this.tokenizer.decode(tokens.slice(first));
  }

  #draw(tokens: readonly number[], options: SamplingOptions, random: Random): number {
    for (let begin = this.#begin(tokens.length); begin <= tokens.length; begin++) {
      const found = withoutUnknown(this.#estimator.distribution(tokens, begin, tokens.length));
      if (found !== undefined) return found.tokens[sampleFrom(found.probabilities, options, random)];
    }
    throw new OptionError("sample: the model has counted no tokens, so there is nothing to draw");
  }

  /** Where the context of position `end` begins. */
  #begin(end: number): number {
    return Math.max(0, end - this.order + 1);
  }

  #nameOf(number: number): string {
    return this.tokenizer.vocabulary?.words[number] ?? this.tokenizer.decode([number]);
  }
}

/** A distribution over known tokens; undefined if no other token may follow. */
function withoutUnknown(found: Distribution | undefined): Distribution | undefined {
  const at = found?.tokens.indexOf(UNKNOWN) ?? -1;
  if (found === undefined || at < 0) return found;
  const probabilities = found.probabilities.slice();
  probabilities[at] = 0;
  return probabilities.some((probability) => probability > 0) ? { tokens: found.tokens, probabilities } : undefined;
}

/** The numbers of all tokens that a text may have; special ones only if they were counted. */
function tokensThatFollow(trie: NgramTrie, tokenizer: Tokenizer): Int32Array {
  const special = new Set(tokenizer.vocabulary?.special?.map((token) => tokenizer.numberOf(token)));
  for (const token of trie.levels[0].tokens) special.delete(token);
  return Int32Array.from({ length: tokenizer.size }, (_, number) => number).filter(
    (number) => number !== PADDING && !special.has(number),
  );
}
