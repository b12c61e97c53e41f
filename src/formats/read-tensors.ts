/** Reads a file of tensors of any form that is known, by its first bytes. */
import { gunzip } from "#platform";
import { checkBytes, checkOptions, FormatError, OptionError } from "../array/index.ts";
import { isCount } from "./json.ts";
import { isNpy, isNpzArchive, readNpy, readNpzArchive } from "./numpy/index.ts";
import { readSafetensors } from "./safetensors.ts";
import { isTar } from "./tar-header.ts";
import type { TensorFile } from "./tensor-file.ts";
import { readTorchTensors, torchFolderOf } from "./torch/index.ts";
import { UNPACKED_LIMIT, ZipArchive } from "./zip/index.ts";

/** Options of `readTensors` and `loadTensors`. */
export interface ReadTensorsOptions {
  /** In a PyTorch checkpoint, the key of the tensors in the outermost dictionary. Default: they are searched. */
  readonly key?: string | undefined;
  /** The most bytes that compressed files may be unpacked to. Default 2 GiB. */
  readonly limit?: number | undefined;
}

/** Options with defaults filled in. */
interface CheckedOptions {
  readonly key: string | undefined;
  readonly limit: number;
}

/** A form of files. */
interface Form {
  /** Whether a file has it. */
  is(bytes: Uint8Array): boolean;
  read(bytes: Uint8Array, name: string, options: CheckedOptions): TensorFile | Promise<TensorFile>;
}

const startsWith = (bytes: Uint8Array, ...start: readonly number[]): boolean =>
  start.every((byte, i) => bytes[i] === byte);

/** Safetensors begin with the length of a header of JSON: less than 2³² bytes, and then a brace. */
const isSafetensors = (bytes: Uint8Array): boolean =>
  bytes.length > 8 && bytes[8] === 0x7b && bytes.subarray(4, 8).every((byte) => byte === 0);

const forms: readonly Form[] = [
  { is: isSafetensors, read: (bytes, name) => readSafetensors(bytes, name) },
  { is: (bytes) => startsWith(bytes, 0x1f, 0x8b), read: readGzip },
  { is: (bytes) => startsWith(bytes, 0x50, 0x4b), read: readZip },
  { is: isNpy, read: (bytes, name) => ({ tensors: new Map([["array", readNpy(bytes, name)]]), metadata: {} }) },
  { is: (bytes) => startsWith(bytes, 0x80) || isTar(bytes), read: readTorchTensors },
];

/** Files that users may take for one of ours, by how they begin, and what to do. */
const others: readonly (readonly [is: (bytes: Uint8Array) => boolean, hint: string])[] = [
  [
    (bytes) => startsWith(bytes, 0x89, 0x48, 0x44, 0x46),
    "it is an HDF5 file (Keras); save its arrays with numpy.savez",
  ],
  [(bytes) => startsWith(bytes, 0x47, 0x47, 0x55, 0x46), "it is a GGUF file; convert it to safetensors"],
  [
    (bytes) => startsWith(bytes.subarray(4), 0x54, 0x46, 0x4c, 0x33),
    "it is a TensorFlow Lite file; save its arrays with numpy.savez",
  ],
  [(bytes) => startsWith(bytes, 0x7b), "it is JSON; the list of a model's parts is read by loadTensors"],
  [(bytes) => startsWith(bytes, 0x3c), "it is a web page or XML; fetch the file itself"],
  [
    (bytes) => startsWith(bytes, 0x76, 0x65, 0x72, 0x73, 0x69, 0x6f, 0x6e),
    "it is a pointer of Git LFS; fetch the file itself",
  ],
];

/**
 * The tensors of a file: safetensors, PyTorch (`.pth`, `.pt`, `.bin`), NumPy (`.npz`; `.npy`, whose one tensor is called
 * `array`), each of them also packed with gzip. The form is found by the first bytes. What becomes of element types is said at
 * `readSafetensors`, `readTorchTensors` and `readNpz`.
 * @param name the file's name in messages
 * @throws FormatError if the file is of another form, damaged or hostile; OptionError for options that are no such
 */
export async function readTensors(
  bytes: Uint8Array,
  name = "the file of tensors",
  options: ReadTensorsOptions = {},
): Promise<TensorFile> {
  checkBytes("readTensors", bytes);
  return readForm(bytes, name, checkedOptions("readTensors", options));
}

export function checkedOptions(where: string, options: ReadTensorsOptions): CheckedOptions {
  checkOptions(where, options);
  const { key, limit = UNPACKED_LIMIT } = options;
  if (!isCount(limit)) throw new OptionError(`${where}: limit must be a number of bytes, got ${String(limit)}`);
  if (key !== undefined && typeof key !== "string")
    throw new OptionError(`${where}: key must be the name of an entry, got ${String(key)}`);
  return { key, limit };
}

function readForm(bytes: Uint8Array, name: string, options: CheckedOptions) {
  const form = forms.find(({ is }) => is(bytes));
  if (form !== undefined) return form.read(bytes, name, options);
  const start = Array.from(bytes.subarray(0, 4), (byte) => `0x${byte.toString(16).padStart(2, "0")}`).join(" ");
  const hint = others.find(([is]) => is(bytes))?.[1] ?? `it begins with ${start || "nothing"}`;
  throw new FormatError(`${name}: expected safetensors, a PyTorch file, .npz or .npy; ${hint}`);
}

async function readGzip(bytes: Uint8Array, name: string, options: CheckedOptions): Promise<TensorFile> {
  const unpacked = await gunzip(bytes, options.limit, name);
  if (startsWith(unpacked, 0x1f, 0x8b)) throw new FormatError(`${name}: it is packed with gzip twice; unpack it once`);
  return readForm(unpacked, name, options);
}

function readZip(bytes: Uint8Array, name: string, options: CheckedOptions): Promise<TensorFile> {
  const archive = new ZipArchive(bytes, name, options.limit);
  if (torchFolderOf(archive) !== undefined) return readTorchTensors(bytes, name, options);
  if (isNpzArchive(archive)) return readNpzArchive(archive, name);
  throw new FormatError(
    `${name}: it is a zip archive of neither PyTorch (data.pkl) nor NumPy (.npy); unpack it and read the file in it`,
  );
}
