/**
 * The binary format of WebAssembly modules, as far as kernels need it: functions over an imported memory.
 * Source: WebAssembly Core Specification 2.0, chapter 5, "Binary Format".
 */
import { instructions, type Mnemonic } from "./instructions.ts";

export type WasmType = "i32" | "f32" | "v128";

const typeCodes: Readonly<Record<WasmType, number>> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };

export function unsigned(value: number): number[] {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} has no unsigned encoding`);
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return bytes;
}

export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}

const vec = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()];
const text = (value: string): number[] => vec([...new TextEncoder().encode(value)].map((byte) => [byte]));
const section = (id: number, content: readonly number[]): number[] => [id, ...unsigned(content.length), ...content];

/** An opcode: one byte, or a prefix and a number. */
export function opcode(mnemonic: Mnemonic): number[] {
  const code: number = instructions[mnemonic];
  if (code <= 0xff) return [code];
  const prefix = code > 0xffff ? code >> 12 : code >> 8;
  return [prefix, ...unsigned(code & (code > 0xffff ? 0xfff : 0xff))];
}

/** The type of a block without results. */
export const VOID = 0x40;

/** Puts bytes together without spreading long lists over the call stack. */
export class Code {
  readonly bytes: number[] = [];

  put(mnemonic: Mnemonic, ...immediate: number[]): this {
    this.bytes.push(...opcode(mnemonic), ...immediate);
    return this;
  }

  /** `align` is the exponent of the natural alignment that the access may assume. */
  memory(mnemonic: Mnemonic, align: number, offset: number, ...immediate: number[]): this {
    return this.put(mnemonic, ...unsigned(align), ...unsigned(offset), ...immediate);
  }

  i32(value: number): this {
    return this.put("i32.const", ...signed(value | 0));
  }

  f32(value: number): this {
    return this.put("f32.const", ...new Uint8Array(Float32Array.of(value).buffer));
  }
}

export interface WasmFunction {
  readonly name: string;
  readonly parameters: readonly WasmType[];
  readonly locals: readonly WasmType[];
  readonly code: readonly number[];
}

/** Addresses have 32 bits. */
export const MOST_PAGES = 65_536;

export interface WasmMemory {
  /** At least. */
  readonly pages: number;
  readonly shared: boolean;
}

/** A module that imports `env.memory` and exports every function under its name. */
export function encodeModule(
  functions: readonly WasmFunction[],
  { pages, shared }: WasmMemory,
): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters }) => [0x60, ...vec(parameters.map((type) => [typeCodes[type]])), 0]);
  const memory = [
    ...text("env"),
    ...text("memory"),
    0x02,
    shared ? 0x03 : 0x01,
    ...unsigned(pages),
    ...unsigned(MOST_PAGES),
  ];
  const chunks = [
    [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    section(1, vec(types)),
    section(2, vec([memory])),
    section(3, vec(functions.map((_, i) => unsigned(i)))),
    section(7, vec(functions.map(({ name }, i) => [...text(name), 0x00, ...unsigned(i)]))),
    section(10, vec(functions.map(encodeBody))),
  ];
  return Uint8Array.from(chunks.flat());
}

function encodeBody({ locals, code }: WasmFunction): number[] {
  const declarations = vec(locals.map((type) => [1, typeCodes[type]]));
  const content = declarations.concat(code, opcode("end"));
  return unsigned(content.length).concat(content);
}
