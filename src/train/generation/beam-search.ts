/**
 * Beam search: of each sample the `width` most probable beginnings are kept and continued, until as many have ended. A
 * sequence's score is its log-probability, divided by the length penalty
 *
 *   lp(Y) = ((5 + |Y|) / (5 + 1))^α
 *
 * where |Y| counts the end mark, too; of the ended ones the best score wins. A width of 1 is greedy search. Sources: Wu et al.
 * 2016, "Google's Neural Machine Translation System", 7; Sutskever, Vinyals, Le 2014.
 */
import type { NdArray } from "../../array/index.ts";

/** How a search goes. */
export interface SearchRules {
  /** How many beginnings of each sample are kept. */
  readonly width: number;
  /** α of the length penalty: 0 compares log-probabilities, larger ones prefer longer sequences. */
  readonly lengthPenalty: number;
  /** The token that ends a sequence. */
  readonly end: number;
  /** Tokens that are never written. */
  readonly excluded: readonly number[];
  /** The most tokens of each sample's sequences, the end mark included. */
  readonly most: readonly number[];
}

/** A sequence that was found. */
export interface Hypothesis {
  /** Its tokens, without the end mark. */
  readonly tokens: readonly number[];
  /** The logarithm of its probability. */
  readonly logProbability: number;
  /** The same divided by the length penalty. */
  readonly score: number;
}

/** What the next step continues: a token for each row, and the row that it continues. */
export interface Continuation {
  readonly tokens: Int32Array;
  readonly parents: Int32Array;
}

/** A beginning: its tokens and their log-probability. */
interface Beginning {
  readonly tokens: readonly number[];
  readonly logProbability: number;
}

/** A beginning with one more token. */
interface Candidate {
  /** The place of the beginning among those of its sample. */
  readonly parent: number;
  readonly token: number;
  readonly logProbability: number;
}

/** lp(Y) of a sequence of this length. */
export const lengthPenaltyOf = (length: number, alpha: number): number => ((5 + length) / 6) ** alpha;

/** The search for the sequences of one sample. */
class SampleSearch {
  readonly #rules: SearchRules;
  readonly #most: number;
  readonly ended: Hypothesis[] = [];
  beginnings: readonly Beginning[] = [{ tokens: [], logProbability: 0 }];

  constructor(rules: SearchRules, most: number) {
    this.#rules = rules;
    this.#most = most;
  }

  get isOver(): boolean {
    return this.beginnings.length === 0;
  }

  /**
   * Takes the best continuations.
   * @param rowOf the log-probabilities of the tokens after the beginning at a place
   * @returns for each kept beginning the place of the one that it continues
   */
  advance(rowOf: (place: number) => ArrayLike<number>): readonly number[] {
    const { width, end } = this.#rules;
    const kept: Beginning[] = [];
    const parents: number[] = [];
    for (const [rank, { parent, token, logProbability }] of this.#candidates(rowOf).entries()) {
      const { tokens } = this.beginnings[parent];
      if (token !== end) {
        if (kept.length === width) continue;
        kept.push({ tokens: [...tokens, token], logProbability });
        parents.push(parent);
      } else if (rank < width) this.#end({ tokens, logProbability }, tokens.length + 1);
    }
    const isLong = kept.length > 0 && kept[0].tokens.length >= this.#most;
    if (isLong && this.ended.length < width)
      for (const beginning of kept) this.#end(beginning, beginning.tokens.length);
    this.beginnings = isLong || this.ended.length >= width ? [] : kept;
    return this.isOver ? [] : parents;
  }

  #end({ tokens, logProbability }: Beginning, length: number): void {
    const score = logProbability / lengthPenaltyOf(length, this.#rules.lengthPenalty);
    this.ended.push({ tokens, logProbability, score });
  }

  /** The best continuations, twice as many as are kept, since as many may end; the best first. */
  #candidates(rowOf: (place: number) => ArrayLike<number>): readonly Candidate[] {
    const count = 2 * this.#rules.width;
    const best: Candidate[] = [];
    for (const [parent, { logProbability }] of this.beginnings.entries()) {
      const row = rowOf(parent);
      for (let token = 0; token < row.length; token++) {
        const total = logProbability + row[token];
        const isBetter = best.length < count ? total > -Infinity : total > best[count - 1].logProbability;
        if (!isBetter || this.#rules.excluded.includes(token)) continue;
        if (best.length === count) best.pop();
        const place = best.findIndex((other) => other.logProbability < total);
        best.splice(place < 0 ? best.length : place, 0, { parent, token, logProbability: total });
      }
    }
    return best;
  }
}

/** Beam search over samples whose next tokens' log-probabilities come step by step. */
export class BeamSearch {
  readonly #rules: SearchRules;
  readonly #samples: readonly SampleSearch[];

  constructor(rules: SearchRules) {
    this.#rules = rules;
    this.#samples = rules.most.map((most) => new SampleSearch(rules, most));
  }

  /**
   * Goes on by one step.
   * @param logProbabilities of the next tokens: [n, tokens] at first, then [n · width, tokens]
   * @returns what to continue with, or `undefined` when all samples are done
   */
  advance({ data, shape: [rows, tokens] }: NdArray): Continuation | undefined {
    const { width, end } = this.#rules;
    const perSample = rows / this.#samples.length;
    const count = this.#samples.length * width;
    const next = { tokens: new Int32Array(count).fill(end), parents: Int32Array.from({ length: count }, (_, i) => i) };
    let isDone = true;
    for (const [i, sample] of this.#samples.entries()) {
      if (sample.isOver) continue;
      const rowOf = (place: number) => {
        const row = i * perSample + place;
        return data.subarray(row * tokens, (row + 1) * tokens);
      };
      const parents = sample.advance(rowOf);
      for (const [place, parent] of parents.entries()) {
        next.parents[i * width + place] = i * width + parent;
        next.tokens[i * width + place] = sample.beginnings[place].tokens.at(-1)!;
      }
      isDone &&= sample.isOver;
    }
    return isDone ? undefined : next;
  }

  /** The sequences of each sample that ended, the best first. */
  results(): readonly (readonly Hypothesis[])[] {
    return this.#samples.map(({ ended }) => ended.toSorted((a, b) => b.score - a.score));
  }
}
