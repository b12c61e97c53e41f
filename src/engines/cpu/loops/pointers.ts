/**
 * Running pointers. An access at Σ factor · counter would multiply in every iteration; instead each loop keeps, for every
 * sum of terms that accesses inside it share, one address that it moves on. Constant parts and the buffers' places in memory
 * go into the instruction's displacement, so that all rows of a register tile share one pointer. Where displacements are too
 * short for that, memory is divided into regions with pointers of their own.
 */
import type { Buffer, Counter, Index, Kernel, Statement, Terms, Value } from "./ir.ts";

type Term = Terms[number];

export const ELEMENT_BYTES = 4;

/** A sum of terms, in the order of the loops; the last one's loop moves the pointer. Without terms: where a region begins. */
export interface Sum {
  /** Without the last term. */
  readonly parent: Sum | undefined;
  readonly counter: Counter | undefined;
  /** Bytes from one iteration to the next; for regions, bytes from the beginning of memory. */
  readonly step: number;
  readonly children: Map<string, Sum>;
}

/** A pointer and the bytes from there. */
export interface Place {
  readonly sum: Sum;
  readonly displacement: number;
}

export interface PointerOptions {
  /** Where each buffer lies, in bytes. */
  readonly addressOf: (buffer: Buffer) => number;
  /** Displacements go from −region / 2 to region / 2. Default: they reach everywhere. */
  readonly region?: number;
}

export class Pointers {
  readonly #addressOf: PointerOptions["addressOf"];
  readonly #region: number | undefined;
  readonly #depths = new Map<Counter, number>();
  readonly #regions = new Map<number, Sum>();
  /** By list of terms in the first region, which is nearly always the only one. */
  readonly #near = new Map<Terms, Sum>();
  readonly #moving = new Map<Counter, Sum[]>();
  /** Counters that are used as values. */
  readonly counted = new Set<Counter>();

  constructor({ body }: Kernel, { addressOf, region }: PointerOptions) {
    this.#addressOf = addressOf;
    this.#region = region;
    this.#statements(body, 0);
  }

  /** The pointers that a counter's loop moves. */
  movedBy(counter: Counter): readonly Sum[] {
    return this.#moving.get(counter) ?? [];
  }

  of(buffer: Buffer, { terms, constant }: Index): Place {
    const offset = this.#addressOf(buffer) + constant * ELEMENT_BYTES;
    const start = this.#region === undefined ? 0 : Math.round(offset / this.#region) * this.#region;
    return { sum: this.#sumOf(terms, start), displacement: offset - start };
  }

  #sumOf(terms: Terms, start: number): Sum {
    const known = start === 0 ? this.#near.get(terms) : undefined;
    if (known !== undefined) return known;
    const depth = (term: Term): number => this.#depths.get(term.counter)!;
    let sum = this.#regionAt(start);
    for (const term of [...terms].sort((a, b) => depth(a) - depth(b))) sum = this.#plus(sum, term);
    if (start === 0) this.#near.set(terms, sum);
    return sum;
  }

  #regionAt(start: number): Sum {
    let sum = this.#regions.get(start);
    if (sum === undefined) {
      sum = { parent: undefined, counter: undefined, step: start, children: new Map() };
      this.#regions.set(start, sum);
    }
    return sum;
  }

  #plus(parent: Sum, { counter, factor }: Term): Sum {
    const key = `${counter.name}*${factor}`;
    let sum = parent.children.get(key);
    if (sum === undefined) {
      sum = { parent, counter, step: factor * ELEMENT_BYTES, children: new Map() };
      parent.children.set(key, sum);
      const moving = this.#moving.get(counter);
      if (moving === undefined) this.#moving.set(counter, [sum]);
      else moving.push(sum);
    }
    return sum;
  }

  #statements(statements: readonly Statement[], depth: number): void {
    for (const statement of statements) {
      switch (statement.kind) {
        case "set":
          this.#value(statement.value);
          break;
        case "store":
        case "storeLane":
          this.#access(statement.buffer, statement.index);
          this.#value(statement.value);
          break;
        case "loop":
          this.#depths.set(statement.counter, depth);
          this.#statements(statement.body, depth + 1);
          break;
        case "if":
          this.#value(statement.condition);
          this.#statements(statement.body, depth + 1);
          break;
      }
    }
  }

  #access(buffer: Buffer, index: Index): void {
    this.of(buffer, index);
    if (index.computed !== undefined) this.#value(index.computed);
  }

  #value(value: Value): void {
    switch (value.kind) {
      case "load":
      case "loadSplat":
        this.#access(value.buffer, value.index);
        break;
      case "splat":
      case "lane":
        this.#value(value.value);
        break;
      case "counter":
        this.counted.add(value.counter);
        break;
      case "apply":
        for (const operand of value.operands) this.#value(operand);
        break;
    }
  }
}
