/**
 * Models of n-grams as files: safetensors with, for each length k from 1, `k.tokens` (the last tokens, sorted below each context),
 * `k.counts`, and for all but the longest `k.children` [n + 1] (where on the next level those begin that go on), all i32. The
 * metadata have `format`, and `smoothing` and `tokenizer` as JSON.
 */
import { FormatError, FoveaError, NdArray } from "../../array/index.ts";
import { isRecord, quoted, readSafetensors, type TensorFile, writeSafetensors } from "../../formats/index.ts";
import { fromJson } from "../../options/index.ts";
import { readTokenizer, type Tokenizer } from "../tokenizers/index.ts";
import { smoothingCatalog } from "./catalog.ts";
import { MOST_ORDER, NgramModel } from "./model.ts";
import type { Smoothing } from "./smoothing.ts";
import { type Level, NgramTrie } from "./trie.ts";

const FORMAT = "fovea n-grams 1";

const whole = (data: ArrayLike<number>): NdArray => new NdArray(Int32Array.from(data), [data.length], "i32");

/** The bytes of a file with a model; `readNgrams` reads them. */
export function writeNgrams(model: NgramModel): Uint8Array {
  const tensors = model.trie.levels.flatMap(({ tokens, sums, children }, i): [string, NdArray][] => {
    const counts = new Int32Array(tokens.length);
    for (let place = 0; place < counts.length; place++) counts[place] = sums[place + 1] - sums[place];
    const own: [string, NdArray][] = [
      [`${i + 1}.tokens`, whole(tokens)],
      [`${i + 1}.counts`, whole(counts)],
    ];
    return children === undefined ? own : [...own, [`${i + 1}.children`, whole(children)]];
  });
  const { type, options } = model.smoothing;
  const metadata = {
    format: FORMAT,
    smoothing: JSON.stringify({ ...options, type }),
    tokenizer: JSON.stringify(model.tokenizer),
  };
  return writeSafetensors(tensors, metadata, { checksums: true });
}

/**
 * The model in a file's bytes.
 * @param name the file's name in messages
 * @throws FormatError for a file that is damaged, hostile or of another form
 */
export function readNgrams(bytes: Uint8Array, name = "the file of n-grams"): NgramModel {
  const fail = (problem: string): FormatError => new FormatError(`${name}: ${problem}`);
  const file = readSafetensors(bytes, name);
  if (file.metadata.format !== FORMAT)
    throw fail(`expected a model of n-grams, format ${quoted(FORMAT)}, got ${quoted(String(file.metadata.format))}`);
  const tokenizer: Tokenizer = part(file, "tokenizer", readTokenizer, fail);
  const smoothing: Smoothing = part(file, "smoothing", (json) => fromJson(smoothingCatalog, json), fail);
  return new NgramModel(new NgramTrie(levelsOf(file, tokenizer.size, fail)), tokenizer, smoothing);
}

type Fail = (problem: string) => FormatError;

/** A part of the metadata; whatever is wrong with it is wrong with the file. */
function part<T>({ metadata }: TensorFile, key: string, read: (json: unknown) => T, fail: Fail): T {
  try {
    const json: unknown = JSON.parse(metadata[key] ?? "");
    if (isRecord(json)) return read(json);
  } catch (error) {
    if (!(error instanceof FoveaError || error instanceof SyntaxError)) throw error;
    throw fail(`its ${key} is damaged: ${error.message}`);
  }
  throw fail(`its ${key} is damaged: it is no object`);
}

function levelsOf({ tensors }: TensorFile, size: number, fail: Fail): Level[] {
  const order = Array.from(tensors.keys()).filter((name) => name.endsWith(".tokens")).length;
  if (order < 1 || order > MOST_ORDER) throw fail(`has n-grams of ${order} lengths, expected 1 to ${MOST_ORDER}`);
  const list = (name: string, length?: number): Int32Array => {
    const tensor = tensors.get(name);
    if (tensor?.dtype !== "i32" || tensor.shape.length !== 1 || (length !== undefined && tensor.size !== length))
      throw fail(
        `${quoted(name)} must be i32[${length ?? "n"}], got ${tensor ? `${tensor.dtype}[${tensor.shape}]` : "none"}`,
      );
    return tensor.data as Int32Array;
  };
  const levels: Level[] = [];
  for (let i = 1; i <= order; i++) {
    const tokens = list(`${i}.tokens`);
    const children = i < order ? list(`${i}.children`, tokens.length + 1) : undefined;
    levels.push({
      tokens,
      sums: sumsOf(list(`${i}.counts`, tokens.length), () => fail(`"${i}.counts" has counts that cannot be`)),
      children: children && Uint32Array.from(children),
    });
  }
  for (const [i, { tokens }] of levels.entries()) {
    const begins = i === 0 ? Uint32Array.of(0, tokens.length) : levels[i - 1].children!;
    if (!areSorted(tokens, begins, size)) throw fail(`the n-grams of ${i + 1} tokens are not in order; it is damaged`);
  }
  return levels;
}

function sumsOf(counts: Int32Array, fail: () => FormatError): Uint32Array {
  const sums = new Uint32Array(counts.length + 1);
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    sum += counts[i];
    if (counts[i] < 1 || sum >= 2 ** 32) throw fail();
    sums[i + 1] = sum;
  }
  return sums;
}

/** Whether the parts that begin at `begins` are all there, and the tokens of each ascend and are below `size`. */
function areSorted(tokens: Int32Array, begins: Uint32Array, size: number): boolean {
  if (begins[0] !== 0 || begins[begins.length - 1] !== tokens.length) return false;
  for (let part = 0; part + 1 < begins.length; part++) {
    if (begins[part + 1] < begins[part]) return false;
    let last = 0;
    for (let i = begins[part]; i < begins[part + 1]; i++) {
      if (tokens[i] <= last || tokens[i] >= size) return false;
      last = tokens[i];
    }
  }
  return true;
}
