/**
 * Every form of every instruction, over registers, widths, addresses, masks and broadcasts: what is encoded is decoded as
 * the same, and a disassembler reads it as it is printed.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Instruction, Memory, Operand, Width } from "./assembly.ts";
import { decode } from "./decode.ts";
import { encode } from "./encode.ts";
import { type Form, lengthOf, unitOf, wOf } from "./forms.ts";
import { formsOf, type Mnemonic, mnemonics } from "./instructions.ts";
import { formFor } from "./match.ts";
import { printInstruction } from "./print.ts";
import { general, immediate, label, mask, memory, r9, r12, r13, r15, rax, rbp, rcx, rsp, vector } from "./registers.ts";

/** The decoder calls labels so. It is near for the first instructions only. */
const START = label("at 0");

const generals = [0, 1, 4, 5, 7, 8, 12, 13, 15].map(general);
const vectors = [0, 7, 8, 15].map(vector);
const extendedVectors = [16, 31].map(vector);
const masks = [1, 0, 7].map(mask);

const addresses = (unit: number): Memory[] => [
  ...[rax, rsp, rbp, r12, r13, r15].map((base) => memory(base)),
  ...[unit, -128, 127, 127 * unit, 128 * unit, -128 * unit, -129 * unit, 4097].map((place) => memory(rax, place)),
  memory(rsp, unit),
  memory(r13, -4096, { index: rcx, scale: 1 }),
  memory(rbp, 0, { index: r9, scale: 2 }),
  memory(rax, 8, { index: rbp, scale: 4 }),
  memory(r12, unit, { index: r12, scale: 8 }),
  memory(START),
];

const indexed = (extended: boolean): Memory[] =>
  [3, 11, ...(extended ? [20, 28] : [])].map((index) => memory(r13, -8, { index: vector(index), scale: 4 }));

const numbers: Readonly<Record<string, readonly (number | bigint)[]>> = {
  s: [1, -1, -128, 127],
  u: [1, 0, 200],
  d: [128, -129, 2 ** 31 - 1, -(2 ** 31)],
  q: [2 ** 31, 2 ** 40 + 1, -(2 ** 40), 0x7edcba9876543210n, -0x7edcba9876543210n],
};

/** Comparisons are spelled by their predicate in a disassembly: one of them, "less than", is enough. */
const LESS = 1;
const isComparison = (mnemonic: Mnemonic): boolean => /^vp?cmp([ps]s|d)$/.test(mnemonic);

interface Row {
  readonly mnemonic: Mnemonic;
  readonly form: Form;
  readonly width: Width;
}

/** Where two widths have the same bytes, the first stands for both. */
function widthsOf(form: Form): Width[] {
  const bits = (width: Width): string => `${wOf(form, width)} ${lengthOf(form, width)}`;
  const widths = form.widths ?? [64];
  return widths.filter((width, i) => widths.findIndex((other) => bits(other) === bits(width)) === i);
}

const rows: Row[] = mnemonics.flatMap((mnemonic) =>
  formsOf(mnemonic).flatMap((form) => widthsOf(form).map((width) => ({ mnemonic, form, width }))),
);

/** What may stand at a place. */
function choices({ mnemonic, form, width }: Row, kind: string): Operand[] {
  const isExtended = form.encoding === "evex";
  const unit = (broadcast: boolean): number => unitOf(form, { width, w: wOf(form, width), broadcast });
  return [...kind].flatMap((letter): Operand[] => {
    if ("gbea".includes(letter)) return generals;
    if ("vxy".includes(letter)) return isExtended ? [...extendedVectors, ...vectors] : vectors;
    if (letter === "k") return masks;
    if (letter === "c") return [rcx];
    if (letter === "h" || letter === "l") return [START];
    if (letter === "n") return indexed(isExtended);
    if (letter !== "m") return isComparison(mnemonic) ? [immediate(LESS)] : numbers[letter].map(immediate);
    const broadcasts = isExtended && form.tuple === "full" && width > 64;
    const repeated = broadcasts ? addresses(unit(true)).map((address) => ({ ...address, broadcast: true })) : [];
    return [...addresses(unit(false)), ...repeated];
  });
}

/** A vector gather whose registers are not all different is no instruction. */
const isGather = ({ kinds }: Form): boolean => kinds.includes("n");

