/**
 * Running pointers. An access at Σ factor · counter would multiply in every iteration; instead each loop keeps, for every
 * sum of terms that its accesses share, one address that it moves on. Constant parts and the buffers' places in memory
 * go into the instruction's offset, so that all rows of a register tile share one pointer.
 */
import type { Counter, Index, Loop, Statement, Value } from "../loops/ir.ts";

type Term = Index["terms"][number];

export const ELEMENT_BYTES = 4;

/** The counters in scope, outermost first. */
export type Scope = readonly Counter[];

/** An index's terms with counters in scope, in the order of the loops. */
export const termsWithin = (index: Index, scope: Scope): readonly Term[] =>
  scope.flatMap((counter) => index.terms.filter((term) => term.counter === counter));

/**
 * By how many bytes a pointer with these terms is ahead of its accesses, so that it never falls below zero while a
 * negative factor moves it down. The accesses' offsets take it off again.
 */
export const biasOf = (terms: readonly Term[]): number =>
  terms.reduce((sum, { counter, factor }) => sum + Math.max(0, -factor) * (counter.count - 1) * ELEMENT_BYTES, 0);

export const keyOf = (terms: readonly Term[]): string =>
  terms.map(({ counter, factor }) => `${counter.name}*${factor}`).join("+");

/** The sums of terms, ending with the loop's own counter, that accesses inside the loop need as pointers. */
export function pointersOf(loop: Loop, scope: Scope): ReadonlyMap<string, readonly Term[]> {
  const inner = [...scope, loop.counter];
  const needed = new Map<string, readonly Term[]>();
  for (const index of accessesOf(loop.body)) {
    const terms = termsWithin(index, inner);
    if (terms.at(-1)?.counter === loop.counter) needed.set(keyOf(terms), terms);
  }
  return needed;
}

function* accessesOf(statements: readonly Statement[]): Generator<Index> {
  for (const statement of statements) {
    if (statement.kind === "store" || statement.kind === "storeLane") {
      yield statement.index;
      if (statement.index.computed) yield* loadsOf(statement.index.computed);
    }
    if ("value" in statement) yield* loadsOf(statement.value);
    if ("condition" in statement) yield* loadsOf(statement.condition);
    if ("body" in statement) yield* accessesOf(statement.body);
  }
}

function* loadsOf(value: Value): Generator<Index> {
  if (value.kind === "load" || value.kind === "loadSplat") {
    yield value.index;
    if (value.index.computed) yield* loadsOf(value.index.computed);
  } else if (value.kind === "apply") for (const operand of value.operands) yield* loadsOf(operand);
  else if (value.kind === "splat" || value.kind === "lane") yield* loadsOf(value.value);
}
