/** Every rule of the loop language, broken once; and kernels that come close to breaking one. */
import { describe, expect, it } from "vitest";
import { StateError } from "../../../array/index.ts";
import {
  apply,
  at,
  computed,
  constant,
  indexValue,
  KernelBuilder,
  laneOf,
  plus,
  scalar,
  splat,
  times,
} from "./builder.ts";
import { checkKernel } from "./check.ts";
import type { Buffer, Counter, Index, Kernel, Local, Operation, Statement, Value, ValueType } from "./ir.ts";

const LANES = 4;
const x: Buffer = { name: "x", lane: "f32", length: 20 };
const y: Buffer = { name: "y", lane: "i32", length: 20 };
const flags: Buffer = { name: "flags", lane: "mask", length: 20 };

const f32 = scalar("f32");
const i32 = scalar("i32");
const float = (value: number, lanes = 1): Value => constant(value, { lane: "f32", lanes });
const integer = (value: number, lanes = 1): Value => constant(value, { lane: "i32", lanes });
const truth = (value: number, lanes = 1): Value => constant(value, { lane: "mask", lanes });
const local = (name: string, type: ValueType): Local => ({ kind: "local", type, name });
const raw = (operation: Operation, type: ValueType, ...operands: Value[]): Value => ({
  kind: "apply",
  type,
  operation,
  operands,
});

const kernel = (build: (b: KernelBuilder) => void): Kernel => {
  const b = new KernelBuilder(LANES);
  build(b);
  return b.finish("k");
};
const of = (...body: Statement[]): Kernel => ({ name: "k", body });
const set = (value: Value, type = value.type): Kernel => of({ kind: "set", local: local("v", type), value });
const check = (subject: Kernel): void => void checkKernel(subject, { lanes: LANES });

const counter = (name: string, count: number): Counter => ({ name, count });
const stepping = (...terms: Index["terms"]): Index => ({ terms, constant: 0 });
const i0 = counter("i0", 5);
const i1 = counter("i1", 3);
const around = (...body: Statement[]): Kernel => of({ kind: "loop", counter: i0, body, parallel: false });
const load = (index: Index, lanes = 1): Value => ({ kind: "load", type: { lane: "f32", lanes }, buffer: x, index });
const store = (index: Index, value = float(0)): Statement => ({ kind: "store", buffer: x, index, value });

const places: Buffer = { name: "places", lane: "i32", length: 20 };
const none = truth(1);
const inside = (place: Value, least = 0, limit = 20): Value =>
  apply("and", apply("ge", place, integer(least)), apply("lt", place, integer(limit)));
/** In 32 bits `place · 2³⁰` is 0 for every fourth place. */
const wrapping = (place: Value): Value =>
  apply("and", apply("ge", place, integer(0)), apply("lt", apply("mul", place, integer(2 ** 30)), integer(1)));

interface Gather {
  readonly least?: number;
  readonly limit?: number;
  readonly from?: number;
  readonly step?: number;
  readonly condition?: (place: Value) => Value;
  readonly between?: (b: KernelBuilder, place: Local) => void;
}

/** x[from + step · place] = 0 for a place that is loaded, when it is from `least` to below `limit`. */
const gather = ({ least = 0, limit = 10, from = 0, step = 2, condition, between }: Gather): Kernel =>
  kernel((b) => {
    const place = b.local(b.load(places, at(0)));
    b.when((condition ?? ((value) => inside(value, least, limit)))(place), () => {
      between?.(b, place);
      b.store(x, computed(at(from), apply("mul", place, integer(step))), float(0));
    });
  });

