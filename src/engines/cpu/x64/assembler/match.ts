/** Which form of an instruction its operands ask for. */
import type { Immediate, Instruction, Memory, Operand, Register, RegisterClass, Width } from "./assembly.ts";
import {
  ANY_64,
  CL,
  FAR,
  type Form,
  GENERAL,
  INDEXED,
  MASK,
  MEMORY,
  NEAR,
  SIGNED_32,
  SIGNED_BYTE,
  UNSIGNED_BYTE,
  VECTOR,
} from "./forms.ts";
import { formsOf } from "./instructions.ts";

const classBits: Readonly<Record<RegisterClass, number>> = { general: GENERAL, vector: VECTOR, mask: MASK };

/** All that an operand may be taken as. */
export function kindsOf(operand: Operand, width: Width): number {
  switch (operand.kind) {
    case "register":
      return operand.class === "general" && operand.number === 1 ? GENERAL | CL : classBits[operand.class];
    case "memory":
      return operand.index?.class === "vector" ? INDEXED : MEMORY;
    case "label":
      return NEAR | FAR;
    case "immediate":
      return kindsOfImmediate(operand, width);
  }
}

/** With 32 bits, 2³² - 1 is -1. */
export function signedValue({ value }: Immediate, width: Width): number {
  const number = Number(value);
  return width === 32 && number >= 2 ** 31 && number < 2 ** 32 ? number - 2 ** 32 : number;
}

const isInt64 = (value: bigint): boolean => BigInt.asIntN(64, value) === value || BigInt.asUintN(64, value) === value;

function kindsOfImmediate(operand: Immediate, width: Width): number {
  const value = signedValue(operand, width);
  if (!Number.isInteger(value)) return 0;
  let bits = 0;
  if (value >= -(2 ** 7) && value < 2 ** 7) bits |= SIGNED_BYTE;
  if (value >= 0 && value < 2 ** 8) bits |= UNSIGNED_BYTE;
  if (value >= -(2 ** 31) && value < 2 ** 31) bits |= SIGNED_32;
  if (Number.isSafeInteger(operand.value) || isInt64(BigInt(operand.value))) bits |= ANY_64;
  return bits;
}

const FIRST_EXTENDED = 16;

/** Vector registers from 16 on exist in EVEX alone. */
const isExtended = (register: Register | undefined): boolean =>
  register?.class === "vector" && register.number >= FIRST_EXTENDED;

const isBroadcast = (operand: Operand): operand is Memory => operand.kind === "memory" && operand.broadcast === true;

function asksForEvex({ operands, mask }: Instruction): boolean {
  if (mask !== undefined) return true;
  for (const operand of operands) {
    if (operand.kind === "register" && isExtended(operand)) return true;
    if (operand.kind === "memory" && (operand.broadcast || isExtended(operand.index))) return true;
  }
  return false;
}

/** What goes to memory or to a mask keeps the lanes that are masked off; so do gathers. */
function takesMask({ mask, kinds }: Form, instruction: Instruction): boolean {
  if (instruction.mask === undefined) return mask !== "needed" && !instruction.zeroing;
  const keepsLanes = mask === "needed" || kinds[0] === "k" || instruction.operands[0].kind === "memory";
  return mask !== "none" && !(instruction.zeroing && keepsLanes);
}

const takesWidth = ({ widths }: Form, width: Width): boolean => widths === undefined || widths.includes(width);

function takesOperands({ accepts, tuple }: Form, operands: readonly Operand[]): boolean {
  for (let i = 0; i < operands.length; i++) {
    if ((accepts[i] & kinds[i]) === 0) return false;
    if (tuple !== "full" && isBroadcast(operands[i])) return false;
  }
  return true;
}

/** Of the operands in hand: kept, so that no instruction makes a list of its own. */
const kinds = [0, 0, 0, 0, 0];

/** The first form, of those for an instruction, that takes it. `isNear` says whether a short jump reaches the label. */
export function formFor(instruction: Instruction, isNear: (name: string) => boolean): Form | undefined {
  const { mnemonic, operands, width } = instruction;
  for (let i = 0; i < operands.length; i++) kinds[i] = kindsOf(operands[i], width);
  if (operands.length === 1 && operands[0].kind === "label" && !isNear(operands[0].name)) kinds[0] = FAR;
  const onlyEvex = asksForEvex(instruction);
  for (const form of formsOf(mnemonic)) {
    if (form.accepts.length !== operands.length || (onlyEvex && form.encoding !== "evex")) continue;
    if (takesWidth(form, width) && takesMask(form, instruction) && takesOperands(form, operands)) return form;
  }
  return undefined;
}
