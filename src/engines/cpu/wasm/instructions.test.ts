/** Every row of the table is the instruction that it says: the host accepts it, and a disassembler calls it the same. */
import { expect, it } from "vitest";
import wabt from "wabt";
import { Code, encodeModule, unsigned } from "./encode.ts";
import { instructions, type Mnemonic } from "./instructions.ts";
import { hasRelaxedSimd } from "./probe.ts";

const tools = await wabt();

type StackType = "i32" | "i64" | "f32" | "v128";

interface Form {
  readonly takes: readonly StackType[];
  readonly gives?: StackType;
  readonly immediate?: readonly number[];
}

const VOID = 0x40;
const NO_BYTES = new Array<number>(16).fill(0);
/** Alignment 2² and no offset. */
const WORD = [2, 0];

/** What is not of the form `type.operation`. */
const special: Readonly<Partial<Record<Mnemonic, Form>>> = {
  drop: { takes: ["i32"] },
  select: { takes: ["f32", "f32", "i32"], gives: "f32" },
  br: { takes: [], immediate: [0] },
  br_if: { takes: ["i32"], immediate: [0] },
  return: { takes: [] },
  call: { takes: [], immediate: [0] },
  "local.get": { takes: [], gives: "f32", immediate: [0] },
  "local.set": { takes: ["f32"], immediate: [0] },
  "local.tee": { takes: ["f32"], gives: "f32", immediate: [0] },
  "i32.const": { takes: [], gives: "i32", immediate: [0] },
  "i64.const": { takes: [], gives: "i64", immediate: [0] },
  "f32.const": { takes: [], gives: "f32", immediate: [0, 0, 0, 0] },
  "v128.const": { takes: [], gives: "v128", immediate: NO_BYTES },
  "i8x16.shuffle": { takes: ["v128", "v128"], gives: "v128", immediate: NO_BYTES },
  "v128.store32_lane": { takes: ["i32", "v128"], immediate: [...WORD, 3] },
  "v128.bitselect": { takes: ["v128", "v128", "v128"], gives: "v128" },
  "f32x4.relaxed_madd": { takes: ["v128", "v128", "v128"], gives: "v128" },
  "memory.copy": { takes: ["i32", "i32", "i32"], immediate: [0, 0] },
  "memory.atomic.notify": { takes: ["i32", "i32"], gives: "i32", immediate: WORD },
  "memory.atomic.wait32": { takes: ["i32", "i32", "i64"], gives: "i32", immediate: WORD },
  "i32.wrap_i64": { takes: ["i64"], gives: "i32" },
  "i64.extend_i32_u": { takes: ["i32"], gives: "i64" },
  "i32.atomic.rmw.add": { takes: ["i32", "i32"], gives: "i32", immediate: WORD },
};

const UNARY = /\.(neg|abs|sqrt|ceil|floor|nearest|not|eqz|clz|ctz|(trunc_sat|convert|reinterpret)_\w+)$/;
const COMPARISON = /\.(eqz?|ne|[lg][te](_[su])?)$/;

/** The operands and the result, from the name. */
function formOf(mnemonic: Mnemonic): Form {
  const known = special[mnemonic];
  if (known !== undefined) return known;
  const [prefix] = mnemonic.split(".");
  const type = (/x\d+$/.test(prefix) ? "v128" : prefix) as StackType;
  if (/load/.test(mnemonic)) return { takes: ["i32"], gives: type, immediate: WORD };
  if (/store/.test(mnemonic)) return { takes: ["i32", type], immediate: WORD };
  if (/\.splat$/.test(mnemonic)) return { takes: [prefix.slice(0, 3) as StackType], gives: "v128" };
  if (/extract_lane$/.test(mnemonic))
    return { takes: ["v128"], gives: prefix.slice(0, 3) as StackType, immediate: [3] };
  const from = /_(i32|f32)(_[su])?$/.exec(mnemonic)?.[1] as StackType | undefined;
  if (UNARY.test(mnemonic)) return { takes: [from ?? type], gives: type };
  if (/^i\w+x\d+\.sh/.test(mnemonic)) return { takes: ["v128", "i32"], gives: "v128" };
  return { takes: [type, type], gives: COMPARISON.test(mnemonic) && type !== "v128" ? "i32" : type };
}

/** Blocks are tested together with their ends. */
const BLOCKS: readonly Mnemonic[] = ["block", "loop", "if"];

/** A function that uses the instruction once, and the mnemonics that it consists of. */
function moduleWith(mnemonic: Mnemonic): { bytes: Uint8Array<ArrayBuffer>; expected: string[] } {
  const code = new Code();
  const expected: string[] = [];
  const put = (name: Mnemonic, immediate: readonly number[] = []): void => {
    code.put(name, ...immediate);
    expected.push(name);
  };
  const constant = (type: StackType): void => put(`${type}.const`, formOf(`${type}.const`).immediate);
  if (BLOCKS.includes(mnemonic) || mnemonic === "end") {
    const opening = mnemonic === "end" ? "block" : mnemonic;
    if (opening === "if") constant("i32");
    put(opening, [VOID]);
    put("end");
  } else {
    const { takes, gives, immediate } = formOf(mnemonic);
    takes.forEach(constant);
    put(mnemonic, immediate);
    if (gives !== undefined) put("drop");
  }
  const memory = { pages: 1, shared: true };
  return { bytes: encodeModule([{ name: "f", parameters: [], locals: ["f32"], code: code.bytes }], memory), expected };
}

/** The mnemonics of the only function. */
function disassemble(bytes: Uint8Array): string[] {
  const module = tools.readWasm(bytes, { simd: true, threads: true, relaxed_simd: true, bulk_memory: true });
  try {
    const text = module.toText({ foldExprs: false, inlineExport: false });
    const [, body] = /\(func \(;0;\)[^\n]*\n([\s\S]*)\)\n {2}\(export/.exec(text)!;
    const lines = body.split("\n").map((line) => line.trim().split(" ")[0]);
    return lines.filter((word) => word !== "" && !word.startsWith("("));
  } finally {
    module.destroy();
  }
}

const all = Object.keys(instructions) as Mnemonic[];

it.each(all)("%s", (mnemonic) => {
  const { bytes, expected } = moduleWith(mnemonic);
  expect(disassemble(bytes)).toEqual(expected);
  if (mnemonic !== "f32x4.relaxed_madd" || hasRelaxedSimd()) expect(WebAssembly.validate(bytes)).toBe(true);
});

it("would tell a wrong opcode", () => {
  const { bytes } = moduleWith("f32.add");
  const wrong = bytes.map((byte) => (byte === instructions["f32.add"] ? instructions["f32.sub"] : byte));
  expect(disassemble(wrong)).toEqual(["f32.const", "f32.const", "f32.sub", "drop"]);
  expect(unsigned(instructions["f32.add"]).length).toBe(2);
});

it("has every code once", () => {
  expect(new Set(Object.values(instructions)).size).toBe(all.length);
});
