/**
 * The meaning of the loop language: a slow interpreter over typed arrays, which emitted code must agree with bit for bit.
 * Every result is rounded to float32 or wrapped to 32 bits; a mask is 0 or 1 in each lane.
 */
import { StateError } from "../../../array/index.ts";
import { boundFor, divisionOf, isSerial } from "./division.ts";
import { bitsOfFloat, floatOfBits } from "./float-bits.ts";
import type { Buffer, Counter, Index, Kernel, Local, Loop, Operation, Statement, Value } from "./ir.ts";
import { overItself } from "./over.ts";
import { isShuffle, shuffles } from "./shuffles.ts";

export type Elements = Float32Array | Int32Array;

export interface InterpretOptions {
  readonly thread?: number;
  readonly threads?: number;
  /** Whether `fma` is rounded once, as on targets that have it, or after both of its parts. */
  readonly fused?: boolean;
  /** Sees every element that is used. */
  readonly watch?: (use: "load" | "store", buffer: Buffer, position: number) => void;
}

/** Runs a thread's part of a kernel. `memory` gives the elements of a buffer: floats, or integers for masks too. */
export function interpretKernel(
  kernel: Kernel,
  memory: (buffer: Buffer) => Elements,
  { thread = 0, threads = 1, fused = false, watch = () => {} }: InterpretOptions = {},
): void {
  new Run(kernel.name, memory, { thread, threads, fused, watch }).kernel(overItself(kernel));
}

type Lanes = readonly number[];

/** What a vector finds beyond the end of a buffer: not a number, so that nothing that depends on it looks right. */
const BEYOND = { f32: Number.NaN, i32: 0x7fc00000, mask: 0x7fc00000 } as const;

class Run {
  readonly #name: string;
  readonly #memory: (buffer: Buffer) => Elements;
  readonly #options: Required<InterpretOptions>;
  readonly #locals = new Map<Local, Lanes>();
  readonly #counters = new Map<Counter, number>();

  constructor(name: string, memory: (buffer: Buffer) => Elements, options: Required<InterpretOptions>) {
    this.#name = name;
    this.#memory = memory;
    this.#options = options;
  }

  kernel({ body }: Kernel): void {
    for (const part of body) if (this.#options.thread === 0 || !isSerial(part)) this.#statement(part);
  }

  #statements(statements: readonly Statement[]): void {
    for (const statement of statements) this.#statement(statement);
  }

  #statement(statement: Statement): void {
    switch (statement.kind) {
      case "set":
        this.#locals.set(statement.local, this.#value(statement.value));
        break;
      case "store":
        this.#store(statement.buffer, statement.index, this.#value(statement.value));
        break;
      case "storeLane":
        this.#store(statement.buffer, statement.index, [this.#value(statement.value)[statement.lane]]);
        break;
      case "loop":
        this.#loop(statement);
        break;
      case "if":
        if (this.#value(statement.condition)[0] !== 0) this.#statements(statement.body);
        break;
    }
  }