const broken: readonly [string, Kernel, string][] = [
  // Operations
  ["too few operands", set(raw("add", f32, float(1))), "add takes 2 operands, not 1"],
  [
    "a shuffle of single elements",
    set(raw("interleaveLow", f32, float(1), float(2))),
    "interleaveLow of 1 lanes, not of 4 or more",
  ],
  [
    "a shuffle of fours where there is only one",
    set(raw("evenFours", { lane: "f32", lanes: LANES }, float(1, LANES), float(2, LANES))),
    "evenFours of 4 lanes, not of 8 or more",
  ],
  ["too many operands", set(raw("neg", f32, float(1), float(2))), "neg takes 1 operands, not 2"],
  ["a mask where numbers are taken", set(apply("neg", truth(1))), "operand 0 of neg is mask, not f32|i32"],
  ["an integer where floats are taken", set(apply("sqrt", integer(4))), "operand 0 of sqrt is i32, not f32"],
  ["a float where bits are taken", set(apply("and", float(1), float(1))), "operand 0 of and is f32, not i32|mask"],
  ["operands of two kinds", set(raw("add", f32, float(1), integer(1))), "operand 1 of add is i32, not f32"],
  ["operands of two widths", set(raw("add", f32, float(1), float(1, LANES))), "operand 1 of add is f32x4, not f32"],
  [
    "a vector that shifts",
    set(apply("shl", integer(1, LANES), integer(1, LANES))),
    "operand 1 of shl is i32x4, not i32",
  ],
  [
    "a selection by a number",
    set(raw("select", f32, integer(1), float(1), float(2))),
    "operand 0 of select is i32, not mask",
  ],
  [
    "a selection from two kinds",
    set(apply("select", truth(1), float(1), integer(2))),
    "operand 2 of select is i32, not f32",
  ],
  [
    "a scalar that selects vectors",
    set(raw("select", f32, truth(1), float(1, LANES), float(1, LANES))),
    "operand 1 of select is f32x4, not f32",
  ],
  ["a declared result that differs", set(raw("lt", f32, float(1), float(2))), "is declared f32, but is mask"],
  // Values
  ["a width that the target has not", set(float(1, 8)), "a width of 8, not 1 or 4"],
  ["a fraction as an integer", set(integer(0.5)), "0.5 is no i32"],
  ["an integer beyond 32 bits", set(integer(2 ** 32)), "4294967296 is no i32"],
  ["a mask that is a number", set(truth(2)), "2 is no mask"],
  [
    "a splat of a vector",
    set({ kind: "splat", type: { lane: "f32", lanes: LANES }, value: float(1, LANES) }),
    "is f32x4 where f32 is needed",
  ],
  ["a lane of a scalar", set({ kind: "lane", type: f32, value: float(1), lane: 0 }), "is f32 where f32x4 is needed"],
  ["a lane beyond the vector", set(laneOf(float(1, LANES), 4)), "there is no lane 4"],
  [
    "a load that is declared as another kind",
    set({ kind: "load", type: i32, buffer: x, index: at(0) }),
    "is declared i32, but is f32",
  ],
  [
    "a scalar that is loaded to all lanes",
    set({ kind: "loadSplat", type: f32, buffer: x, index: at(0) }),
    "is declared f32, but is f32x4",
  ],
  // Locals
  ["a local that is read before it is set", set(apply("neg", local("u", f32))), "u may not have been set"],
  ["a local that another type is set to", set(float(1), i32), "1.0 is f32 where i32 is needed"],
  [
    "two locals of one name",
    of(
      { kind: "set", local: local("v", f32), value: float(1) },
      { kind: "set", local: local("v", i32), value: integer(1) },
    ),
    "two locals are called v",
  ],
  [
    "a local that is set only under a condition",
    kernel((b) => {
      b.loop(5, (i) => {
        let inside: Value = float(0);
        b.when(apply("gt", indexValue(i), integer(2)), () => {
          inside = b.local(float(1));
        });
        b.store(x, i, inside);
      });
    }),
    "v1 may not have been set",
  ],
  // Loops and conditions
  [
    "a loop that never runs",
    of({ kind: "loop", counter: counter("i0", 0), body: [], parallel: false }),
    "a loop runs 0 times",
  ],
  [
    "a loop that runs half a time",
    of({ kind: "loop", counter: counter("i0", 0.5), body: [], parallel: false }),
    "a loop runs 0.5 times",
  ],
  [
    "a parallel loop in another one",
    around({ kind: "loop", counter: i1, body: [], parallel: true }),
    "a parallel loop is not the outermost one",
  ],
  [
    "a name for two counters",
    around({ kind: "loop", counter: counter("i0", 2), body: [], parallel: false }),
    "the counter i0 too",
  ],
  [
    "a condition that is a number",
    of({ kind: "if", condition: integer(1), body: [] }),
    "1 is i32 where mask is needed",
  ],
  [
    "a condition that is a vector",
    of({ kind: "if", condition: truth(1, LANES), body: [] }),
    "true is maskx4 where mask is needed",
  ],
  [
    "a counter outside of its loop",
    set({ kind: "counter", type: i32, counter: i0 }),
    "i0 is not the counter of a loop around",
  ],
  [
    "a counter of another loop in an index",
    around(store(stepping({ counter: i1, factor: 1 }))),
    "i1 is not the counter of a loop around",
  ],
  // Accesses
  ["a store of another kind", of(store(at(0), integer(1))), "1 is i32 where f32 is needed"],
  [
    "a mask that is stored as it is",
    of({ kind: "store", buffer: flags, index: at(0), value: truth(1) }),
    "true is mask where i32 is needed",
  ],
  [
    "a lane that is stored from a scalar",
    of({ kind: "storeLane", buffer: x, index: at(0), value: float(1), lane: 0 }),
    "is f32 where f32x4 is needed",
  ],
  [
    "a lane that does not exist, stored",
    of({ kind: "storeLane", buffer: x, index: at(0), value: float(1, LANES), lane: -1 }),
    "there is no lane -1",
  ],
  ["half a step", around(store(stepping({ counter: i0, factor: 0.5 }))), "a step of 0.5 elements"],
  ["a place that is no number", of(store(at(Number.NaN))), "an index of NaN"],
  [
    "a counter that counts twice",
    around(store(stepping({ counter: i0, factor: 1 }, { counter: i0, factor: 2 }))),
    "a counter counts twice",
  ],
  ["a computed place that is a float", of(store(computed(at(0), float(1)))), "1.0 is f32 where i32 is needed"],
  [
    "a store behind the end",
    kernel((b) => b.loop(6, (i) => b.store(x, times(i, 4), float(0)))),
    "x[i0*4] reaches from 0 to 20 of 20",
  ],
  [
    "a load before the beginning",
    kernel((b) => b.loop(5, (i) => b.store(x, i, b.load(x, plus(times(i, -2), 7))))),
    "x[-i0*2 + 7] reaches from -1 to 7 of 20",
  ],
  ["a vector that is stored over the end", of(store(at(17), float(0, LANES))), "x[17] reaches from 17 to 20 of 20"],
  ["a vector that is loaded from behind the end", set(load(at(20), LANES)), "x[20] reaches from 20 to 23 of 20"],
  [
    "a gather whose counters go too far",
    around(store(computed(stepping({ counter: i0, factor: 5 }), integer(0)))),
    "reaches from 0 to 20 of 20",
  ],
  ["a constant place behind the end", of(store(computed(at(0), integer(1000)))), "reaches from 1000 to 1000 of 20"],
  ["a negative place without its sign", of(store(computed(at(0), integer(0xffffffff)))), "reaches from -1 to -1 of 20"],
  [
    "a place from memory without a condition",
    gather({ condition: () => none }),
    "reaches from -4294967296 to 4294967294",
  ],
  ["a place from memory that is one too far", gather({ limit: 11 }), "reaches from 0 to 20 of 20"],
  ["a place from memory that may be negative", gather({ least: -1 }), "reaches from -2 to 18 of 20"],
  ["a place from memory that is bounded by a sum that wraps around", gather({ condition: wrapping }), "reaches from"],
  [
    "a place that no condition can bound",
    of(store(computed(at(0), apply("toInteger", float(0))))),
    "no condition can tell where x[toInteger(0.0)] goes",
  ],
  [
    "a place from memory that is changed after it was looked at",
    gather({ between: (b, place) => b.set(place, b.load(places, at(1))) }),
    "reaches from",
  ],
  [
    "a computed place whose sum needs more than 32 bits, though the whole index does not",
    kernel((b) => b.loop(5, (i) => b.store(x, computed(times(i, 1 - 6e8), indexValue(times(i, 6e8))), float(0)))),
    "is computed, and may need more than 32 bits",
  ],
  [
    "a buffer with more elements than 32 bits count",
    set({ kind: "load", type: f32, buffer: { ...x, length: 2 ** 31 }, index: at(0) }),
    "x has 2147483648 elements, too many",
  ],
  [
    "a loop of more iterations than 32 bits count",
    of({ kind: "loop", counter: counter("i0", 2 ** 31), body: [], parallel: false }),
    "a loop runs 2147483648 times, more than 32 bits count",
  ],
  [
    "two loops, divided together, of more iterations than 32 bits count",
    of({
      ...{ kind: "loop", counter: counter("i0", 2 ** 16), parallel: true, together: true },
      body: [{ kind: "loop", counter: counter("i1", 2 ** 16), body: [], parallel: false }],
    }),
    "a loop runs 4294967296 times, more than 32 bits count",
  ],
  [
    "a place that the next iteration changes",
    kernel((b) => {
      const place = b.local(b.load(places, at(0)));
      b.when(inside(place), () =>
        b.loop(3, () => {
          b.store(x, computed(at(0), place), float(0));
          b.set(place, apply("add", place, integer(1)));
        }),
      );
    }),
    "reaches from",
  ],
  [
    "a place that a condition may have changed",
    kernel((b) => {
      const place = b.local(b.load(places, at(0)));
      b.when(inside(place), () => {
        b.when(apply("gt", b.load(places, at(1)), integer(3)), () => b.set(place, b.load(places, at(2))));
        b.store(x, computed(at(0), place), float(0));
      });
    }),
    "reaches from",
  ],
  [
    "a condition that lets one too many through",
    kernel((b) => b.loop(30, (i) => b.when(apply("le", indexValue(i), integer(20)), () => b.store(x, i, float(0))))),
    "x[i0] reaches from 0 to 20 of 20",
  ],
  // Threads
  [
    "a local that one thread sums up and all read",
    kernel((b) => {
      const sum = b.local(float(0));
      b.loop(20, (i) => b.set(sum, apply("add", sum, b.load(x, i))));
      const mean = b.local(apply("mul", sum, float(0.05)));
      b.loop(20, (i) => b.store(x, i, mean), { parallel: true });
    }),
    "v2 is set by the first thread alone, but every thread reads it",
  ],
  [
    "a local that is what some thread left in it",
    kernel((b) => {
      const last = b.local(float(0));
      b.loop(20, (i) => b.set(last, b.load(x, i)), { parallel: true });
      b.store(x, at(0), last);
    }),
    "v0 may not have been set",
  ],
  [
    "an element that the first thread writes, and all read",
    kernel((b) => {
      b.store(y, at(0), integer(1));
      const first = b.local(b.load(y, at(0)));
      b.loop(20, (i) => b.store(flags, i, first), { parallel: true });
    }),
    "v0 is set by the first thread alone, but every thread reads it",
  ],
  [
    "columns that one loop fills, and another reads one of",
    kernel((b) => {
      b.loop(5, (i) => b.loop(2, (j) => b.store(y, plus(times(i, 4), j), integer(1))), { parallel: true });
      b.loop(5, (i) => b.store(flags, i, b.load(y, plus(times(i, 4), 1))), { parallel: true });
    }),
    "one thread stores to y while another, elsewhere in the kernel, may load from it",
  ],
  [
    "columns that meet in the end, since one loop takes longer steps",
    kernel((b) => {
      b.loop(5, (i) => b.store(y, times(i, 2), integer(1)), { parallel: true });
      b.loop(4, (i) => b.store(flags, i, b.load(y, plus(times(i, 4), 2))), { parallel: true });
    }),
    "one thread stores to y while another, elsewhere in the kernel, may load from it",
  ],
  [
    "a vector that reaches into the next column",
    kernel((b) => {
      b.loop(4, (i) => b.store(y, times(i, 5), integer(1)), { parallel: true });
      b.loop(4, (i) => b.store(flags, i, laneOf(b.load(y, plus(times(i, 5), 2), LANES), 0)), { parallel: true });
    }),
    "one thread stores to y while another, elsewhere in the kernel, may load from it",
  ],
  [
    "a buffer that one loop fills and another reads",
    kernel((b) => {
      b.loop(20, (i) => b.store(y, i, integer(1)), { parallel: true });
      b.loop(20, (i) => b.store(flags, i, b.load(y, i)), { parallel: true });
    }),
    "one thread stores to y while another, elsewhere in the kernel, may load from it",
  ],
];

