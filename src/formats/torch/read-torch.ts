/** Files of `torch.save`, in its three forms: zip archives, a row of pickles, tar archives. No code in them is run. */
import { checkBytes, FormatError } from "../../array/index.ts";
import { isTar } from "../tar-header.ts";
import type { TensorFile } from "../tensor-file.ts";
import { UNPACKED_LIMIT, ZipArchive } from "../zip/index.ts";
import { findStateDict } from "./state-dict.ts";
import { contextOf } from "./torch-globals.ts";
import { readTorchLegacy } from "./torch-legacy.ts";
import { readTorchTar } from "./torch-tar.ts";
import { readTorchZip } from "./torch-zip.ts";

/** Options of `readTorch`. */
export interface ReadTorchOptions {
  /** The most bytes that compressed parts may be unpacked to. Default 2 GiB. */
  readonly limit?: number | undefined;
}

/** Options of `readTorchTensors`. */
export interface ReadTorchTensorsOptions extends ReadTorchOptions {
  /** Under which key of the outermost dictionary the tensors are. Default: they are searched under the usual keys. */
  readonly key?: string | undefined;
}

/**
 * Everything in a PyTorch file (`.pth`, `.pt`, `.bin`) as plain values: dictionaries are maps, lists and tuples arrays, None
 * null, tensors `TorchTensor`s, which are converted when `read()` is called. Objects of classes that are not known become
 * `PickledObject`s; their code is never run.
 * @param name the file's name in messages
 * @throws FormatError if the file is damaged, hostile or of another format
 */
export async function readTorch(
  bytes: Uint8Array,
  name = "the PyTorch data",
  options: ReadTorchOptions = {},
): Promise<unknown> {
  checkBytes("readTorch", bytes);
  const context = contextOf(name, bytes.length, (problem) => new FormatError(`${name}: ${problem}`));
  if (bytes[0] === 0x50 && bytes[1] === 0x4b)
    return readTorchZip(new ZipArchive(bytes, name, options.limit ?? UNPACKED_LIMIT), context);
  if (isTar(bytes)) return readTorchTar(bytes, context);
  return readTorchLegacy(bytes, context);
}

/**
 * The tensors of a model in a PyTorch file: a dictionary of tensors, alone or in a checkpoint under `state_dict`, `model` or
 * another usual key, or a whole module. F16 and BF16 become f32, integers other than u8 become i32; tensors of one storage
 * share their data. Texts, numbers and booleans beside the dictionary are in `metadata`, as text.
 * @param name the file's name in messages
 * @throws FormatError if the file is damaged, hostile or of another format, has no tensors, or values that do not fit
 */
export async function readTorchTensors(
  bytes: Uint8Array,
  name = "the PyTorch data",
  options: ReadTorchTensorsOptions = {},
): Promise<TensorFile> {
  const value = await readTorch(bytes, name, options);
  const found = findStateDict(value, options.key, (problem) => new FormatError(`${name}: ${problem}`));
  const tensors = new Map(Array.from(found.tensors, ([key, tensor]) => [key, tensor.read(key)]));
  return { tensors, metadata: notesIn(found.around) };
}

const NOTE_TYPES = ["string", "number", "bigint", "boolean"];
const LONGEST_NOTE = 10_000;

function notesIn(around: unknown): Record<string, string> {
  const notes: Record<string, string> = Object.create(null);
  for (const [key, value] of around instanceof Map ? around : [])
    if (typeof key === "string" && NOTE_TYPES.includes(typeof value)) notes[key] = String(value).slice(0, LONGEST_NOTE);
  return notes;
}