  #loop(loop: Loop): void {
    const { thread, threads } = this.#options;
    const division = divisionOf(loop);
    const inner = division?.pair?.inner;
    const each = inner?.counter.count ?? 1;
    const bounds =
      division && [division.share.start, division.share.end].map((bound) => boundFor(thread, threads, bound));
    const [start, end] = bounds ?? [0, loop.counter.count];
    for (let i = start; i < end; i++) {
      this.#counters.set(loop.counter, Math.floor(i / each));
      if (inner !== undefined) this.#counters.set(inner.counter, i % each);
      this.#statements((inner ?? loop).body);
    }
    this.#counters.delete(loop.counter);
    if (inner !== undefined) this.#counters.delete(inner.counter);
  }

  #value(value: Value): Lanes {
    const { lane, lanes } = value.type;
    switch (value.kind) {
      case "local":
        return this.#locals.get(value) ?? this.#fail(`${value.name} has not been set`);
      case "constant":
        return new Array<number>(lanes).fill(asLane[lane](value.value));
      case "counter":
        return [this.#counterOf(value.counter)];
      case "load":
        return this.#load(value.buffer, value.index, lanes);
      case "loadSplat":
        return new Array<number>(lanes).fill(this.#load(value.buffer, value.index, 1)[0]);
      case "splat":
        return new Array<number>(lanes).fill(this.#value(value.value)[0]);
      case "lane":
        return [this.#value(value.value)[value.lane]];
      case "apply":
        return this.#apply(value);
    }
  }

  #apply({ operation, operands, type }: Extract<Value, { kind: "apply" }>): Lanes {
    const [a, b = a, c = a] = operands.map((operand) => this.#value(operand));
    if (isShuffle(operation)) {
      const both = [...a, ...b];
      return a.map((_, k) => both[shuffles[operation].source(k, type.lanes)]);
    }
    const compute =
      operation === "fma" && this.#options.fused
        ? fusedMultiplyAdd
        : operation === "mul" && type.lane === "i32"
          ? Math.imul
          : meanings[operation];
    // A shift's distance is a scalar, whatever is shifted.
    return a.map((x, k) => asLane[type.lane](compute(x, b[b.length > 1 ? k : 0], c[k])));
  }

  #counterOf(counter: Counter): number {
    return this.#counters.get(counter) ?? this.#fail(`${counter.name} counts outside of its loop`);
  }

  #position({ terms, constant, computed }: Index): number {
    const start = constant + (computed === undefined ? 0 : this.#value(computed)[0]);
    return terms.reduce((sum, { counter, factor }) => sum + this.#counterOf(counter) * factor, start);
  }

  #load(buffer: Buffer, index: Index, lanes: number): Lanes {
    const elements = this.#memory(buffer);
    const first = this.#position(index);
    if (first < 0 || first >= buffer.length) this.#fail(`loads ${buffer.name}[${first}] of ${buffer.length} elements`);
    return Array.from({ length: lanes }, (_, k) => {
      if (first + k >= buffer.length) return BEYOND[buffer.lane];
      this.#options.watch("load", buffer, first + k);
      return elements[first + k];
    });
  }

  #store(buffer: Buffer, index: Index, values: Lanes): void {
    const elements = this.#memory(buffer);
    const first = this.#position(index);
    if (first < 0 || first + values.length > buffer.length)
      this.#fail(`stores ${buffer.name}[${first}] of ${buffer.length} elements`);
    values.forEach((value, k) => {
      this.#options.watch("store", buffer, first + k);
      elements[first + k] = value;
    });
  }

  #fail(reason: string): never {
    throw new StateError(`kernel ${this.#name}: ${reason}`);
  }
}

/** What is left of a number in a lane. */
const asLane = {
  f32: Math.fround,
  i32: (value: number): number => value | 0,
  mask: Number,
} as const;

type Meaning = (a: number, b: number, c: number) => number;

/** Exact, or rounded to double precision: rounding that to float32 gives the nearest float32 all the same. */
const meanings: Readonly<Record<Exclude<Operation, keyof typeof shuffles>, Meaning>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  min: Math.min,
  max: Math.max,
  fma: (a, b, c) => Math.fround(a * b) + c,
  neg: (a) => -a,
  abs: Math.abs,
  sqrt: Math.sqrt,
  floor: Math.floor,
  ceil: Math.ceil,
  nearest: (a) => (Math.abs(a % 1) === 0.5 ? 2 * Math.round(a / 2) : Math.round(a)),
  eq: (a, b) => Number(a === b),
  ne: (a, b) => Number(a !== b),
  lt: (a, b) => Number(a < b),
  le: (a, b) => Number(a <= b),
  gt: (a, b) => Number(a > b),
  ge: (a, b) => Number(a >= b),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  not: (a) => 1 - a,
  shl: (a, b) => a << b,
  shr: (a, b) => a >>> b,
  toInteger: (a) => Math.min(Math.max(Math.trunc(a), -(2 ** 31)), 2 ** 31 - 1),
  toFloat: Number,
  bitsToFloat: floatOfBits,
  floatToBits: bitsOfFloat,
  maskToInteger: Number,
  select: (a, b, c) => (a !== 0 ? b : c),
};

const doubles = new Float64Array(1);
const doubleBits = new BigInt64Array(doubles.buffer);

/**
 * a · b + c rounded once. The product is exact in double precision; the sum is rounded to odd there (its last bit tells
 * that something is missing), after which rounding to float32 is the same as rounding the exact sum. Source: S. Boldo and
 * G. Melquiond, "Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd" (2008).
 */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const back = sum - product;
  const error = product - (sum - back) + (c - back);
  doubles[0] = sum;
  if (error === 0 || !Number.isFinite(error) || (doubleBits[0] & 1n) === 1n) return sum;
  doubleBits[0] += error > 0 === sum > 0 ? 1n : -1n;
  return doubles[0];
}
