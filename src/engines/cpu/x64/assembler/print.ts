/** Machine code as text, in Intel's syntax. What lies in memory is named by its size only where no register tells it. */
import {
  type Assembly,
  type Instruction,
  type Memory,
  type Operand,
  type Register,
  VIRTUAL,
  type Width,
} from "./assembly.ts";
import { formFor } from "./match.ts";

export const printAssembly = (assembly: Assembly): string => assembly.map(printItem).join("\n");

function printItem(item: Assembly[number]): string {
  switch (item.kind) {
    case "label":
      return item.alignment === undefined
        ? `${item.name}:`
        : `${item.name}: (at a multiple of ${item.alignment} bytes)`;
    case "data":
    case "code":
      return `  bytes ${Array.from(item.bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ")}`;
    case "instruction":
      return `  ${printInstruction(item)}`;
  }
}

/** Also of instructions that have no encoding, or virtual registers. */
export function printInstruction(instruction: Instruction): string {
  const { mnemonic, operands, width } = instruction;
  const form = formFor(concrete(instruction), () => true);
  const texts = operands.map((operand, i) => printOperand(operand, { kinds: form?.kinds[i] ?? "", width }));
  if (sizeIsOpen(instruction)) texts[0] = `${sizes[width]} ${texts[0]}`;
  if (texts.length > 0) texts[0] += printMask(instruction);
  return [mnemonic, texts.join(", ")].join(" ").trim();
}

const sizes: Readonly<Record<Width, string>> = {
  32: "dword",
  64: "qword",
  128: "xmmword",
  256: "ymmword",
  512: "zmmword",
};

function printMask({ mask, zeroing }: Instruction): string {
  if (mask === undefined) return "";
  return `{${printRegister(mask, { kinds: "", width: 64 })}}${zeroing ? "{z}" : ""}`;
}

/** Some form with real registers, which says how wide each operand is. */
function concrete(instruction: Instruction): Instruction {
  return { ...instruction, operands: instruction.operands.map(withRealRegister) };
}

const withRealRegister = (operand: Operand): Operand =>
  operand.kind === "register" && operand.number >= VIRTUAL ? { ...operand, number: 0 } : operand;

const sizeIsOpen = ({ operands }: Instruction): boolean =>
  operands[0]?.kind === "memory" && operands.every(({ kind }) => kind !== "register");

interface Context {
  /** What the instruction's form takes here; nothing where it has no form. */
  readonly kinds: string;
  readonly width: Width;
}

function printOperand(operand: Operand, context: Context): string {
  switch (operand.kind) {
    case "register":
      return printRegister(operand, context);
    case "memory":
      return printMemory(operand, context);
    case "immediate":
      return String(operand.value);
    case "label":
      return operand.name;
  }
}

function printMemory({ base, index, scale = 1, displacement, broadcast }: Memory, { width }: Context): string {
  const parts = [base.kind === "label" ? base.name : printRegister(base, { kinds: "a", width: 64 })];
  if (index !== undefined)
    parts.push(`+${printRegister(index, { kinds: index.class === "general" ? "a" : "v", width })}*${scale}`);
  if (displacement !== 0) parts.push(displacement < 0 ? `${displacement}` : `+${displacement}`);
  return `[${parts.join("")}]${broadcast ? `{1to${width / 32}}` : ""}`;
}

const classLetters = { general: "r", vector: "v", mask: "k" } as const;

function printRegister({ class: kind, number }: Register, context: Context): string {
  if (number >= VIRTUAL) return `%${classLetters[kind]}${number - VIRTUAL}`;
  if (kind === "mask") return `k${number}`;
  return kind === "vector" ? printVector(number, context) : printGeneral(number, context);
}

function printVector(number: number, { kinds, width }: Context): string {
  if (kinds.includes("x")) return `xmm${number}`;
  if (kinds.includes("y")) return `ymm${number}`;
  return `${width === 512 ? "z" : width === 256 ? "y" : "x"}mm${number}`;
}

const oldNames: readonly string[] = ["ax", "cx", "dx", "bx", "sp", "bp", "si", "di"];

function printGeneral(number: number, { kinds, width }: Context): string {
  const bits = kinds.includes("b") || kinds === "c" ? 8 : kinds.includes("e") ? 32 : kinds.includes("a") ? 64 : width;
  const name = oldNames[number];
  if (name === undefined) return `r${number}${bits === 8 ? "b" : bits === 32 ? "d" : ""}`;
  if (bits === 8) return number < 4 ? `${name[0]}l` : `${name}l`;
  return `${bits === 32 ? "e" : "r"}${name}`;
}
