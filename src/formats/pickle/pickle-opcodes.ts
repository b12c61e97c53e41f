/**
 * The opcodes of protocols 2 to 5, as the pickles have them that PyTorch and NumPy write. Source: Python 3.12, `pickletools`,
 * section "Object describing one pickle opcode", which documents each.
 */
import { costs } from "./pickle-budget.ts";
import type { PickleMachine } from "./pickle-machine.ts";

type Step = (machine: PickleMachine) => void;

const NEWEST_PROTOCOL = 5;
/** Integers are used up to the 10 bytes of PyTorch's magic number; reading one takes quadratic time. */
const LONGEST_INTEGER = 1024;
const LONGEST_NAME = 1024;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const decoderOfAnyBytes = new TextDecoder("latin1");

const decode = (machine: PickleMachine, bytes: Uint8Array): string => {
  machine.budget.spend(costs.list + costs.character * bytes.length);
  try {
    return decoder.decode(bytes.slice());
  } catch {
    return machine.refuse("a text is not UTF-8");
  }
};

/** A text of Python 2, which is UTF-8 or else bytes. */
function decodeAny(machine: PickleMachine, bytes: Uint8Array): string {
  machine.budget.spend(costs.list + costs.character * bytes.length);
  const copy = bytes.slice();
  try {
    return decoder.decode(copy);
  } catch {
    return decoderOfAnyBytes.decode(copy);
  }
}

const text = (lengthOf: (m: PickleMachine) => number, read = decode): Step => {
  return (m) => m.push(read(m, m.cursor.take(lengthOf(m))));
};

const bytes = (lengthOf: (m: PickleMachine) => number): Step => {
  return (m) => {
    const taken = m.cursor.take(lengthOf(m));
    m.budget.spend(costs.map + taken.length);
    m.push(new Uint8Array(taken));
  };
};

const u8 = (m: PickleMachine): number => m.cursor.u8();
const u32 = (m: PickleMachine): number => m.cursor.u32();
const u64 = (m: PickleMachine): number => m.cursor.u64();

/** An integer in two's complement, little-endian: a number if it is exact as one. */
function readInteger(m: PickleMachine, length: number): number | bigint {
  if (length > LONGEST_INTEGER) m.refuse(`an integer has ${length} bytes, at most ${LONGEST_INTEGER} are read`);
  const digits = m.cursor.take(length);
  m.budget.spend(costs.list + length);
  let value = 0n;
  for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(digits[i]);
  const signed = BigInt.asIntN(8 * length, value);
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
}

const tuple =
  (count: number): Step =>
  (m) =>
    m.pushList(m.popSome(count));

const constant =
  (value: unknown): Step =>
  (m) =>
    m.push(value);

function emptyMap(m: PickleMachine): void {
  m.budget.spend(costs.map);
  m.push(new Map());
}

function emptySet(m: PickleMachine): void {
  m.budget.spend(costs.map);
  m.push(new Set());
}

const line = (m: PickleMachine): string => decode(m, m.cursor.line(LONGEST_NAME));

function stackGlobal(m: PickleMachine): void {
  const [name, module] = [m.pop(), m.pop()];
  if (typeof module !== "string" || typeof name !== "string") m.refuse("the name of a class is not a text");
  if (module.length + name.length > LONGEST_NAME) m.refuse("the name of a class is too long");
  m.pushGlobal(module, name);
}

function reduce(m: PickleMachine): void {
  const args = m.pop();
  m.call(m.pop(), args);
}

function newWithKeywords(m: PickleMachine): void {
  m.pop();
  reduce(m);
}

function persistent(m: PickleMachine): void {
  m.budget.spend(costs.map);
  m.push(m.host.persistent(m.pop()));
}

function setItem(m: PickleMachine): void {
  const [value, key] = [m.pop(), m.pop()];
  m.setItems([key, value]);
}

function frozenSet(m: PickleMachine): void {
  const items = m.popToMark();
  emptySet(m);
  m.addToSet(items);
}

function dictionary(m: PickleMachine): void {
  const pairs = m.popToMark();
  emptyMap(m);
  m.setItems(pairs);
}

function checkProtocol(m: PickleMachine): void {
  const protocol = m.cursor.u8();
  if (protocol < 2 || protocol > NEWEST_PROTOCOL)
    m.refuse(`it has protocol ${protocol}, expected 2 to ${NEWEST_PROTOCOL}`);
}

/** What each byte does; 0x2e, which ends the program, is not among them. */
export const opcodes: ReadonlyMap<number, Step> = new Map<number, Step>([
  [0x80, checkProtocol],
  [0x95, (m) => void m.cursor.u64()], // A frame: a hint for reading ahead.
  [0x28, (m) => m.mark()], // (
  [0x30, (m) => void m.pop()], // 0
  [0x31, (m) => void m.popToMark()], // 1
  [0x32, (m) => m.push(m.top())], // 2

  [0x4e, constant(null)], // N
  [0x88, constant(true)],
  [0x89, constant(false)],
  [0x4a, (m) => m.push(m.cursor.i32())], // J
  [0x4b, (m) => m.push(m.cursor.u8())], // K
  [0x4d, (m) => m.push(m.cursor.u16())], // M
  [0x8a, (m) => m.push(readInteger(m, m.cursor.u8()))],
  [0x8b, (m) => m.push(readInteger(m, m.cursor.u32()))],
  [0x47, (m) => m.push(m.cursor.bigEndianF64())], // G

  [0x55, text(u8, decodeAny)], // U
  [0x54, text(u32, decodeAny)], // T
  [0x8c, text(u8)],
  [0x58, text(u32)], // X
  [0x8d, text(u64)],
  [0x43, bytes(u8)], // C
  [0x42, bytes(u32)], // B
  [0x8e, bytes(u64)],
  [0x96, bytes(u64)],

  [0x5d, (m) => m.pushList([])], // ]
  [0x6c, (m) => m.pushList(m.popToMark())], // l
  [0x61, (m) => m.append([m.pop()])], // a
  [0x65, (m) => m.append(m.popToMark())], // e
  [0x29, tuple(0)], // )
  [0x85, tuple(1)],
  [0x86, tuple(2)],
  [0x87, tuple(3)],
  [0x74, (m) => m.pushList(m.popToMark())], // t
  [0x7d, emptyMap], // }
  [0x64, dictionary], // d
  [0x73, setItem], // s
  [0x75, (m) => m.setItems(m.popToMark())], // u
  [0x8f, emptySet],
  [0x90, (m) => m.addToSet(m.popToMark())],
  [0x91, frozenSet],

  [0x71, (m) => m.memoize(m.cursor.u8())], // q
  [0x72, (m) => m.memoize(m.cursor.u32())], // r
  [0x94, (m) => m.memoize()],
  [0x68, (m) => m.recall(m.cursor.u8())], // h
  [0x6a, (m) => m.recall(m.cursor.u32())], // j

  [0x63, (m) => m.pushGlobal(line(m), line(m))], // c
  [0x93, stackGlobal],
  [0x52, reduce], // R
  [0x81, reduce],
  [0x92, newWithKeywords],
  [0x62, (m) => m.setState(m.pop())], // b
  [0x51, persistent], // Q
]);
