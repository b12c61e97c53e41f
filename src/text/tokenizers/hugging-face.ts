/**
 * Tokenizers of Hugging Face's models, `tokenizer.json` with `tokenizer_config.json` beside it, by the package
 * @huggingface/tokenizers where it is installed. Numbers are those of the file, which need not have `<pad>` at 0.
 */
import { fileExists, optionalPackage, readFile } from "#platform";
import { CapabilityError, checkPath, FormatError, OptionError } from "../../array/index.ts";
import { type Fail, isRecord, parseObject } from "../../formats/index.ts";
import { defineFactory, type Kind, withDefault } from "../../options/index.ts";
import {
  assemble,
  noToken,
  type Tokenizer,
  type TokenizerFactory,
  type TokenizerParts,
  type TokenWriter,
} from "./tokenizer.ts";

const PACKAGE = "@huggingface/tokenizers";

/** The part of the package that is used, described here so that its types need not be installed either. */
interface HuggingFaceTokenizer {
  encode(text: string, options: { add_special_tokens: boolean }): { readonly ids: number[] };
  decode(ids: number[], options: { skip_special_tokens: boolean }): string;
  token_to_id(token: string): number | undefined;
  get_vocab(withAdded: boolean): Map<string, number>;
}
type Constructor = new (tokenizer: object, config: object) => HuggingFaceTokenizer;

let loaded: Constructor | undefined;

/** Loads the package. @throws CapabilityError with what to install */
async function loadPackage(): Promise<void> {
  if (loaded !== undefined) return;
  const found = await optionalPackage(PACKAGE);
  if (!found.found)
    throw new CapabilityError(
      `tokenizer.json needs the package ${PACKAGE}, which ${found.reason}: npm install ${PACKAGE}`,
    );
  loaded = (found.module as { readonly Tokenizer: Constructor }).Tokenizer;
}

const json: Kind<Readonly<Record<string, unknown>>> = {
  expects: "the object in a JSON file",
  read: (value) => (isRecord(value) ? value : undefined),
};

const options = { tokenizer: json, config: withDefault(json, {}) };

const create = defineFactory({
  type: "huggingFace",
  options,
  make: (values) => assemble("huggingFace", values, partsOf(values.tokenizer, values.config)),
});

/** Tokenizers of Hugging Face's models. They cannot be learned, and `openTokenizer` has to load the package before. */
export const huggingFace: TokenizerFactory = Object.assign((given: object) => create(given), {
  ...{ type: create.type, optionNames: create.optionNames, schema: create.schema },
  learn: (): Tokenizer => {
    throw new OptionError("learnTokenizer: huggingFace is read from a file, by loadHuggingFace; bpe can be learned");
  },
});

/**
 * The tokenizer of a Hugging Face model. Special tokens are not added to texts.
 * @param path of `tokenizer.json`; `tokenizer_config.json` in the same folder is read, too, if it is there
 * @throws CapabilityError without the package @huggingface/tokenizers; DataError if the file cannot be read; FormatError for what
 *   the package does not take
 */
export async function loadHuggingFace(path: string): Promise<Tokenizer> {
  checkPath("loadHuggingFace", path);
  const config = path.replace(/[^/\\]*$/, "tokenizer_config.json");
  const read = async (file: string) => Object.fromEntries(parseObject(await readFile(file), failOf(file)));
  const given = { tokenizer: await read(path), ...((await fileExists(config)) && { config: await read(config) }) };
  await loadPackage();
  try {
    return huggingFace(given);
  } catch (error) {
    throw new FormatError(`${path}: is no tokenizer that ${PACKAGE} reads: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

const failOf =
  (file: string): Fail =>
  (problem) =>
    new FormatError(`${file}: it ${problem}`);

/** Loads what the JSON form of a tokenizer needs. */
export async function prepareTokenizer(type: unknown): Promise<void> {
  if (type === huggingFace.type) await loadPackage();
}

function partsOf(tokenizer: object, config: object): TokenizerParts & Pick<Tokenizer, "decode"> {
  if (loaded === undefined)
    throw new CapabilityError(`huggingFace: the package ${PACKAGE} is not loaded yet; use await openTokenizer(json)`);
  const inner = new loaded(tokenizer, config);
  const numbers = new Set(inner.get_vocab(true).values());
  const size = 1 + Array.from(numbers).reduce((a, b) => Math.max(a, b), -1);
  const decode = (given: ArrayLike<number>): string => {
    const ids = Array.from(given);
    const wrong = ids.find((id) => !numbers.has(id));
    if (wrong !== undefined) throw noToken("huggingFace", wrong, size);
    return inner.decode(ids, { skip_special_tokens: true });
  };
  return {
    ...{ size, vocabulary: undefined, decode },
    numberOf: (token) => inner.token_to_id(token),
    encode: (text) => Int32Array.from(inner.encode(text, { add_special_tokens: false }).ids),
    writer: () => growing(decode),
  };
}

/** Writes what each token adds to the text of all before; half a character waits for its other half. */
function growing(decode: (ids: readonly number[]) => string): TokenWriter {
  const ids: number[] = [];
  let written = "";
  return (number) => {
    if (number !== undefined) ids.push(number);
    const text = decode(ids);
    const whole = number === undefined ? text : text.replace(/\ufffd+$/, "");
    const added = whole.slice(written.length);
    if (whole.length > written.length) written = whole;
    return added;
  };
}
