/**
 * The header of .npy files: 6 bytes of magic, 2 of the version, the length of the rest, and a dictionary in Python's notation
 * with `descr`, `fortran_order` and `shape`. Source: NumPy, `numpy.lib.format`, section "Format Version 1.0".
 */
import { MAX_RANK, type Shape, sizeOf } from "../../array/index.ts";
import { Cursor } from "../cursor.ts";
import { type StoredType, storedTypes } from "../element-types.ts";
import type { Fail } from "../fail.ts";
import { isCount, quoted } from "../json.ts";

export const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** Headers of arrays that we can read take a hundred bytes. */
const LONGEST_HEADER = 1 << 16;

export interface NpyHeader {
  readonly type: StoredType;
  readonly isBigEndian: boolean;
  /** Whether the first axis varies fastest. */
  readonly isFortran: boolean;
  readonly shape: Shape;
  /** The offset of the data. */
  readonly begin: number;
}

/** NumPy's names of types, and ours in files. */
const typeNames: ReadonlyMap<string, string> = new Map(
  Object.entries({
    f2: "F16",
    f4: "F32",
    f8: "F64",
    i1: "I8",
    i2: "I16",
    i4: "I32",
    i8: "I64",
    u1: "U8",
    u2: "U16",
    u4: "U32",
    u8: "U64",
    b1: "BOOL",
  }),
);

export const isNpy = (bytes: Uint8Array): boolean => MAGIC.every((byte, i) => bytes[i] === byte);

/** @throws what `fail` makes */
export function readNpyHeader(bytes: Uint8Array, fail: Fail): NpyHeader {
  if (!isNpy(bytes)) throw fail("it does not begin as a .npy file does, with 0x93 NUMPY; is it another kind of file?");
  const cursor = new Cursor(bytes, fail, MAGIC.length);
  const version = cursor.u8();
  cursor.u8();
  if (version < 1 || version > 3) throw fail(`it has version ${version} of the format, expected 1, 2 or 3`);
  const length = version === 1 ? cursor.u16() : cursor.u32();
  if (length > LONGEST_HEADER)
    throw fail(`its header has ${length} bytes, at most ${LONGEST_HEADER} are read; it is no plain array or damaged`);
  const text = new TextDecoder("latin1").decode(cursor.take(length).slice());
  const fields = parseFields(text, fail);
  return { ...readType(fields.get("descr"), fail), ...readLayout(fields, fail), begin: cursor.at };
}

/** `'name': value`, where a value is a text, a truth value or a tuple of numbers. */
const FIELD = /\s*'(\w+)'\s*:\s*('[^']*'|True|False|\([\d,\sL]*\)|\[)\s*,?\s*/y;

function parseFields(text: string, fail: Fail): Map<string, string> {
  const end = text.lastIndexOf("}");
  if (text[0] !== "{" || text.slice(end + 1).trim() !== "") throw fail(`its header is no dictionary: ${quoted(text)}`);
  const fields = new Map<string, string>();
  FIELD.lastIndex = 1;
  while (FIELD.lastIndex < end) {
    const found = FIELD.exec(text);
    if (found === null) throw fail(`its header is not understood: ${quoted(text)}`);
    if (found[2] === "[") throw fail("its elements are records of several fields; save each field as an array");
    fields.set(found[1], found[2]);
  }
  return fields;
}

function readType(descr: string | undefined, fail: Fail): Pick<NpyHeader, "type" | "isBigEndian"> {
  const [, order, name] = /^'([<>|=])(\w+)'$/.exec(descr ?? "") ?? [];
  const type = storedTypes.get(typeNames.get(name ?? "") ?? "");
  if (type === undefined)
    throw fail(
      `its elements are of type ${descr ? quoted(descr) : "nothing"}, expected floats of 2, 4 or 8 bytes, integers or booleans; ` +
        "convert them with astype and save the array again",
    );
  return { type, isBigEndian: order === ">" };
}

/** Numbers of Python 2 end with an L. */
const SHAPE = /^\((?:\d+L?(?:,\d+L?)*,?)?\)$/;

function readLayout(fields: ReadonlyMap<string, string>, fail: Fail): Pick<NpyHeader, "isFortran" | "shape"> {
  const [order, text] = [fields.get("fortran_order"), fields.get("shape") ?? ""];
  if (order !== "True" && order !== "False") throw fail("its header does not say whether it is in Fortran's order");
  if (!SHAPE.test(text.replace(/\s/g, ""))) throw fail(`its shape is ${quoted(text)}, expected a tuple of sizes`);
  const shape = (text.match(/\d+/g) ?? []).map(Number);
  if (shape.length > MAX_RANK) throw fail(`its shape has ${shape.length} axes, at most ${MAX_RANK} are supported`);
  if (!shape.every(isCount) || !isCount(sizeOf(shape) * 8))
    throw fail(`its shape ${quoted(text)} has more elements than can be counted`);
  return { isFortran: order === "True", shape };
}
