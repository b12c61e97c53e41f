/**
 * Models in several files with a list, `model.safetensors.index.json` or `pytorch_model.bin.index.json`:
 * `{ "metadata": {…}, "weight_map": { "NAME": "FILE", … } }`. Source: Hugging Face, `transformers`, "Instantiating a big
 * model", section "Sharded checkpoints".
 */
import { readFile } from "#platform";
import { checkBytes, checkPath, FormatError, type NdArray, OptionError } from "../array/index.ts";
import type { Fail } from "./fail.ts";
import { describeJson, isRecord, parseObject, quoted } from "./json.ts";
import { checkedOptions, type ReadTensorsOptions, readTensors } from "./read-tensors.ts";
import type { TensorFile } from "./tensor-file.ts";

const LONGEST_NAME = 255;
const MOST_SHOWN = 5;

/**
 * The tensors of a model in several files.
 * @param index the bytes of the list
 * @param read gives the bytes of a file by its name, which is a plain one: no path leads out of the folder
 * @param name the list's name in messages
 * @throws FormatError if the list is damaged, or a file holds other tensors than the list says; what `read` throws
 */
export async function readShardedTensors(
  index: Uint8Array,
  read: (file: string) => Promise<Uint8Array>,
  name = "the list of files",
  options: ReadTensorsOptions = {},
): Promise<TensorFile> {
  checkBytes("readShardedTensors", index);
  checkedOptions("readShardedTensors", options);
  if (typeof read !== "function")
    throw new OptionError(
      "readShardedTensors: expects a function that reads a file by name, (file) => Promise of bytes",
    );
  const fail: Fail = (problem) => new FormatError(`${name}: ${problem}`);
  const tensors = new Map<string, NdArray>();
  let metadata: Record<string, string> = Object.create(null);
  for (const [file, names] of readIndex(index, fail)) {
    const shard = await readTensors(await read(file), file, options);
    checkNames(file, names, shard.tensors, fail);
    for (const [key, array] of shard.tensors) tensors.set(key, array);
    metadata = Object.assign(Object.create(null), shard.metadata, metadata);
  }
  return { tensors, metadata };
}

/** The names that each file should hold. */
function readIndex(index: Uint8Array, fail: Fail): Map<string, Set<string>> {
  const map = parseObject(index, (problem) => fail(`it ${problem}; is it the list of a model's files?`)).get(
    "weight_map",
  );
  if (!isRecord(map)) throw fail(`its weight_map is ${describeJson(map)}, expected an object of file names`);
  const files = new Map<string, Set<string>>();
  for (const [tensor, file] of Object.entries(map)) {
    if (typeof file !== "string" || !isPlainName(file))
      throw fail(
        `tensor ${quoted(tensor)} is in ${describeJson(file)}, expected the name of a file in the same folder`,
      );
    files.set(file, (files.get(file) ?? new Set()).add(tensor));
  }
  return files;
}

const isPlainName = (name: string): boolean =>
  name !== "" && name.length <= LONGEST_NAME && !/[/\\:\p{Cc}]/u.test(name) && name !== "." && name !== "..";

function checkNames(
  file: string,
  expected: ReadonlySet<string>,
  found: ReadonlyMap<string, NdArray>,
  fail: Fail,
): void {
  const missing = [...expected].filter((name) => !found.has(name));
  if (missing.length > 0) throw fail(`${quoted(file)} lacks ${list(missing)}, which should be in it`);
  const extra = [...found.keys()].filter((name) => !expected.has(name));
  if (extra.length > 0) throw fail(`${quoted(file)} holds ${list(extra)}, which should not be in it`);
}

const list = (names: readonly string[]): string =>
  names.slice(0, MOST_SHOWN).map(quoted).join(", ") +
  (names.length > MOST_SHOWN ? ` and ${names.length - MOST_SHOWN} more` : "");

/**
 * The tensors of a file that `readTensors` knows, or of a model in several files, of which `path` is the list: the files
 * beside it are read, too.
 * @throws DataError if a file cannot be read, FormatError if it is damaged, hostile or of another form
 */
export async function loadTensors(path: string, options: ReadTensorsOptions = {}): Promise<TensorFile> {
  checkPath("loadTensors", path);
  const bytes = await readFile(path);
  if (!path.endsWith(".json")) return readTensors(bytes, path, options);
  const folder = path.slice(0, Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  return readShardedTensors(bytes, (file) => readFile(folder + file), path, options);
}
