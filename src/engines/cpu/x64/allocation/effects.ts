/**
 * What instructions do with their operands, as far as register allocation must know. Operands after the first are read; the
 * first is written unless the table says otherwise.
 */
import type { Instruction, Register } from "../assembler/index.ts";

export interface Effect {
  readonly readsFirst: boolean;
  readonly writesFirst: boolean;
  /** Which operands may lie in memory, one at a time: bit k for operand k. */
  readonly memory: number;
  /** Whether an operand in memory may be one element for all lanes. */
  readonly broadcasts: boolean;
  /** Reads one element of an operand in memory, whatever the width. */
  readonly readsElement: boolean;
}

type First = "writes" | "updates" | "reads";

const rows = (
  mnemonics: string,
  first: First,
  operandsInMemory: readonly number[] = [],
  options: Partial<Pick<Effect, "broadcasts" | "readsElement">> = {},
): [string, Effect][] =>
  mnemonics.split(" ").map((mnemonic) => [
    mnemonic,
    {
      readsFirst: first !== "writes",
      writesFirst: first !== "reads",
      memory: operandsInMemory.reduce((bits, k) => bits | (1 << k), 0),
      broadcasts: false,
      readsElement: false,
      ...options,
    },
  ]);

/** The form with two operands. */
const IMUL_IN_PLACE = "imul-in-place";

const broadcastable = { broadcasts: true };
const element = { readsElement: true };

const effects = new Map<string, Effect>([
  ...rows("mov", "writes", [0, 1]),
  ...rows("movsxd", "writes", [1]),
  ...rows("movzx lea", "writes"),
  ...rows("add sub and or xor", "updates", [0, 1]),
  ...rows("cmp", "reads", [0, 1]),
  ...rows("test", "reads", [0]),
  ...rows("neg shl shr", "updates", [0]),
  ...rows("imul", "writes", [1]),
  ...rows(IMUL_IN_PLACE, "updates", [1]),
  ...rows("shlx shrx", "writes", [1]),
  ...rows("cmove cmovne cmovl cmovle cmovg cmovge cmovs", "updates", [1]),
  ...rows("sete setne setl setle setg setge", "writes"),
  ...rows("je jne jl jle jg jge jae", "reads"),

  ...rows("vmovups vmovaps", "writes", [0, 1]),
  ...rows("vmovss", "writes"),
  ...rows("vmovd", "writes", [0, 1], element),
  ...rows("vbroadcastss", "writes", [1], element),
  ...rows("vaddps vsubps vmulps vdivps vminps vmaxps vandps vorps vxorps vblendmps", "writes", [2], broadcastable),
  ...rows("vpaddd vpsubd vpmulld vpminsd vpmaxsd vcmpps vpcmpd vpcmpeqd vpcmpgtd", "writes", [2], broadcastable),
  ...rows("vunpcklps vunpckhps vshuff32x4", "writes", [2], broadcastable),
  ...rows("vperm2f128", "writes", [2]),
  ...rows("vaddss vsubss vmulss vdivss vsqrtss vcmpss", "writes", [2], element),
  ...rows("vsqrtps vrndscaleps vroundps vcvttps2dq vcvtdq2ps vpabsd", "writes", [1], broadcastable),
  ...rows("vpslld vpsrld vpermilps vpmovm2d", "writes"),
  ...rows("vblendvps", "writes", [2]),
  ...rows("vmaskmovps", "writes"),
  ...rows("vextractf128 vextractf32x4 vextractps vpextrd vpbroadcastd", "writes"),
  ...rows("vfmadd132ps vfmadd213ps vfmadd231ps", "updates", [2], broadcastable),
  ...rows("vfmadd132ss vfmadd213ss vfmadd231ss", "updates", [2], element),

  ...rows("kmovw", "writes", [0, 1]),
  ...rows("kandw korw kxorw kxnorw knotw", "writes"),
]);

export function effectOf({ mnemonic, operands }: Instruction): Effect {
  const effect = effects.get(mnemonic === "imul" && operands.length === 2 ? IMUL_IN_PLACE : mnemonic);
  if (effect === undefined) throw new Error(`register allocation does not know ${mnemonic}`);
  return effect;
}

/** Whether an instruction leaves lanes of its first operand as they are. */
export const merges = ({ mnemonic, mask, zeroing }: Instruction): boolean =>
  mask !== undefined && zeroing !== true && mnemonic !== "vblendmps";

/** Copies one register to another: nothing, if they are the same. */
export function isCopy({ mnemonic, operands, mask }: Instruction): boolean {
  if (mask !== undefined || (mnemonic !== "mov" && mnemonic !== "vmovaps" && mnemonic !== "kmovw")) return false;
  const to = operands[0];
  const from = operands[1];
  return to.kind === "register" && from.kind === "register" && to.class === from.class;
}

/** Whether an operand that is a register may lie in memory instead, if no other one does. */
export function mayBeMemory(instruction: Instruction, effect: Effect, k: number): boolean {
  const { mnemonic, operands, mask } = instruction;
  if ((effect.memory & (1 << k)) === 0 || (k === 0 && mask !== undefined)) return false;
  if (mnemonic === "vmovd") return (operands[k] as Register).class === "general";
  if (mnemonic === "kmovw") return isCopy(instruction);
  const number = operands[operands.length - 1];
  return k > 0 || number.kind !== "immediate" || Number(number.value) === (Number(number.value) | 0);
}
