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
  const lines = body.flatMap((statement) => linesOf(statement, seen));
  const buffers = [...new Set(buffersIn(body))].map(({ name, lane, length }) => `${name}: ${lane}[${length}]`);
  return [`kernel ${name}`, ...buffers, ...lines].join(`\n${INDENT}`);
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

function linesOf(statement: Statement, seen: Set<Local>): string[] {
  const line = printStatement(statement, seen);
  const inside = "body" in statement ? statement.body.flatMap((inner) => linesOf(inner, seen)) : [];
  return [line, ...inside.map((inner) => `${INDENT}${inner}`)];
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

function* buffersIn(statements: readonly Statement[]): Generator<Buffer> {
  for (const statement of statements) {
    if ("index" in statement) yield* buffersInIndex(statement.index);
    if ("value" in statement) yield* buffersInValue(statement.value);
    if ("condition" in statement) yield* buffersInValue(statement.condition);
    if ("buffer" in statement) yield statement.buffer;
    if ("body" in statement) yield* buffersIn(statement.body);
  }
}

function* buffersInIndex({ computed }: Index): Generator<Buffer> {
  if (computed !== undefined) yield* buffersInValue(computed);
}

function* buffersInValue(value: Value): Generator<Buffer> {
  if (value.kind === "load" || value.kind === "loadSplat") {
    yield value.buffer;
    yield* buffersInIndex(value.index);
  } else if (value.kind === "apply") for (const operand of value.operands) yield* buffersInValue(operand);
  else if (value.kind === "splat" || value.kind === "lane") yield* buffersInValue(value.value);
}