describe("a kernel is refused for", () => {
  it.each(broken)("%s", (_, subject, message) => {
    expect(() => check(subject)).toThrow(StateError);
    expect(() => check(subject)).toThrow(message);
  });
});

it("names the kernel, the statement, and what is around it", () => {
  const subject = kernel((b) => {
    b.loop(5, (i) => b.loop(2, (j) => b.store(x, plus(times(i, 5), j), float(1))), { parallel: true });
  });
  expect(() => check(subject)).toThrow(
    'kernel k: x[i0*5 + i1] reaches from 0 to 21 of 20 elements; in "x[i0*5 + i1] = 1.0" inside "for i1 in 0..2" ' +
      'inside "for i0 in 0..5 parallel"',
  );
});

const sound: readonly [string, Kernel][] = [
  ["a vector that is loaded over the end", set(load(at(19), LANES))],
  ["a place from memory, inside a condition", gather({})],
  ["a place from memory, from the end", gather({ step: -2, from: 18 })],
  [
    "a place from memory that is set anew in a loop, and looked at again",
    kernel((b) => {
      const place = b.local(b.load(places, at(0)));
      b.loop(3, (i) => {
        b.set(place, b.load(places, i));
        b.when(inside(place), () => b.store(x, computed(at(0), place), float(0)));
      });
    }),
  ],
  [
    "an element that the first thread writes, reads and goes on with",
    kernel((b) => {
      b.store(y, at(0), integer(1));
      b.store(y, at(1), b.local(b.load(y, at(0))));
    }),
  ],
  [
    "columns that one loop fills, and others that another reads",
    kernel((b) => {
      b.loop(5, (i) => b.loop(2, (j) => b.store(y, plus(times(i, 4), j), integer(1))), { parallel: true });
      b.loop(5, (i) => b.loop(2, (j) => b.store(flags, i, b.load(y, plus(times(i, 4), plus(times(j, -1), 3))))), {
        parallel: true,
      });
    }),
  ],
  ["an integer that is given without its sign", set(integer(0xffffffff))],
  [
    "a mask from memory",
    set(raw("ne", scalar("mask"), { kind: "load", type: i32, buffer: flags, index: at(0) }, integer(0))),
  ],
  ["steps back from the end", kernel((b) => b.loop(20, (i) => b.store(x, plus(times(i, -1), 19), float(0))))],
  [
    "one name for the counters of loops that follow each other",
    of(...around(store(at(0))).body, ...around(store(at(1))).body),
  ],
  ["a shift of a vector by a scalar", set(apply("shr", integer(1, LANES), integer(3)))],
  ["vectors from scalars and back", set(laneOf(splat(float(1), LANES), 3))],
  [
    "a local that is set under a condition, after it was set without",
    kernel((b) => {
      const v = b.local(float(0));
      b.when(truth(1), () => b.set(v, float(1)));
      b.store(x, at(0), v);
    }),
  ],
  [
    "accesses that a condition on a counter keeps inside",
    kernel((b) =>
      b.loop(30, (i) => {
        const position = indexValue(plus(times(i, 2), -7));
        const inside = apply("and", apply("ge", position, integer(0)), apply("lt", position, integer(20)));
        b.when(inside, () => b.store(x, plus(times(i, 2), -7), float(0)));
      }),
    ),
  ],
  [
    "accesses that a condition on a sum of counters keeps inside",
    kernel((b) =>
      b.loop(4, (i) =>
        b.loop(5, (j) => {
          const row = plus(plus(times(i, 2), j), -3);
          const inside = apply(
            "and",
            apply("gt", indexValue(row), integer(-1)),
            apply("gt", integer(5), indexValue(row)),
          );
          b.when(inside, () => b.loop(4, (k) => b.store(x, plus(times(row, 4), k), float(0))));
        }),
      ),
    ),
  ],
  [
    "an access behind a condition that is never true",
    kernel((b) =>
      b.when(apply("lt", integer(-1), integer(0)), () =>
        b.when(apply("ge", integer(-1), integer(0)), () => b.store(x, at(-1), float(0))),
      ),
    ),
  ],
  [
    "a loop that reads and writes in place, and the rest of it",
    kernel((b) => {
      b.loop(4, (i) => b.store(x, times(i, 4), apply("neg", b.load(x, times(i, 4), LANES))), { parallel: true });
      b.loop(3, (i) => b.store(x, plus(i, 17), apply("neg", b.load(x, plus(i, 17)))), { parallel: true });
    }),
  ],
  [
    "a sum that the first thread reads and writes alone",
    kernel((b) => {
      const sum = b.local(float(0));
      b.loop(20, (i) => b.set(sum, apply("add", sum, b.load(x, i))));
      b.store(x, at(0), sum);
    }),
  ],
];

describe("a kernel may have", () => {
  it.each(sound)("%s", (_, subject) => {
    expect(() => check(subject)).not.toThrow();
  });
});

it("allows vectors of the target's width only", () => {
  const subject = set(float(1, 8));
  expect(() => checkKernel(subject, { lanes: 8 })).not.toThrow();
  expect(() => checkKernel(subject, { lanes: 16 })).toThrow("a width of 8, not 1 or 16");
});
