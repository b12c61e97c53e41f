/**
 * A long text as parallel streams of windows, for truncated back-propagation through time: the text is cut into as many equal
 * parts as a batch has rows, and a batch holds the next window of every part. So states go on from batch to batch, and every
 * token is predicted from all tokens before it in its part. Source: 10-301, "RNN language models"; Williams and Peng 1990.
 */
import { DataError, describeGiven, NdArray, OptionError } from "../../array/index.ts";
import { integer, readOptions, withDefault } from "../../options/index.ts";
import type { Vocabulary } from "../../text/index.ts";
import { dataset } from "../columns/table.ts";
import { tokens } from "../columns/tokens.ts";
import type { DataTable } from "../dataset.ts";

/** Options of `textStreams`. */
export interface TextStreamsOptions {
  /** The name of the data set, for messages. Default `text`. */
  readonly name?: string | undefined;
  /** Streams in parallel: the rows of a batch. Default 64. */
  readonly streams?: number | undefined;
  /** Tokens in a window, through which gradients flow. Default 128. */
  readonly steps?: number | undefined;
  /** The vocabulary of the tokens. Default: none. */
  readonly vocabulary?: Vocabulary | undefined;
}

const sizes = { streams: withDefault(integer(1), 64), steps: withDefault(integer(1), 128) };

/** Columns `tokens` and `next`, each `i32` [windows · streams, steps]. */
export type TextStreams = DataTable<{
  readonly tokens: ReturnType<typeof tokens>;
  readonly next: ReturnType<typeof tokens>;
}>;

/**
 * A text as streams: `tokens`, and in `next` the token that follows each. What does not fill a window of every stream, at the end of
 * the text, is left out.
 * @param text the numbers of its tokens, as a tokenizer gives them
 * @example
 * const train = textStreams(tokenizer.encode(text), { streams: 64, steps: 128 });
 * await fit(network, train, { task: nextToken({ target: "next", shifted: true }) });
 * @throws DataError for a text that is too short for one window of every stream
 */
export function textStreams(text: Int32Array, options: TextStreamsOptions = {}): TextStreams {
  const { name = "text", vocabulary, ...given } = options;
  const { streams, steps } = readOptions("textStreams", sizes, given);
  if (!(text instanceof Int32Array))
    throw new OptionError(`textStreams: expects the tokens of a text, an Int32Array, got ${describeGiven(text)}`);
  const windows = Math.floor((text.length - 1) / (streams * steps));
  if (windows < 1)
    throw new DataError(
      `textStreams: ${name} has ${text.length} tokens; ${streams} streams of ${steps} steps take ${streams * steps + 1}: ` +
        "give more text, or fewer streams or steps",
    );
  const columns = { tokens: 0, next: 1 };
  const cut = (offset: number): NdArray => {
    const rows = new Int32Array(windows * streams * steps);
    for (let row = 0; row < windows * streams; row++) {
      const from = ((row % streams) * windows + Math.floor(row / streams)) * steps + offset;
      rows.set(text.subarray(from, from + steps), row * steps);
    }
    return new NdArray(rows, [windows * streams, steps], "i32");
  };
  const table = dataset(name, {
    tokens: tokens(cut(columns.tokens), vocabulary),
    next: tokens(cut(columns.next), vocabulary),
  });
  return Object.freeze({ ...table, streams });
}

/** How a text may be divided. */
export interface StreamSizes {
  /** Streams in parallel. */
  readonly streams: number;
  /** Tokens in a window. */
  readonly steps: number;
}

/**
 * Of the divisions with at most as many streams and steps, and at least half of each, the one that leaves out the fewest tokens; for
 * evaluation, where every token should count. A short text has fewer of both.
 */
export function fittingStreams(length: number, { streams, steps }: StreamSizes): StreamSizes {
  const most = Math.max(1, length - 1);
  if (streams > 1 && streams * steps > most) return fittingStreams(length, { streams: Math.floor(streams / 2), steps });
  const longest = Math.min(steps, most);
  let best = { streams: 1, steps: longest, left: most % longest };
  for (let s = streams; s >= streams / 2; s--)
    for (let t = longest; t >= longest / 2; t--)
      if (most % (s * t) < best.left && s * t <= most) best = { streams: s, steps: t, left: most % (s * t) };
  return { streams: best.streams, steps: best.steps };
}
