/**
 * The loop language: what kernels are written in. Buffers of 32-bit elements, affine index arithmetic, counted loops,
 * scalar values and vectors of the target's width. Shapes are static, so every count is a number.
 *
 * Values are pure expressions; statements set locals, store and loop. An index is a sum of loop counters times constant
 * factors, so that an emitter can keep running pointers; only gathers add a computed part.
 */

/** `mask` is the result of a comparison: it selects, and is combined with other masks. */
export type Lane = "f32" | "i32" | "mask";

/** `lanes` is 1 for scalars, or the target's width. */
export interface ValueType {
  readonly lane: Lane;
  readonly lanes: number;
}

/** Positions in buffers, and iterations of loops, are counted in 32 bits with a sign. */
export const MOST_ELEMENTS = 2 ** 31 - 1;

/** A region of memory with 32-bit elements. Booleans are 0 or 1. */
export interface Buffer {
  readonly name: string;
  readonly lane: Lane;
  readonly length: number;
}

/** The counter of a loop: 0, 1, … count − 1. */
export interface Counter {
  readonly name: string;
  readonly count: number;
}

/** Σ factor · counter */
export type Terms = readonly { readonly counter: Counter; readonly factor: number }[];

/** Σ factor · counter + constant + computed, in elements. */
export interface Index {
  readonly terms: Terms;
  readonly constant: number;
  readonly computed?: Value;
}

export interface Local {
  readonly kind: "local";
  readonly type: ValueType;
  readonly name: string;
}

export type Value =
  | Local
  | { readonly kind: "constant"; readonly type: ValueType; readonly value: number }
  /** Neighboring elements for a vector; one element for a scalar. */
  | { readonly kind: "load"; readonly type: ValueType; readonly buffer: Buffer; readonly index: Index }
  /** One element in all lanes. */
  | { readonly kind: "loadSplat"; readonly type: ValueType; readonly buffer: Buffer; readonly index: Index }
  | { readonly kind: "splat"; readonly type: ValueType; readonly value: Value }
  | { readonly kind: "lane"; readonly type: ValueType; readonly value: Value; readonly lane: number }
  /** A counter as a scalar `i32`. */
  | { readonly kind: "counter"; readonly type: ValueType; readonly counter: Counter }
  | {
      readonly kind: "apply";
      readonly type: ValueType;
      readonly operation: Operation;
      readonly operands: readonly Value[];
    };

export type Statement =
  | { readonly kind: "set"; readonly local: Local; readonly value: Value }
  | { readonly kind: "store"; readonly buffer: Buffer; readonly index: Index; readonly value: Value }
  /** Stores one lane of a vector. */
  | {
      readonly kind: "storeLane";
      readonly buffer: Buffer;
      readonly index: Index;
      readonly value: Value;
      readonly lane: number;
    }
  | Loop
  /** `isRare` says that the condition hardly ever holds: it does not count as work. */
  | { readonly kind: "if"; readonly condition: Value; readonly body: readonly Statement[]; readonly isRare?: true };

export interface Loop {
  readonly kind: "loop";
  readonly counter: Counter;
  readonly body: readonly Statement[];
  /** Iterations are independent and may run on different threads; see `division.ts`. Outermost loops only. */
  readonly parallel: boolean;
  /** A parallel loop with nothing but another loop of independent iterations in it: the two are divided as if they were one. */
  readonly together?: boolean;
}

export interface Kernel {
  readonly name: string;
  readonly body: readonly Statement[];
  /**
   * The buffers that it runs over, each by the one that the body names. Kernels that differ in this alone share a body, and
   * what is worked out for it once. Default: those that the body names.
   */
  readonly over?: ReadonlyMap<Buffer, Buffer>;
}

/** What each operation takes and gives: the operands' lanes, and the result's. `same` is the first operand's lane. */
export const operations = {
  add: { takes: ["f32|i32", "same"], gives: "same" },
  sub: { takes: ["f32|i32", "same"], gives: "same" },
  mul: { takes: ["f32|i32", "same"], gives: "same" },
  div: { takes: ["f32", "f32"], gives: "f32" },
  /** NaN if either is NaN. */
  min: { takes: ["f32|i32", "same"], gives: "same" },
  max: { takes: ["f32|i32", "same"], gives: "same" },
  /** a · b + c, rounded once where the target can. */
  fma: { takes: ["f32", "f32", "f32"], gives: "f32" },
  neg: { takes: ["f32|i32"], gives: "same" },
  abs: { takes: ["f32|i32"], gives: "same" },
  sqrt: { takes: ["f32"], gives: "f32" },
  floor: { takes: ["f32"], gives: "f32" },
  ceil: { takes: ["f32"], gives: "f32" },
  /** To the nearest integer, halves to the even one. */
  nearest: { takes: ["f32"], gives: "f32" },
  eq: { takes: ["f32|i32", "same"], gives: "mask" },
  ne: { takes: ["f32|i32", "same"], gives: "mask" },
  lt: { takes: ["f32|i32", "same"], gives: "mask" },
  le: { takes: ["f32|i32", "same"], gives: "mask" },
  gt: { takes: ["f32|i32", "same"], gives: "mask" },
  ge: { takes: ["f32|i32", "same"], gives: "mask" },
  and: { takes: ["i32|mask", "same"], gives: "same" },
  or: { takes: ["i32|mask", "same"], gives: "same" },
  xor: { takes: ["i32|mask", "same"], gives: "same" },
  not: { takes: ["mask"], gives: "mask" },
  /** Shifts by a scalar. */
  shl: { takes: ["i32", "scalar"], gives: "i32" },
  shr: { takes: ["i32", "scalar"], gives: "i32" },
  /** Toward zero, saturating; NaN gives 0. */
  toInteger: { takes: ["f32"], gives: "i32" },
  toFloat: { takes: ["i32"], gives: "f32" },
  bitsToFloat: { takes: ["i32"], gives: "f32" },
  floatToBits: { takes: ["f32"], gives: "i32" },
  /** From a mask to 0 or 1. */
  maskToInteger: { takes: ["mask"], gives: "i32" },
  /** mask ? a : b. */
  select: { takes: ["mask", "any", "second"], gives: "second" },
  /** Of vectors, in each four lanes: a0 b0 a1 b1, and a2 b2 a3 b3. What they and those below do is in `shuffles.ts`. */
  interleaveLow: { takes: ["f32|i32", "same"], gives: "same" },
  interleaveHigh: { takes: ["f32|i32", "same"], gives: "same" },
  /** The first, third, … four lanes of a, then of b; and the others. */
  evenFours: { takes: ["f32|i32", "same"], gives: "same" },
  oddFours: { takes: ["f32|i32", "same"], gives: "same" },
} as const satisfies Record<string, { takes: readonly string[]; gives: string }>;

export type Operation = keyof typeof operations;
