/** Functions that build loops: kernels are ordinary TypeScript that calls them. */
import { isDividedTogether } from "./division.ts";
import {
  type Buffer,
  type Counter,
  type Index,
  type Kernel,
  type Lane,
  type Local,
  type Operation,
  operations,
  type Statement,
  type Value,
  type ValueType,
} from "./ir.ts";

export const at = (constant: number): Index => ({ terms: [], constant });

/** `index` moved on by a number, by `counter · factor`, or by another index. */
export function plus(index: Index, by: number | Index): Index {
  if (typeof by === "number") return by === 0 ? index : { ...index, constant: index.constant + by };
  const terms = [...index.terms];
  for (const term of by.terms) {
    const i = terms.findIndex(({ counter }) => counter === term.counter);
    if (i < 0) terms.push(term);
    else terms[i] = { counter: term.counter, factor: terms[i].factor + term.factor };
  }
  return { terms, constant: index.constant + by.constant, computed: by.computed ?? index.computed };
}

/** A counter as an index, with a factor. A loop that runs once has no counter: its index is 0. */
export const times = (counter: Index, factor: number): Index => ({
  terms: factor === 0 ? [] : counter.terms.map((term) => ({ ...term, factor: term.factor * factor })),
  constant: counter.constant * factor,
});

/** An index with a computed part, an `i32` scalar in elements. */
export const computed = (index: Index, value: Value): Index => ({ ...index, computed: value });

/** Collects the statements of a kernel. `lanes` is the width of the target's vectors. */
export class KernelBuilder {
  readonly lanes: number;
  #statements: Statement[] = [];
  #names = 0;
  #depth = 0;
  /** How many lanes of vectors are stored; default all. */
  #stored: number | undefined;
  /** Loops that were said to be parallel, at any depth. */
  readonly #independent = new Set<Statement>();

  constructor(lanes: number) {
    this.lanes = lanes;
  }

  finish(name: string): Kernel {
    return { name, body: this.#statements };
  }

  /**
   * `body` for 0 … count − 1. A loop that runs once is just its body; one that never runs is nothing. `parallel` says that
   * iterations are independent: the outermost loop is then divided among threads.
   */
  loop(count: number, body: (index: Index) => void, { parallel = false } = {}): void {
    if (count <= 0) return;
    if (count === 1) {
      body(at(0));
      return;
    }
    const counter: Counter = { name: `i${this.#names++}`, count };
    const isDivided = parallel && this.#depth === 0;
    this.#depth++;
    const statements = this.#inside(() => body({ terms: [{ counter, factor: 1 }], constant: 0 }));
    this.#depth--;
    const isAlone = statements.length === 1 && this.#independent.has(statements[0]);
    const together = isDivided && isDividedTogether(count, isAlone) ? { together: true } : {};
    const loop: Statement = { kind: "loop", counter, body: statements, parallel: isDivided, ...together };
    if (parallel) this.#independent.add(loop);
    this.#statements.push(loop);
  }

  /** @param options.isRare whether the condition hardly ever holds */
  when(condition: Value, body: () => void, { isRare = false } = {}): void {
    const rare = isRare ? ({ isRare } as const) : {};
    this.#statements.push({ kind: "if", condition, body: this.#inside(body), ...rare });
  }

  #inside(body: () => void): Statement[] {
    const outer = this.#statements;
    this.#statements = [];
    try {
      body();
      return this.#statements;
    } finally {
      this.#statements = outer;
    }
  }

  /** A new local with a first value: used to name what is used twice, and to accumulate. */
  local(value: Value): Local {
    const local: Local = { kind: "local", type: value.type, name: `v${this.#names++}` };
    this.set(local, value);
    return local;
  }

  set(local: Local, value: Value): void {
    this.#statements.push({ kind: "set", local, value });
  }

  load(buffer: Buffer, index: Index, lanes = 1): Value {
    return fromMemory({ kind: "load", type: { lane: memoryLane(buffer), lanes }, buffer, index }, buffer);
  }

  /** One element, in `lanes` lanes. */
  loadSplat(buffer: Buffer, index: Index, lanes: number): Value {
    if (lanes === 1) return this.load(buffer, index);
    return fromMemory({ kind: "loadSplat", type: { lane: memoryLane(buffer), lanes }, buffer, index }, buffer);
  }

  store(buffer: Buffer, index: Index, value: Value): void {
    if (this.#stored === undefined || value.type.lanes <= this.#stored) {
      this.#statements.push({ kind: "store", buffer, index, value: forMemory(value) });
      return;
    }
    const vector = this.local(forMemory(value));
    for (let lane = 0; lane < this.#stored; lane++) this.storeLane(buffer, plus(index, lane), vector, lane);
  }

  /** How many lanes of a vector are stored here, at most: those that follow lie beyond the end of what is written. */
  get storedLanes(): number {
    return this.#stored ?? this.lanes;
  }

  /** In `body`, of vectors only the first `count` lanes are stored, whether together or one by one. */
  storingFirst(count: number, body: () => void): void {
    const before = this.#stored;
    this.#stored = count;
    try {
      body();
    } finally {
      this.#stored = before;
    }
  }

  storeLane(buffer: Buffer, index: Index, value: Value, lane: number): void {
    if (value.type.lanes === 1) this.store(buffer, index, value);
    else if (lane < this.storedLanes)
      this.#statements.push({ kind: "storeLane", buffer, index, value: forMemory(value), lane });
  }
}

const memoryLane = ({ lane }: Buffer): Lane => (lane === "mask" ? "i32" : lane);

/** Booleans lie in memory as 0 or 1 and are masks in registers. */
const fromMemory = (value: Value, { lane }: Buffer): Value =>
  lane === "mask" ? apply("ne", value, constant(0, value.type)) : value;

/** What is stored for a value: 0 or 1 for a mask. */
export const forMemory = (value: Value): Value => (value.type.lane === "mask" ? apply("maskToInteger", value) : value);

export const constant = (value: number, type: ValueType): Value => ({ kind: "constant", type, value });
export const scalar = (lane: Lane): ValueType => ({ lane, lanes: 1 });

export function splat(value: Value, lanes: number): Value {
  return lanes === 1 ? value : { kind: "splat", type: { ...value.type, lanes }, value };
}

export const laneOf = (value: Value, lane: number): Value =>
  value.type.lanes === 1 ? value : { kind: "lane", type: { ...value.type, lanes: 1 }, value, lane };

/** A counter's index as an `i32` scalar. */
export function indexValue(index: Index): Value {
  const start: Value = constant(index.constant, scalar("i32"));
  return index.terms.reduce<Value>((sum, { counter, factor }) => {
    const value: Value = { kind: "counter", type: scalar("i32"), counter };
    return apply("add", sum, apply("mul", value, constant(factor, scalar("i32"))));
  }, start);
}

export function apply(operation: Operation, ...operands: Value[]): Value {
  const { gives } = operations[operation];
  const { lanes } = operands[0].type;
  const lane = gives === "same" ? operands[0].type.lane : gives === "second" ? operands[1].type.lane : gives;
  return { kind: "apply", type: { lane, lanes }, operation, operands };
}

export const integer = (value: number): Value => constant(value, scalar("i32"));
export const float = (value: number): Value => constant(value, scalar("f32"));
