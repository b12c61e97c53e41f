/**
 * Which values loop counters, and the indices made of them, can take. Conditions narrow them: inside `if i0*2 - 1 >= 0` a
 * counter from 0 to 6 goes from 1 to 6, and inside `if i0 + i1 - 2 >= 0` the sum of two goes from 2 on. A local integer can
 * be anything before a condition narrows it, and again when it is set.
 */
import type { Counter, Index, Local, Terms, Value } from "./ir.ts";

/** Whole numbers from `low` to `high`, both included. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Σ factor · counter + constant. */
export interface Affine {
  readonly terms: Terms;
  readonly constant: number;
}

export interface Ranges {
  readonly counters: ReadonlyMap<Counter, Range>;
  /** What is known of sums of several counters, beyond what follows from each of them. */
  readonly sums: readonly { readonly terms: Terms; readonly range: Range }[];
  /** The locals among the counters. */
  readonly locals: ReadonlySet<Local>;
}

export const noRanges: Ranges = { counters: new Map(), sums: [], locals: new Set() };

export const withCounter = (ranges: Ranges, counter: Counter): Ranges => ({
  ...ranges,
  counters: new Map([...ranges.counters, [counter, { low: 0, high: counter.count - 1 }]]),
});

const INTEGERS: Range = { low: -(2 ** 31), high: 2 ** 31 - 1 };

/** Locals take part in sums as if they were counters. */
interface Symbol extends Counter {
  readonly local: Local;
}

const symbols = new WeakMap<Local, Symbol>();

function symbolOf(local: Local): Symbol {
  const symbol = symbols.get(local) ?? { name: local.name, count: 2 ** 32, local };
  symbols.set(local, symbol);
  return symbol;
}

/** Without what is known of locals that have been set, or may have been. */
export function withoutLocals(ranges: Ranges, mayBeSet: (local: Local) => boolean): Ranges {
  if (ranges.locals.size === 0) return ranges;
  const changed = [...ranges.locals].filter(mayBeSet);
  const symbols = new Set<Counter>(changed.map(symbolOf));
  const isKept = (counter: Counter): boolean => !symbols.has(counter);
  return {
    counters: new Map([...ranges.counters].filter(([counter]) => isKept(counter))),
    sums: ranges.sums.filter(({ terms }) => terms.every(({ counter }) => isKept(counter))),
    locals: new Set([...ranges.locals].filter((local) => !changed.includes(local))),
  };
}

const scaledRange = ({ low, high }: Range, factor: number): Range =>
  factor < 0 ? { low: factor * high, high: factor * low } : { low: factor * low, high: factor * high };

const added = (a: Range, b: Range): Range => ({ low: a.low + b.low, high: a.high + b.high });

const intersection = (a: Range, b: Range): Range => ({ low: Math.max(a.low, b.low), high: Math.min(a.high, b.high) });

/** The smallest and the largest position of an index, without its computed part. */
export function rangeOf({ terms, constant }: Affine, ranges: Ranges): Range {
  const each = rangeOfEach(terms, ranges);
  if (ranges.sums.length === 0) return { low: each.low + constant, high: each.high + constant };
  let [rest, together] = [terms, { low: 0, high: 0 }];
  for (const sum of ranges.sums) {
    const factor = (rest.find(({ counter }) => counter === sum.terms[0].counter)?.factor ?? 0) / sum.terms[0].factor;
    const left = plusTerms(rest, sum.terms, -factor);
    if (left.some(({ counter }) => sum.terms.some((term) => term.counter === counter))) continue;
    rest = left;
    together = added(together, scaledRange(sum.range, factor));
  }
  const range = intersection(each, added(together, rangeOfEach(rest, ranges)));
  return { low: range.low + constant, high: range.high + constant };
}

function rangeOfEach(terms: Terms, { counters }: Ranges): Range {
  let [low, high] = [0, 0];
  for (const { counter, factor } of terms) {
    const range = counters.get(counter) ?? INTEGERS;
    low += factor * (factor < 0 ? range.high : range.low);
    high += factor * (factor < 0 ? range.low : range.high);
  }
  return { low, high };
}

/** An index whose computed part, if it has one, is a sum of counters and locals; `undefined` if that is something else. */
export function wholeOf({ terms, constant, computed }: Index): Affine | undefined {
  if (computed === undefined) return { terms, constant };
  const part = affineOf(computed);
  return part && combine({ terms, constant }, part, 1);
}

/** A sum in the arithmetic of 32 bits is right when its value has that many, whatever happens on the way. */
const fits = (range: Range): boolean => range.low >= INTEGERS.low && range.high <= INTEGERS.high;

/** Whether the computed part of an index is right: it is added up when the kernel runs, in 32 bits. */
export function fitsComputed(value: Value, ranges: Ranges): boolean {
  const sum = affineOf(value);
  return sum === undefined || fits(rangeOf(sum, ranges));
}

