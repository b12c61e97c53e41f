/**
 * The header of a safetensors file, which is not trusted: the result needs no further checks. Tensors must cover the data
 * section exactly, without gap or overlap, as the format requires. Source: github.com/huggingface/safetensors, README,
 * section "Format".
 */
import { FormatError, formatShape, MAX_RANK, type Shape } from "../array/index.ts";
import { type StoredType, storedTypes } from "./element-types.ts";
import type { Fail } from "./fail.ts";
import { describeJson, isCount, isRecord, parseObject, quoted } from "./json.ts";

/** The format's limit; a longer header could exhaust memory. */
export const MAX_HEADER = 100_000_000;
const LENGTH_BYTES = 8;

export interface Entry {
  readonly name: string;
  readonly type: StoredType;
  /** As the file has it, such as `F32`. */
  readonly typeName: string;
  readonly shape: Shape;
  /** Offsets into the data section. */
  readonly begin: number;
  readonly end: number;
  readonly fail: Fail;
}

export interface Header {
  /** In the order of their data. */
  readonly entries: readonly Entry[];
  readonly metadata: Record<string, string>;
  readonly data: Uint8Array;
}

/** @throws FormatError that begins with `file` */
export function readSafetensorsHeader(bytes: Uint8Array, file: string): Header {
  const fail = (problem: string) => new FormatError(`${file}: ${problem}`);
  const length = headerLength(bytes, fail);
  const text = bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
  const data = bytes.subarray(LENGTH_BYTES + length);
  const object = parseObject(text, (problem) => fail(`the header ${problem}; is it a safetensors file?`));
  const metadata = readMetadata(object.get("__metadata__"), fail);
  object.delete("__metadata__");
  const entries = Array.from(object, ([name, value]) => readEntry(name, value, fail));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkCover(entries, data.length, fail);
  return { entries, metadata, data };
}

function headerLength(bytes: Uint8Array, fail: Fail): number {
  if (bytes.length < LENGTH_BYTES) {
    throw fail(`${bytes.length} bytes are too short for a safetensors file, which begins with an 8-byte length`);
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > MAX_HEADER) {
    throw fail(`its header would be ${length} bytes long, the limit is ${MAX_HEADER}; is it a safetensors file?`);
  }
  const rest = bytes.length - LENGTH_BYTES;
  if (length > rest) {
    throw fail(`its header takes ${length} bytes, only ${rest} follow; the file was cut off, fetch or save it again`);
  }
  return Number(length);
}

function readMetadata(value: unknown, fail: Fail): Record<string, string> {
  const metadata: Record<string, string> = Object.create(null);
  if (value === undefined) return metadata;
  if (!isRecord(value)) throw fail(`__metadata__ is ${describeJson(value)}, expected an object of strings`);
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") throw fail(`__metadata__ ${quoted(key)} is ${describeJson(text)}, expected a string`);
    metadata[key] = text;
  }
  return metadata;
}

function readEntry(name: string, value: unknown, failFile: Fail): Entry {
  const fail = (problem: string) => failFile(`tensor ${quoted(name)}: ${problem}`);
  if (!isRecord(value)) throw fail(`its entry is ${describeJson(value)}, expected {dtype, shape, data_offsets}`);
  const [type, typeName] = readType(value.dtype, fail);
  const shape = readShape(value.shape, fail);
  const [begin, end] = readOffsets(value.data_offsets, fail);
  const size = shape.reduce((product, n) => product * n, type.bytes);
  if (end - begin !== size) {
    throw fail(
      `${typeName} ${formatShape(shape)} takes ${size} bytes, its offsets ${begin} to ${end} hold ${end - begin}`,
    );
  }
  return { name, type, typeName, shape, begin, end, fail };
}

function readType(value: unknown, fail: Fail): [StoredType, string] {
  const type = typeof value === "string" ? storedTypes.get(value) : undefined;
  if (type === undefined) {
    throw fail(`its dtype is ${describeJson(value)}, expected one of ${[...storedTypes.keys()].join(", ")}`);
  }
  return [type, value as string];
}

function readShape(value: unknown, fail: Fail): number[] {
  if (!Array.isArray(value)) throw fail(`its shape is ${describeJson(value)}, expected a list of sizes`);
  if (value.length > MAX_RANK) throw fail(`its shape has ${value.length} axes, at most ${MAX_RANK} are supported`);
  let product = 1;
  for (const [axis, size] of value.entries()) {
    if (!isCount(size))
      throw fail(`axis ${axis} of its shape is ${describeJson(size)}, expected a whole number from 0 on`);
    product *= size;
    // The widest element takes 8 bytes, and byte counts must stay exact.
    if (product > Number.MAX_SAFE_INTEGER / 8)
      throw fail(`its shape ${formatShape(value)} has more elements than can be counted`);
  }
  return value;
}

function readOffsets(value: unknown, fail: Fail): [number, number] {
  const given = Array.isArray(value) ? `[${value.slice(0, 3).map(describeJson).join(",")}]` : describeJson(value);
  if (!Array.isArray(value) || value.length !== 2 || !value.every(isCount)) {
    throw fail(`its data_offsets are ${given}, expected two whole numbers from 0 on`);
  }
  if (value[0] > value[1]) throw fail(`its data_offsets ${given} end before they begin`);
  return [value[0], value[1]];
}

/** `entries` are sorted by offset. */
function checkCover(entries: readonly Entry[], length: number, failFile: Fail): void {
  let covered = 0;
  for (const [i, { begin, end, fail }] of entries.entries()) {
    if (end > length) {
      throw fail(`its data end at byte ${end}, only ${length} are there; the file was cut off, fetch or save it again`);
    }
    if (begin > covered) throw fail(`its data begin at byte ${begin}, leaving a gap after byte ${covered}`);
    if (begin < covered) {
      throw fail(
        `its data begin at byte ${begin}, inside those of ${quoted(entries[i - 1].name)}, which end at ${covered}`,
      );
    }
    covered = end;
  }
  if (covered < length) {
    throw failFile(`${length - covered} bytes follow the last tensor, which ends at byte ${covered}; expected none`);
  }
}
