/**
 * The rules of the loop language, checked. Emitters rely on them: a kernel that passes has types that fit, no local that
 * is used before it is set, no access outside of its buffers as far as counters decide where it goes, and nothing that
 * depends on which thread does what.
 */
import { StateError } from "../../../array/index.ts";
import { insideOf } from "./division.ts";
import {
  type Buffer,
  type Index,
  type Kernel,
  type Lane,
  type Local,
  type Loop,
  MOST_ELEMENTS,
  operations,
  type Statement,
  type Value,
  type ValueType,
} from "./ir.ts";
import { buffersOver } from "./over.ts";
import { printIndex, printStatement, printValue } from "./print.ts";
import { fitsComputed, narrow, noRanges, type Ranges, rangeOf, wholeOf, withCounter, withoutLocals } from "./ranges.ts";
import { type Access, raceBetween, ThreadLocals } from "./sharing.ts";
import { isShuffle, shuffles } from "./shuffles.ts";

export interface CheckOptions {
  /** The width of the target's vectors. */
  readonly lanes: number;
  /** Bodies of kernels that have passed, with the buffers that they name. They are not checked again; others are added. */
  readonly checked?: Map<Kernel["body"], ReadonlySet<Buffer>>;
}

/**
 * @returns the buffers that the kernel uses
 * @throws StateError for the first statement that breaks a rule, with the kernel, the rule, and the loops around it
 */
export function checkKernel(kernel: Kernel, { lanes, checked }: CheckOptions): ReadonlySet<Buffer> {
  const named = checked?.get(kernel.body) ?? new KernelChecker(kernel, lanes).check();
  checked?.set(kernel.body, named);
  return buffersOver(kernel, named);
}

const nameOf = ({ lane, lanes }: ValueType): string => (lanes === 1 ? lane : `${lane}x${lanes}`);
const isSame = (a: ValueType, b: ValueType): boolean => a === b || (a.lane === b.lane && a.lanes === b.lanes);

/** Booleans lie in memory as integers. */
const elementOf = ({ lane }: Buffer): Lane => (lane === "mask" ? "i32" : lane);

const isInteger32 = (value: number): boolean => Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 32;

class KernelChecker {
  readonly #kernel: Kernel;
  readonly #lanes: number;
  /** The statement in hand and those around it, outermost first. */
  readonly #path: Statement[] = [];
  readonly #accesses: Access[] = [];
  readonly #buffers = new Set<Buffer>();
  readonly #threads: ThreadLocals;
  /** What has been set, by name, in the order in which it was set first. */
  readonly #locals = new Map<string, Local>();
  /** Of the counters in scope; `undefined` inside a condition that is never true. */
  #ranges: Ranges | undefined = noRanges;

  constructor(kernel: Kernel, lanes: number) {
    this.#kernel = kernel;
    this.#threads = new ThreadLocals(kernel);
    this.#lanes = lanes;
  }

  check(): ReadonlySet<Buffer> {
    this.#statements(this.#kernel.body);
    const race = raceBetween(this.#accesses);
    this.#require(
      race === undefined,
      () => `one thread stores to ${race} while another, elsewhere in the kernel, may load from it`,
    );
    return this.#buffers;
  }