/** Each choice for each operand, while the others are as they are first; and the same with masks. */
function examples(row: Row): Instruction[] {
  const { mnemonic, form, width } = row;
  const open = form.kinds.map((kind, i) => {
    const all = choices(row, kind);
    return isGather(form) && kind === "v" ? [all[i === 0 ? 0 : 1]] : all;
  });
  const first = open.map(([operand]) => operand);
  const all = open.flatMap((operands, i) => operands.map((operand) => first.with(i, operand)));
  const plain = (first.length === 0 ? [[]] : all).map(
    (operands): Instruction => ({ kind: "instruction", mnemonic, operands, width }),
  );
  const [a, b] = [1, 7].map(mask);
  if (form.mask === "needed") return plain.map((instruction) => ({ ...instruction, mask: a }));
  if (form.encoding !== "evex" || form.mask === "none") return plain;
  const masked = plain.map((instruction, i) => ({ ...instruction, mask: i % 2 === 0 ? a : b }));
  const zeroed = masked.filter(({ operands }) => operands[0].kind === "register" && form.kinds[0] !== "k");
  return [...plain, ...masked, ...zeroed.map((instruction) => ({ ...instruction, zeroing: true }))];
}

const isShort = ({ form }: Row): boolean => form.kinds[0] === "h";
const short = rows.filter(isShort).flatMap(examples);
const all = [...short, ...rows.filter((row) => !isShort(row)).flatMap(examples)];
const code = encode([START, ...all]);
const decoded = decode(code).filter(({ kind }) => kind !== "label");

/** Of many differences the first tell enough. */
const SHOWN = 20;

describe("the table of instructions", () => {
  it("is decoded as it was encoded", () => {
    expect(all.length).toBeGreaterThan(10_000);
    expect(decoded.length).toBe(all.length);
    const wrong = all.flatMap((instruction, i) => {
      const [given, got] = [instruction, decoded[i]].map((item) => JSON.stringify(item, keysInOrder));
      return given === got ? [] : [`${given} became ${got}`];
    });
    expect(wrong.slice(0, SHOWN)).toEqual([]);
  });

  it("has no form that is never chosen", () => {
    const chosen = new Set(all.map((instruction, i) => formFor(instruction, () => i < short.length)));
    expect(
      rows.filter(({ form }) => !chosen.has(form)).map(({ mnemonic, form }) => `${mnemonic} ${form.kinds}`),
    ).toEqual([]);
  });

  it.runIf(hasDisassembler())("is what a disassembler reads", () => {
    const lines = disassemble(code);
    const wrong = all.flatMap((instruction, i) => {
      const expected = normalizePrinted(instruction);
      return expected === lines[i] ? [] : [`${expected} is ${lines[i]}`];
    });
    expect(wrong.slice(0, SHOWN)).toEqual([]);
    expect(lines.length).toBe(all.length);
  });
});

function keysInOrder(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function hasDisassembler(): boolean {
  return spawnSync("objdump", ["--version"]).status === 0;
}

function disassemble(bytes: Uint8Array): string[] {
  const folder = mkdtempSync(join(tmpdir(), "fovea-"));
  try {
    const file = join(folder, "code");
    writeFileSync(file, bytes);
    const options = ["-D", "-b", "binary", "-m", "i386:x86-64", "-M", "intel", "--no-show-raw-insn", file];
    const text = execFileSync("objdump", options, { encoding: "utf8", maxBuffer: 2 ** 28 });
    return text.split("\n").flatMap((line) => {
      const [, read] = /^\s*[0-9a-f]+:\t(.*)$/.exec(line) ?? [];
      return read === undefined ? [] : [normalizeRead(read)];
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** objdump's spelling in ours: sizes in memory, numbers, places, and the names of comparisons. */
function normalizeRead(text: string): string {
  const comparison = /^(vp?cmp)lt([ps]s|d)\s(.*)$/.exec(text);
  const named = comparison === null ? text : `${comparison[1]}${comparison[2]} ${comparison[3]},${LESS}`;
  return named
    .replace(/\[rip[^\]]*\](.*?)\s*# (0x[0-9a-f]+)(.*)$/, "[$2]$1$3")
    .replace(/\b[A-Z]+ BCST (\[[^\]]*\])(\{1to\d+\})?/, "$1{all}")
    .replace(/\b[A-Z]+ PTR /g, "")
    .replace(/\+0x0\]/g, "]")
    .replace(/0x[0-9a-f]+/g, (digits) => `${BigInt(digits)}`)
    .replace(/^movabs/, "mov")
    .replace(/^\{evex\} /, "")
    .replace(/\s+/g, " ")
    .trim();
}

function normalizePrinted(instruction: Instruction): string {
  const bits = instruction.width === 64 ? 64 : 32;
  const operands = instruction.operands.map((operand) =>
    operand.kind === "immediate" ? immediate(BigInt.asUintN(bits, BigInt(operand.value))) : operand,
  );
  return printInstruction({ ...instruction, operands })
    .replace(/, /g, ",")
    .replace(/at (\d+)/, "$1")
    .replace(/\{1to\d+\}/, "{all}")
    .replace(/ [dq]word \[/, " [");
}
