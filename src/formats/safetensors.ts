/**
 * Safetensors: named tensors and string metadata in one file that cannot hold code.
 *
 *     8 bytes  length n of the header, little-endian
 *     n bytes  {"name": {"dtype": …, "shape": […], "data_offsets": [begin, end]}, "__metadata__": {string: string}}
 *     rest     the data, row-major, little-endian, without gaps
 *
 * Source: github.com/huggingface/safetensors, README, section "Format".
 */
import {
  bytesOf,
  checkArray,
  checkBytes,
  checkOptions,
  describeGiven,
  MAX_RANK,
  NdArray,
  OptionError,
  type TypedArray,
} from "../array/index.ts";
import { storedNames } from "./element-types.ts";
import { quoted } from "./json.ts";
import { CHECKSUMS, checksumsOf, metadataText, verifyChecksums } from "./safetensors-checksums.ts";
import { type Entry, MAX_HEADER, readSafetensorsHeader } from "./safetensors-header.ts";
import type { TensorFile } from "./tensor-file.ts";

/** The contents of a safetensors file: tensors in the order of their data, and the `__metadata__` without checksums. */
export type Safetensors = TensorFile;

/**
 * Reads a file's bytes. F32, F64, I32, U8 and BOOL keep their type; F16 and BF16 become f32, exactly; I8, I16, U16, U32, I64
 * and U64 become i32 if every value fits. The data are copied, so `bytes` may be reused. Checksums in the metadata, as written by
 * `writeSafetensors`, are verified and left out of `metadata`.
 * @param name the file's name in messages
 * @throws FormatError if the file violates the format, or a checksum is wrong
 */
export function readSafetensors(bytes: Uint8Array, name = "the safetensors data"): Safetensors {
  checkBytes("readSafetensors", bytes);
  return readEach(bytes, name, ({ type, fail }, data) => type.read(data, fail));
}

/** As `readSafetensors`, without copies where tensors are stored as we have them: the bytes then belong to the tensors. */
export const viewSafetensors = (bytes: Uint8Array, name: string): Safetensors =>
  readEach(bytes, name, ({ type, fail }, data) => type.view?.(data) ?? type.read(data, fail));

function readEach(bytes: Uint8Array, name: string, read: (entry: Entry, data: Uint8Array) => TypedArray): Safetensors {
  const { entries, metadata, data } = readSafetensorsHeader(bytes, name);
  verifyChecksums(entries, metadata, data, name);
  const tensors = new Map<string, NdArray>();
  for (const entry of entries) {
    const { name, type, shape, begin, end } = entry;
    tensors.set(name, new NdArray(read(entry, data.subarray(begin, end)), shape, type.dtype));
  }
  return { tensors, metadata };
}

/** Options of `writeSafetensors`. */
export interface WriteSafetensorsOptions {
  /**
   * Whether to add checksums of each tensor and of the metadata, which `readSafetensors` verifies. Default false: programs
   * that change tensors and keep the metadata would leave wrong ones.
   */
  readonly checksums?: boolean | undefined;
}

/**
 * A file's bytes: tensors in the order given, metadata sorted by key, so the same input gives the same bytes.
 * @throws OptionError for duplicate or reserved names, for metadata that are not strings, and for values that
 *   `readSafetensors` would refuse
 */
export function writeSafetensors(
  tensors: Iterable<readonly [string, NdArray]>,
  metadata: Readonly<Record<string, string>> = {},
  options: WriteSafetensorsOptions = {},
): Uint8Array {
  checkOptions("writeSafetensors", options);
  const { checksums = false } = options;
  if (typeof tensors?.[Symbol.iterator] !== "function")
    throw new OptionError(
      `writeSafetensors: expects a list of [name, array], got ${describeGiven(tensors)}; Object.entries({ … }) makes one`,
    );
  const named = [...tensors];
  const stray = named.find((entry) => !Array.isArray(entry));
  if (stray !== undefined)
    throw new OptionError(`writeSafetensors: an entry must be [name, array], got ${describeGiven(stray)}`);
  for (const [name, array] of named) checkArray("writeSafetensors", `tensor ${name}`, array);
  checkTensorNames(named.map(([name]) => name));
  for (const [name, array] of named) checkTensor(name, array);
  checkMetadata(metadata);
  const all = checksums ? { ...metadata, [CHECKSUMS]: checksumsOf(named, metadata) } : metadata;
  const header = new TextEncoder().encode(headerText(named, all));
  if (header.length > MAX_HEADER - 8) {
    throw new OptionError(
      `the header takes ${header.length} bytes, the limit is ${MAX_HEADER}; use shorter names or less metadata`,
    );
  }
  // Padded with spaces, so that the data begin at a multiple of 8.
  const begin = 8 + Math.ceil(header.length / 8) * 8;
  const file = new Uint8Array(named.reduce((offset, [, array]) => offset + byteLength(array), begin)).fill(
    0x20,
    8,
    begin,
  );
  new DataView(file.buffer).setBigUint64(0, BigInt(begin - 8), true);
  file.set(header, 8);
  let offset = begin;
  for (const [, { data }] of named) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return file;
}

/** Checks what a reader would refuse. */
function checkTensor(name: string, { dtype, shape, data }: NdArray): void {
  if (shape.length > MAX_RANK) {
    throw new OptionError(`tensor ${quoted(name)} has ${shape.length} axes, the limit is ${MAX_RANK}`);
  }
  const wrong = dtype === "bool" ? data.find((byte) => byte > 1) : undefined;
  if (wrong !== undefined) throw new OptionError(`tensor ${quoted(name)} is bool and holds ${wrong}, expected 0 or 1`);
}

function checkMetadata(metadata: Readonly<Record<string, string>>): void {
  for (const [key, text] of Object.entries(metadata)) {
    if (typeof text !== "string") throw new OptionError(`metadata ${quoted(key)} must be a string`);
    if (key === CHECKSUMS) throw new OptionError(`metadata cannot have the key ${key}: it is for checksums`);
  }
}

const byteLength = (array: NdArray): number => array.size * bytesOf(array.dtype);

function headerText(
  named: readonly (readonly [string, NdArray])[],
  metadata: Readonly<Record<string, string>>,
): string {
  const members = Object.keys(metadata).length > 0 ? [`"__metadata__":${metadataText(metadata)}`] : [];
  let begin = 0;
  for (const [name, array] of named) {
    const end = begin + byteLength(array);
    const entry = { dtype: storedNames[array.dtype], shape: array.shape, data_offsets: [begin, end] };
    members.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
    begin = end;
  }
  return `{${members.join(",")}}`;
}

function checkTensorNames(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (name === "__metadata__")
      throw new OptionError("a tensor cannot be called __metadata__: the format reserves it");
    if (seen.has(name)) throw new OptionError(`two tensors are called ${quoted(name)}: names must be unique`);
    seen.add(name);
  }
}
