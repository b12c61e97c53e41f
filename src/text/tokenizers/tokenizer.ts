/**
 * A tokenizer turns texts into numbers and back. It is a type and options, plain data that a run saves whole, and two functions
 * that follow from them. Types are rows of `catalog.ts`.
 */
import { describeGiven, OptionError } from "../../array/index.ts";
import { defineFactory, readOptions, type Schema, type TypedJson, type ValuesOf } from "../../options/index.ts";
import type { Vocabulary } from "../vocabulary.ts";

/** Writes texts from numbers as they come: gives what a number adds to the text; without a number, at the end, what is left. */
export type TokenWriter = (number?: number) => string;

/** Turns texts into the numbers of tokens, and back. */
export interface Tokenizer {
  /** The type: a name in the table `tokenizers`. */
  readonly type: string;
  /** All options of the type, with defaults filled in: plain data. */
  readonly options: Readonly<Record<string, unknown>>;
  /** How many tokens there are. */
  readonly size: number;
  /** The tokens by number; undefined where tokens are not numbered as vocabularies are. */
  readonly vocabulary: Vocabulary | undefined;
  /** The number of a token, such as `<eos>`; undefined if there is none. */
  numberOf(token: string): number | undefined;
  /** The numbers of a text's tokens. @throws OptionError for what is no text */
  encode(text: string): Int32Array;
  /** The text of some numbers, without `<pad>` and special tokens. @throws OptionError for numbers of no token */
  decode(numbers: ArrayLike<number>): string;
  /** Writes a text token by token, as `decode` does at once. */
  writer(): TokenWriter;
  /** `{ type, …options }`, of which `readTokenizer` makes an equal one. */
  toJSON(): TypedJson;
}

/** What the rules of a type give for some options. */
export interface TokenizerParts extends Pick<Tokenizer, "size" | "vocabulary" | "numberOf" | "encode" | "writer"> {
  /** Where a whole text is written faster, or differently. Default: by `writer`. */
  readonly decode?: Tokenizer["decode"];
}

/** A type of tokenizers. */
interface TokenizerDefinition<S extends Schema, L extends Schema> {
  readonly type: string;
  readonly options: S;
  readonly make: (options: ValuesOf<S>) => TokenizerParts;
  /** What learning from texts takes, beside the options of the type. */
  readonly learning: L;
  /** The options that follow from texts. */
  readonly learn: (texts: Iterable<string>, given: Readonly<Record<string, unknown>> & ValuesOf<L>) => object;
}

/** Makes tokenizers of a type, from options or from texts. */
export interface TokenizerFactory {
  /** @throws OptionError for options that it does not take */
  (options: object): Tokenizer;
  readonly type: string;
  readonly optionNames: readonly string[];
  readonly schema: Schema;
  /** A tokenizer for some texts. @throws OptionError for options that it does not take, and for what are no texts */
  readonly learn: (texts: Iterable<string>, options: object) => Tokenizer;
}

/** The factory of a type. */
export function defineTokenizer<S extends Schema, L extends Schema>({
  type,
  options: schema,
  make,
  learning,
  learn,
}: TokenizerDefinition<S, L>): TokenizerFactory {
  const factory = defineFactory({ type, options: schema, make: (options) => assemble(type, options, make(options)) });
  const learned = Object.keys(schema).filter((name) => !("fallback" in schema[name]));
  const open = Object.fromEntries(Object.entries(schema).filter(([name]) => !learned.includes(name)));
  return Object.assign((options: object) => factory(options), {
    ...{ type, optionNames: factory.optionNames, schema },
    learn: (texts: Iterable<string>, given: object) => {
      const where = `learnTokenizer (${type})`;
      const options = readOptions(where, { ...open, ...learning }, given) as ValuesOf<L>;
      const own = Object.fromEntries(Object.keys(open).map((name) => [name, options[name]]));
      return factory({ ...own, ...learn(checkTexts(where, texts), options) });
    },
  });
}

function assemble(type: string, options: object, parts: TokenizerParts): Tokenizer {
  const decode = (numbers: ArrayLike<number>): string => {
    checkNumbers(type, numbers);
    if (parts.decode !== undefined) return parts.decode(numbers);
    const write = parts.writer();
    let text = "";
    for (let i = 0; i < numbers.length; i++) text += write(numbers[i]);
    return text + write();
  };
  const encode = (text: string): Int32Array => {
    if (typeof text !== "string") throw new OptionError(`${type}: expects a text, got ${describeGiven(text)}`);
    return parts.encode(text);
  };
  const plain = Object.freeze({ ...options });
  return Object.freeze({
    ...{ ...parts, decode, encode, type, options: plain },
    toJSON: () => ({ ...plain, type }),
  });
}

function checkNumbers(where: string, numbers: unknown): void {
  if (!Array.isArray(numbers) && !ArrayBuffer.isView(numbers))
    throw new OptionError(`${where}: expects a list of the numbers of tokens, got ${describeGiven(numbers)}`);
}

/** The error of a number of no token. */
export const noToken = (where: string, number: number, size: number): OptionError =>
  new OptionError(`${where}: ${number} is not the number of a token; there are ${size}, 0 to ${size - 1}`);

function checkTexts(where: string, texts: unknown): Iterable<string> {
  const isList = typeof texts !== "string" && typeof (texts as Iterable<string>)?.[Symbol.iterator] === "function";
  if (!isList) throw new OptionError(`${where}: expects a list of texts, got ${describeGiven(texts)}`);
  return checkedTexts(where, texts as Iterable<unknown>);
}

function* checkedTexts(where: string, texts: Iterable<unknown>): Generator<string> {
  for (const text of texts) {
    if (typeof text !== "string")
      throw new OptionError(`${where}: expects a list of texts, got ${describeGiven(text)}`);
    yield text;
  }
}