  #require(holds: boolean, rule: () => string): asserts holds {
    if (!holds) this.#fail(rule());
  }

  /** What is asked of every value asks without a closure: most of the time here goes by with values. */
  #fail(rule: string): never {
    const [statement, ...around] = this.#path.toReversed().map((part) => `"${printStatement(part)}"`);
    const where = statement === undefined ? "" : `; in ${[statement, ...around].join(" inside ")}`;
    throw new StateError(`kernel ${this.#kernel.name}: ${rule}${where}`);
  }

  #statements(statements: readonly Statement[]): void {
    for (const statement of statements) {
      this.#path.push(statement);
      this.#statement(statement);
      this.#path.pop();
    }
  }

  #statement(statement: Statement): void {
    switch (statement.kind) {
      case "set":
        this.#set(statement.local, statement.value);
        break;
      case "store":
        this.#typeOf(statement.value, { lane: elementOf(statement.buffer), lanes: statement.value.type.lanes });
        this.#access(statement.buffer, statement.index, statement.value.type.lanes, "store");
        break;
      case "storeLane":
        this.#typeOf(statement.value, { lane: elementOf(statement.buffer), lanes: this.#lanes });
        this.#laneNumber(statement.lane);
        this.#access(statement.buffer, statement.index, 1, "store");
        break;
      case "loop":
        this.#loop(statement);
        break;
      case "if":
        this.#if(statement.condition, statement.body);
        break;
    }
  }

  #set(local: Local, value: Value): void {
    this.#width(local.type);
    this.#typeOf(value, local.type);
    const known = this.#locals.get(local.name) ?? local;
    this.#require(known === local, () => `two locals are called ${local.name}`);
    this.#locals.set(local.name, local);
    this.#ranges = this.#ranges && withoutLocals(this.#ranges, (other) => other === local);
    this.#threads.set(local, value, this.#path[0]);
  }

  #loop({ counter, body, parallel, together }: Loop): void {
    const { count, name } = counter;
    const isPair = parallel && body.length === 1 && body[0].kind === "loop";
    this.#require(
      !together || isPair,
      () => "a loop to be divided together with another is not alone in a parallel one",
    );
    this.#require(Number.isInteger(count) && count > 0, () => `a loop runs ${count} times`);
    const inner = insideOf({ kind: "loop", counter, body, parallel, together })?.counter.count ?? 1;
    this.#require(count * inner <= MOST_ELEMENTS, () => `a loop runs ${count * inner} times, more than 32 bits count`);
    this.#require(!parallel || this.#path.length === 1, () => "a parallel loop is not the outermost one");
    const around = this.#path.slice(0, -1).some((part) => part.kind === "loop" && part.counter.name === name);
    this.#require(!around, () => `a loop around this one has the counter ${name} too`);
    const known = this.#locals.size;
    // What an iteration sets, the next one finds.
    const ranges = withoutSets(this.#ranges, body);
    this.#ranges = ranges && withCounter(ranges, counter);
    this.#statements(body);
    this.#ranges = ranges;
    // Which of the iterations a thread ran last, if any, is nothing to build on.
    if (parallel) {
      this.#forgetLocals(known);
      for (const { name } of setsOf(body)) this.#locals.delete(name);
    }
  }

  #if(condition: Value, body: readonly Statement[]): void {
    this.#typeOf(condition, { lane: "mask", lanes: 1 });
    const [ranges, known] = [this.#ranges, this.#locals.size];
    this.#ranges = ranges && narrow(condition, ranges);
    this.#statements(body);
    this.#ranges = withoutSets(ranges, body);
    this.#forgetLocals(known);
  }

  /** All but the ones that were set first. */
  #forgetLocals(known: number): void {
    for (const name of [...this.#locals.keys()].slice(known)) this.#locals.delete(name);
  }

  /** Checks a value, and that it has the type that its place needs. */
  #typeOf(value: Value, expected: ValueType): void {
    this.#value(value);
    const { type } = value;
    if (!isSame(type, expected))
      this.#fail(`${printValue(value)} is ${nameOf(type)} where ${nameOf(expected)} is needed`);
  }

  /** Checks a value and all that it consists of, and that it is declared as what it is. */
  #value(value: Value): void {
    this.#width(value.type);
    const found = this.#find(value);
    if (!isSame(value.type, found))
      this.#fail(`${printValue(value)} is declared ${nameOf(value.type)}, but is ${nameOf(found)}`);
  }

  /** The type that follows from what a value consists of. */
  #find(value: Value): ValueType {
    const { lane, lanes } = value.type;
    const wide = this.#lanes;
    switch (value.kind) {
      case "local":
        if (this.#locals.get(value.name) !== value) this.#fail(`${value.name} may not have been set`);
        if (!this.#threads.mayRead(value, this.#path[0]))
          this.#fail(`${value.name} is set by the first thread alone, but every thread reads it`);
        return value.type;
      case "constant":
        this.#constant(value.value, lane);
        return value.type;
      case "counter":
        this.#inScope(value.counter);
        return { lane: "i32", lanes: 1 };
      case "load":
        this.#access(value.buffer, value.index, lanes, "load");
        return { lane: elementOf(value.buffer), lanes };
      case "loadSplat":
        this.#access(value.buffer, value.index, 1, "load");
        return { lane: elementOf(value.buffer), lanes: wide };
      case "splat":
        this.#typeOf(value.value, { lane, lanes: 1 });
        return { lane, lanes: wide };
      case "lane":
        this.#typeOf(value.value, { lane, lanes: wide });
        this.#laneNumber(value.lane);
        return { lane, lanes: 1 };
      case "apply":
        return this.#resultOf(value);
    }
  }

  /** Checks operands against what the operation takes, and gives the type of its result. */
  #resultOf({ operation, operands }: Extract<Value, { kind: "apply" }>): ValueType {
    const { takes, gives }: { takes: readonly string[]; gives: string } = operations[operation];
    if (operands.length !== takes.length)
      this.#fail(`${operation} takes ${takes.length} operands, not ${operands.length}`);
    const first = operands[0].type;
    const second = operands[1]?.type ?? first;
    if (isShuffle(operation)) {
      const { lanes } = shuffles[operation];
      this.#require(first.lanes >= lanes, () => `${operation} of ${first.lanes} lanes, not of ${lanes} or more`);
    }
    for (let i = 0; i < operands.length; i++) {
      this.#value(operands[i]);
      const { type } = operands[i];
      const needed = takes[i] === "scalar" ? "i32" : resolved(takes[i], first, second, type);
      const width = takes[i] === "scalar" ? 1 : first.lanes;
      if (!needed.includes(type.lane) || type.lanes !== width)
        this.#fail(
          `operand ${i} of ${operation} is ${nameOf(type)}, not ${width === 1 ? needed : `${needed}x${width}`}`,
        );
    }
    return { lane: resolved(gives, first, second) as Lane, lanes: first.lanes };
  }

  #width({ lanes }: ValueType): void {
    if (lanes !== 1 && lanes !== this.#lanes) this.#fail(`a width of ${lanes}, not 1 or ${this.#lanes}`);
  }

  #laneNumber(lane: number): void {
    this.#require(Number.isInteger(lane) && lane >= 0 && lane < this.#lanes, () => `there is no lane ${lane}`);
  }

  #constant(value: number, lane: Lane): void {
    const exists = lane === "f32" || (lane === "i32" ? isInteger32(value) : value === 0 || value === 1);
    if (!exists) this.#fail(`${value} is no ${lane}`);
  }

  #inScope(counter: Loop["counter"]): void {
    for (const part of this.#path) if (part.kind === "loop" && part.counter === counter) return;
    this.#fail(`${counter.name} is not the counter of a loop around`);
  }

  /** Vectors may be read from beyond the end by less than their width: the memory plan leaves as much after a buffer. */
  #access(buffer: Buffer, index: Index, lanes: number, kind: Access["kind"]): void {
    const { terms, constant, computed } = index;
    for (let i = 0; i < terms.length; i++) {
      const { counter, factor } = terms[i];
      this.#inScope(counter);
      if (!Number.isInteger(factor)) this.#fail(`a step of ${factor} elements`);
      for (let j = 0; j < i; j++) if (terms[j].counter === counter) this.#fail("a counter counts twice");
    }
    if (!Number.isInteger(constant)) this.#fail(`an index of ${constant}`);
    if (computed !== undefined) this.#typeOf(computed, { lane: "i32", lanes: 1 });
    this.#buffers.add(buffer);
    if (this.#ranges === undefined) return;
    if (buffer.length > MOST_ELEMENTS) this.#fail(`${buffer.name} has ${buffer.length} elements, too many`);
    const whole = wholeOf(index);
    if (whole === undefined) this.#fail(`no condition can tell where ${buffer.name}[${printIndex(index)}] goes`);
    const { low, high } = rangeOf(whole, this.#ranges);
    const last = high + lanes - 1;
    if (low < 0 || (kind === "load" ? high : last) >= buffer.length)
      this.#fail(`${buffer.name}[${printIndex(index)}] reaches from ${low} to ${last} of ${buffer.length} elements`);
    if (computed !== undefined && !fitsComputed(computed, this.#ranges))
      this.#fail(`the index ${printIndex(index)} of ${buffer.name} is computed, and may need more than 32 bits`);
    this.#accesses.push({ part: this.#path[0], buffer, kind, index: whole, ranges: this.#ranges, lanes });
  }
}

/** The lanes that a rule of an operation means, several of them with "|" between. */
const resolved = (rule: string, first: ValueType, second: ValueType, own = first): string =>
  rule === "same" ? first.lane : rule === "second" ? second.lane : rule === "any" ? own.lane : rule;

/** Without what is known of locals that the statements set. */
function withoutSets(ranges: Ranges | undefined, statements: readonly Statement[]): Ranges | undefined {
  if (ranges === undefined || ranges.locals.size === 0) return ranges;
  const set = setsOf(statements);
  return withoutLocals(ranges, (local) => set.has(local));
}

/** The locals that statements set. */
function setsOf(statements: readonly Statement[], found = new Set<Local>()): ReadonlySet<Local> {
  for (const statement of statements) {
    if (statement.kind === "set") found.add(statement.local);
    else if ("body" in statement) setsOf(statement.body, found);
  }
  return found;
}
