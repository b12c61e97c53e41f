/** Kernels as text for people to read: in snapshots, in error messages, and under `FOVEA_DEBUG=4`. */
import type { Buffer, Index, Kernel, Lane, Local, Operation, Statement, Value } from "./ir.ts";
import { overItself } from "./over.ts";

const INDENT = "  ";

/**
 * The kernel's buffers in the order of their first use, then its statements. A local shows its type where it is first
 * set. An access to a vector ends with its number of lanes: `x[i0*8 + 3; 4]`.
 */
export function printKernel(kernel: Kernel): string {
  const { name, body } = overItself(kernel);
  const seen = new Set<Local>();
  const lines: string[] = [];
  for (const statement of body) addLines(statement, seen, "", lines);
  const buffers = buffersOf(body).map(({ name, lane, length }) => `${name}: ${lane}[${length}]`);
  return [`kernel ${name}`, ...buffers, ...lines].join(`\n${INDENT}`);
}

/** The buffers that a body names, in the order of their first use. */
export function buffersOf(body: Kernel["body"]): Buffer[] {
  const found = new Set<Buffer>();
  addBuffers(body, found);
  return [...found];
}

/** One statement on one line; loops and conditions without what is in them. */
export const printStatement = (statement: Statement, seen: Set<Local> = new Set()): string => {
  switch (statement.kind) {
    case "set":
      return `${declaration(statement.local, seen)} = ${bare(statement.value)}`;
    case "store":
      return `${access(statement.buffer, statement.index, statement.value.type.lanes)} = ${bare(statement.value)}`;
    case "storeLane":
      return `${access(statement.buffer, statement.index, 1)} = lane ${statement.lane} of ${printValue(statement.value)}`;
    case "loop":
      return `for ${statement.counter.name} in 0..${statement.counter.count}${statement.parallel ? " parallel" : ""}${statement.together ? " together" : ""}`;
    case "if":
      return `if ${bare(statement.condition)}`;
  }
};

function addLines(statement: Statement, seen: Set<Local>, indent: string, lines: string[]): void {
  lines.push(`${indent}${printStatement(statement, seen)}`);
  if ("body" in statement) for (const inner of statement.body) addLines(inner, seen, indent + INDENT, lines);
}

function declaration(local: Local, seen: Set<Local>): string {
  if (seen.has(local)) return local.name;
  seen.add(local);
  const { lane, lanes } = local.type;
  return `${local.name}: ${lane}${lanes > 1 ? `x${lanes}` : ""}`;
}

const infix: Readonly<Partial<Record<Operation, string>>> = {
  add: "+",
  sub: "-",
  mul: "*",
  div: "/",
  eq: "==",
  ne: "!=",
  lt: "<",
  le: "<=",
  gt: ">",
  ge: ">=",
  and: "&",
  or: "|",
  xor: "^",
  shl: "<<",
  shr: ">>>",
};

/** A value as an operand: in brackets where it is more than one thing. */
export function printValue(value: Value): string {
  const isCompound =
    value.kind === "apply" ? value.operation in infix : value.kind === "splat" || value.kind === "lane";
  return isCompound || value.kind === "loadSplat" ? `(${bare(value)})` : bare(value);
}

function bare(value: Value): string {
  switch (value.kind) {
    case "local":
      return value.name;
    case "counter":
      return value.counter.name;
    case "constant":
      return number(value.value, value.type.lane);
    case "load":
      return access(value.buffer, value.index, value.type.lanes);
    case "loadSplat":
      return `splat ${access(value.buffer, value.index, 1)}`;
    case "splat":
      return `splat ${printValue(value.value)}`;
    case "lane":
      return `lane ${value.lane} of ${printValue(value.value)}`;
    case "apply":
      return application(value.operation, value.operands);
  }
}

function application(operation: Operation, operands: readonly Value[]): string {
  const sign = infix[operation];
  return sign === undefined
    ? `${operation}(${operands.map(bare).join(", ")})`
    : operands.map(printValue).join(` ${sign} `);
}

/** Floats have a point or an exponent, integers have none. */
function number(value: number, lane: Lane): string {
  if (lane === "mask") return String(value !== 0);
  if (lane === "i32" || !Number.isFinite(value)) return String(value);
  const digits = Object.is(value, -0) ? "-0" : String(value);
  return /[.e]/.test(digits) ? digits : `${digits}.0`;
}

const access = (buffer: Buffer, index: Index, lanes: number): string =>
  `${buffer.name}[${printIndex(index)}${lanes > 1 ? `; ${lanes}` : ""}]`;

export function printIndex({ terms, constant, computed }: Index): string {
  const parts = terms.map(({ counter, factor }) => {
    const magnitude = Math.abs(factor) === 1 ? counter.name : `${counter.name}*${Math.abs(factor)}`;
    return { negative: factor < 0, text: magnitude };
  });
  if (computed !== undefined) parts.push({ negative: false, text: printValue(computed) });
  if (constant !== 0 || parts.length === 0) parts.push({ negative: constant < 0, text: String(Math.abs(constant)) });
  return parts
    .map(({ negative, text }, i) => (i === 0 ? `${negative ? "-" : ""}${text}` : `${negative ? "-" : "+"} ${text}`))
    .join(" ");
}

/** Adds what statements name to a set, which keeps the order of the first use. */
function addBuffers(statements: readonly Statement[], found: Set<Buffer>): void {
  for (const statement of statements) {
    if ("index" in statement) addFromIndex(statement.index, found);
    if ("value" in statement) addFromValue(statement.value, found);
    if ("condition" in statement) addFromValue(statement.condition, found);
    if ("buffer" in statement) found.add(statement.buffer);
    if ("body" in statement) addBuffers(statement.body, found);
  }
}

function addFromIndex({ computed }: Index, found: Set<Buffer>): void {
  if (computed !== undefined) addFromValue(computed, found);
}

function addFromValue(value: Value, found: Set<Buffer>): void {
  if (value.kind === "load" || value.kind === "loadSplat") {
    found.add(value.buffer);
    addFromIndex(value.index, found);
  } else if (value.kind === "apply") for (const operand of value.operands) addFromValue(operand, found);
  else if (value.kind === "splat" || value.kind === "lane") addFromValue(value.value, found);
}