/** The ranges where the condition holds; `undefined` where it never does. */
export function narrow(condition: Value, ranges: Ranges): Ranges | undefined {
  if (condition.kind !== "apply") return ranges;
  const [a, b] = condition.operands;
  if (condition.operation === "and") {
    const first = narrow(a, ranges);
    return first && narrow(b, first);
  }
  return nonNegativeForms(condition.operation, a, b, ranges).reduce<Ranges | undefined>(
    (narrowed, form) => narrowed && narrowTo(form, narrowed),
    ranges,
  );
}

/** A comparison of integers as affine forms that are at least 0. */
function nonNegativeForms(operation: string, a: Value, b: Value, ranges: Ranges): Affine[] {
  const [left, right] = [a, b].map((value) => value && affineOf(value));
  if (left === undefined || right === undefined) return [];
  if (![left, right].every((side) => fits(rangeOf(side, ranges)))) return [];
  const atLeast = combine(left, right, -1);
  const atMost = combine(right, left, -1);
  const less = (form: Affine): Affine => ({ ...form, constant: form.constant - 1 });
  const forms: Readonly<Record<string, Affine[]>> = {
    ge: [atLeast],
    gt: [less(atLeast)],
    le: [atMost],
    lt: [less(atMost)],
    eq: [atLeast, atMost],
  };
  return forms[operation] ?? [];
}

function narrowTo(form: Affine, ranges: Ranges): Ranges | undefined {
  if (rangeOf(form, ranges).high < 0) return undefined;
  const sum = { terms: form.terms, range: { low: -form.constant, high: Number.POSITIVE_INFINITY } };
  const { terms } = form;
  const counters = new Map(ranges.counters);
  for (const term of terms) {
    // With the largest value that the other terms can have, each counter must bring the form to 0.
    const others = rangeOf({ ...form, terms: terms.filter((other) => other !== term) }, ranges).high;
    const bound = -others / term.factor;
    const known = counters.get(term.counter) ?? INTEGERS;
    const limit = term.factor > 0 ? { ...known, low: Math.ceil(bound) } : { ...known, high: Math.floor(bound) };
    counters.set(term.counter, intersection(known, limit));
  }
  const locals = terms.flatMap(({ counter }) => ("local" in counter ? [(counter as Symbol).local] : []));
  return {
    counters,
    sums: terms.length > 1 ? withSum(sum, ranges) : ranges.sums,
    locals: new Set([...ranges.locals, ...locals]),
  };
}

/** The known sums with one more. The same sum, or its opposite, is kept once. */
function withSum(sum: Ranges["sums"][number], ranges: Ranges): Ranges["sums"] {
  const sign = Math.sign(sum.terms[0].factor);
  const terms = plusTerms([], sum.terms, sign);
  const key = termsKey(terms);
  const range = intersection(scaledRange(sum.range, sign), rangeOf({ terms, constant: 0 }, ranges));
  return [...ranges.sums.filter((other) => termsKey(other.terms) !== key), { terms, range }];
}

const termsKey = (terms: Terms): string => terms.map(({ counter, factor }) => `${counter.name}*${factor}`).join("+");

/** A value as an affine form of counters, if it is one. */
function affineOf(value: Value): Affine | undefined {
  if (value.type.lane !== "i32" || value.type.lanes > 1) return undefined;
  if (value.kind === "constant") return { terms: [], constant: value.value | 0 };
  if (value.kind === "counter") return { terms: [{ counter: value.counter, factor: 1 }], constant: 0 };
  if (value.kind === "local") return { terms: [{ counter: symbolOf(value), factor: 1 }], constant: 0 };
  if (value.kind !== "apply" || value.operands.length !== 2) return undefined;
  const [a, b] = value.operands.map(affineOf);
  if (a === undefined || b === undefined) return undefined;
  if (value.operation === "add") return combine(a, b, 1);
  if (value.operation === "sub") return combine(a, b, -1);
  if (value.operation === "mul" && b.terms.length === 0) return combine({ terms: [], constant: 0 }, a, b.constant);
  return undefined;
}

const combine = (a: Affine, b: Affine, factor: number): Affine => ({
  terms: plusTerms(a.terms, b.terms, factor),
  constant: a.constant + factor * b.constant,
});

/** a + factor · b. */
function plusTerms(a: Terms, b: Terms, factor: number): Terms {
  const factors = new Map(a.map((term) => [term.counter, term.factor]));
  for (const term of b) factors.set(term.counter, (factors.get(term.counter) ?? 0) + factor * term.factor);
  return [...factors].map(([counter, factor]) => ({ counter, factor })).filter((term) => term.factor !== 0);
}
