/** Emitted code against the interpreter of the loop language: every operation, and indices and loops of many forms. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  apply,
  at,
  computed,
  constant,
  indexValue,
  KernelBuilder,
  laneOf,
  plus,
  splat,
  times,
} from "../loops/builder.ts";
import { checkKernel } from "../loops/check.ts";
import { type Elements, interpretKernel } from "../loops/interpret.ts";
import { type Buffer, type Index, type Lane, type Operation, operations, type Value } from "../loops/ir.ts";
import { isShuffle, shuffles } from "../loops/shuffles.ts";
import { emitKernel } from "./emit.ts";
import { encodeModule } from "./encode.ts";
import { hasRelaxedSimd } from "./probe.ts";

const LANES = 4;
const PAGE = 65_536;
const PAGES = 4;

interface RunOptions {
  readonly threads?: number;
  readonly relaxed?: boolean;
  /** The first elements of buffers; what is not given is 0. */
  readonly values?: ReadonlyMap<Buffer, readonly number[]>;
}

/** What is in the buffers after the interpreter ran the kernel, and after the emitted code did. */
function runBoth(
  buffers: readonly Buffer[],
  build: (b: KernelBuilder) => void,
  { threads = 1, relaxed = false, values = new Map() }: RunOptions = {},
): { interpreted: Elements[]; emitted: Elements[] } {
  const b = new KernelBuilder(LANES);
  build(b);
  const kernel = b.finish("kernel");
  checkKernel(kernel, { lanes: LANES });
  const memories = [0, 1].map(() => new WebAssembly.Memory({ initial: PAGES, maximum: PAGES }));
  const addressOf = (buffer: Buffer): number =>
    buffers.slice(0, buffers.indexOf(buffer)).reduce((sum, { length }) => sum + 4 * (length + LANES), PAGE);
  const elements = (memory: WebAssembly.Memory, buffer: Buffer): Elements => {
    const Elements = buffer.lane === "f32" ? Float32Array : Int32Array;
    return new Elements(memory.buffer, addressOf(buffer), buffer.length);
  };
  for (const memory of memories) for (const [buffer, given] of values) elements(memory, buffer).set(given);
  const [first, second] = memories;
  const bytes = encodeModule([emitKernel(kernel, { addressOf, relaxed })], { pages: PAGES, shared: false });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory: second } });
  for (let thread = 0; thread < threads; thread++) {
    interpretKernel(kernel, (buffer) => elements(first, buffer), { thread, threads });
    (exports.kernel as (thread: number, threads: number) => void)(thread, threads);
  }
  const all = (memory: WebAssembly.Memory): Elements[] => buffers.map((buffer) => elements(memory, buffer));
  return { interpreted: all(first), emitted: all(second) };
}

function expectSame(...given: Parameters<typeof runBoth>): Elements[] {
  const { interpreted, emitted } = runBoth(...given);
  expect(emitted).toEqual(interpreted);
  return emitted;
}

const FLOATS = [0, -0, 1, -1, 0.5, 1.5, 2.5, -2.5, 1e-40, -3e9, 3e38, Infinity, -Infinity, NaN, 2 ** 23 + 1, 7.25];
const INTEGERS = [0, 1, -1, 2, 3, 7, -8, 31, 32, 100, -100, 2 ** 31 - 1, -(2 ** 31), 0x3f800000, 65536, 12345];
const MASKS = [0, 1, 1, 0];

const lanesOf = (rule: string): Lane[] => (rule === "any" ? ["f32", "i32", "mask"] : (rule.split("|") as Lane[]));

/** Each operation with each kind of operands that it takes. */
const forms = (Object.keys(operations) as Operation[]).flatMap((operation) => {
  const takes: readonly string[] = operations[operation].takes;
  const open = takes.find((rule) => lanesOf(rule).length > 1) ?? takes[0];
  return lanesOf(open).map((kind) => ({
    operation,
    kinds: takes.map((rule): Lane => {
      if (rule === "scalar") return "i32";
      return rule === open || rule === "same" || rule === "second" ? kind : (rule as Lane);
    }),
    shiftsByScalar: takes.map((rule) => rule === "scalar"),
  }));
});

const VALUES: Readonly<Record<Lane, readonly number[]>> = { f32: FLOATS, i32: INTEGERS, mask: MASKS };

/** One lane and vectors; shuffles have a least width. */
const widthsOf = (operation: Operation): number[] =>
  isShuffle(operation) ? [LANES].filter((lanes) => lanes >= shuffles[operation].lanes) : [1, LANES];

/** Applies an operation to many combinations of values, with a width. */
function compareOperation({ operation, kinds, shiftsByScalar }: (typeof forms)[number], lanes: number): void {
  const length = 16 * 16;
  const operands = kinds.map((lane, i): Buffer => ({ name: `operand${i}`, lane, length }));
  const sample = apply(operation, ...kinds.map((lane) => constant(0, { lane, lanes: 1 })));
  const result: Buffer = { name: "result", lane: sample.type.lane, length };
  // Every pair of values, and with them a third one.
  const steps = [1, 16, 5];
  const values = new Map(
    operands.map((buffer, i) => {
      const list = VALUES[buffer.lane];
      return [buffer, Array.from({ length }, (_, k) => list[Math.floor(k / steps[i]) % list.length])];
    }),
  );
  const build = (b: KernelBuilder): void =>
    b.loop(length / lanes, (i) => {
      const place = times(i, lanes);
      const loaded = operands.map((buffer, k) => b.local(b.load(buffer, place, shiftsByScalar[k] ? 1 : lanes)));
      b.store(result, place, apply(operation, ...loaded));
    });
  expectSame([...operands, result], build, { values });
}

describe("an operation", () => {
  it.each(forms.filter(({ operation }) => widthsOf(operation).length > 0))("$operation of $kinds", (form) => {
    for (const lanes of widthsOf(form.operation)) compareOperation(form, lanes);
  });

  it.runIf(hasRelaxedSimd())("fma is within a rounding of the product with relaxed SIMD", () => {
    const [x, y]: Buffer[] = ["x", "y"].map((name) => ({ name, lane: "f32", length: 4 }));
    const build = (b: KernelBuilder): void => {
      const v = b.local(b.load(x, at(0), LANES));
      b.store(y, at(0), apply("fma", v, v, splat(constant(-1, { lane: "f32", lanes: 1 }), LANES)));
    };
    const values = new Map([[x, [1.5, 1 + 2 ** -12, 0, -3]]]);
    const { emitted } = runBoth([x, y], build, { relaxed: true, values });
    expect([2 ** -11, 2 ** -11 + 2 ** -24]).toContain(emitted[1][1]);
    expect([emitted[1][0], emitted[1][2], emitted[1][3]]).toEqual([1.25, -1, 8]);
  });
});

describe("a mask", () => {
  const flags: Buffer = { name: "flags", lane: "mask", length: 16 };
  const numbers: Buffer = { name: "numbers", lane: "i32", length: 16 };
  const values = new Map([[flags, [1, 0, 0, 1]]]);

  it("is 0 or 1 in memory, in each lane, and as a scalar from a lane", () => {
    const [, stored] = expectSame(
      [flags, numbers],
      (b) => {
        const mask = b.local(b.load(flags, at(0), LANES));
        b.store(numbers, at(0), apply("not", mask));
        for (let k = 0; k < LANES; k++) b.store(numbers, at(4 + k), laneOf(mask, k));
        for (let k = 0; k < LANES; k++) b.storeLane(numbers, at(8 + k), mask, k);
      },
      { values },
    );
    expect([...stored].slice(0, 12)).toEqual([0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 0, 1]);
  });

  it("is the same in all lanes when it is splat, constant, or loaded as one element", () => {
    const [, stored] = expectSame(
      [flags, numbers],
      (b) => {
        const choose = (mask: Value): Value =>
          apply("select", mask, constant(1, { lane: "i32", lanes: LANES }), constant(2, { lane: "i32", lanes: LANES }));
        b.store(numbers, at(0), choose(splat(b.load(flags, at(0)), LANES)));
        b.store(numbers, at(4), choose(constant(1, { lane: "mask", lanes: LANES })));
        b.store(numbers, at(8), choose(b.loadSplat(flags, at(1), LANES)));
        b.store(numbers, at(12), apply("maskToInteger", splat(laneOf(b.load(flags, at(0), LANES), 3), LANES)));
      },
      { values },
    );
    expect([...stored]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 1, 1, 1, 1]);
  });
});

const floats = (name: string, length: number): Buffer => ({ name, lane: "f32", length });
const counting = (length: number): number[] => Array.from({ length }, (_, i) => i + 1);

describe("a loop", () => {
  it("that runs once has no counter, and one that never runs is nothing", () => {
    const x = floats("x", 8);
    const b = new KernelBuilder(LANES);
    b.loop(0, (i) => b.store(x, i, constant(1, { lane: "f32", lanes: 1 })));
    b.loop(1, (i) => b.store(x, plus(i, 2), constant(1, { lane: "f32", lanes: 1 })));
    expect(b.finish("k").body.map(({ kind }) => kind)).toEqual(["store"]);
    const [stored] = expectSame([x], (b) => {
      b.loop(0, (i) => b.store(x, i, constant(1, { lane: "f32", lanes: 1 })));
      b.loop(1, (i) => b.store(x, plus(i, 2), apply("toFloat", indexValue(plus(i, 5)))), { parallel: true });
    });
    expect([...stored]).toEqual([0, 0, 5, 0, 0, 0, 0, 0]);
  });

  it.each([1, 2, 3, 4])("that is parallel runs each iteration once with %d threads", (threads) => {
    for (const count of [2, 3, 7, 64]) {
      const [x, y] = [floats("x", count), floats("y", 3 * count)];
      const build = (b: KernelBuilder): void =>
        b.loop(
          count,
          (i) => {
            b.store(x, i, apply("add", b.load(x, i), apply("toFloat", indexValue(plus(i, 1)))));
            b.loop(3, (j) => b.store(y, plus(times(plus(times(i, -1), count - 1), 3), j), b.load(x, i)));
          },
          { parallel: true },
        );
      const [sums] = expectSame([x, y], build, { threads });
      expect([...sums]).toEqual(counting(count));
    }
  });

  it.each([1, 2, 3, 4, 7])(
    "that is divided together with the one inside runs each iteration once with %d threads",
    (threads) => {
      for (const [outer, inner] of [
        [2, 2],
        [5, 5],
        [3, 7],
        [31, 2],
      ]) {
        const [x, y] = [floats("x", outer * inner), floats("y", outer * inner)];
        const build = (b: KernelBuilder): void =>
          b.loop(
            outer,
            (i) =>
              b.loop(
                inner,
                (j) => {
                  const here = plus(times(i, inner), j);
                  b.store(x, here, apply("add", b.load(x, here), apply("toFloat", indexValue(plus(here, 1)))));
                  b.store(y, plus(times(here, -1), outer * inner - 1), b.load(x, here));
                },
                { parallel: true },
              ),
            { parallel: true },
          );
        const b = new KernelBuilder(LANES);
        build(b);
        const [loop] = b.finish("k").body;
        expect(loop).toMatchObject({ parallel: true, together: true });
        const [sums] = expectSame([x, y], build, { threads });
        expect([...sums]).toEqual(counting(outer * inner));
      }
    },
  );

  it.each([1, 2, 3, 4])("beside a parallel one runs once with %d threads", (threads) => {
    const [x, y] = [floats("x", 5), floats("y", 5)];
    const build = (b: KernelBuilder): void => {
      b.loop(5, (i) => b.store(x, i, apply("add", b.load(x, i), constant(1, { lane: "f32", lanes: 1 }))));
      const two = b.local(constant(2, { lane: "f32", lanes: 1 }));
      b.loop(5, (i) => b.store(y, i, two), { parallel: true });
    };
    const stored = expectSame([x, y], build, { threads });
    expect(stored.map((elements) => [...elements])).toEqual([new Array(5).fill(1), new Array(5).fill(2)]);
  });
});

/** An index over counters, shifted so that it begins at 0; and how many elements it reaches. */
function place(counters: readonly Index[], counts: readonly number[], factors: readonly number[]) {
  const low = counts.reduce((sum, count, i) => sum + Math.min(0, factors[i]) * (count - 1), 0);
  const high = counts.reduce((sum, count, i) => sum + Math.max(0, factors[i]) * (count - 1), 0);
  const index = counters.reduce((sum, counter, i) => plus(sum, times(counter, factors[i])), at(-low));
  return { index, length: high - low + 1 };
}

describe("an index", () => {
  it("goes backwards", () => {
    const [x, y] = [floats("x", 24), floats("y", 24)];
    const build = (b: KernelBuilder): void =>
      b.loop(3, (i) =>
        b.loop(8, (j) => b.store(y, plus(plus(times(i, -8), times(j, -1)), 23), b.load(x, plus(times(i, 8), j)))),
      );
    const [, reversed] = expectSame([x, y], build, { values: new Map([[x, counting(24)]]) });
    expect([...reversed]).toEqual(counting(24).reverse());
  });

  it("may go before the buffer's start where a computed part brings it back", () => {
    const [x, y] = [floats("x", 6), floats("y", 6)];
    const build = (b: KernelBuilder): void =>
      b.loop(6, (i) => {
        const back = apply("mul", indexValue(i), constant(-1, { lane: "i32", lanes: 1 }));
        b.store(y, i, b.load(x, computed(at(5), back)));
      });
    const [, reversed] = expectSame([x, y], build, { values: new Map([[x, counting(6)]]) });
    expect([...reversed]).toEqual([6, 5, 4, 3, 2, 1]);
  });

  it("may begin before the memory where a condition lets later ones through only", () => {
    const before = 20_000; // More than all that lies before the first buffer.
    const [x, y] = [floats("x", 8), floats("y", 8)];
    const build = (b: KernelBuilder): void =>
      b.loop(8, (i) => {
        const place = plus(times(i, 10_000), -before);
        const limit = constant(before, { lane: "i32", lanes: 1 });
        b.when(apply("eq", apply("mul", indexValue(i), constant(10_000, limit.type)), limit), () =>
          b.store(y, i, b.load(x, place)),
        );
      });
    const [, stored] = expectSame([x, y], build, { values: new Map([[x, counting(8)]]) });
    expect([...stored]).toEqual([0, 0, 1, 0, 0, 0, 0, 0]);
  });

  const factor = fc.integer({ min: -5, max: 5 });
  const axes = fc.array(fc.record({ count: fc.integer({ min: 1, max: 4 }), from: factor, from2: factor, to: factor }), {
    minLength: 1,
    maxLength: 4,
  });

  it("goes where the interpreter says, whatever its factors, and in all loops that it spans", () => {
    const property = fc.property(axes, fc.boolean(), fc.integer({ min: 1, max: 3 }), (axes, wide, threads) => {
      const counts = axes.map(({ count }) => count);
      const reach = (factors: readonly number[]): number => place([], counts, factors).length;
      const [from, from2, to] = (["from", "from2", "to"] as const).map((key) => axes.map((axis) => axis[key]));
      const x = floats("x", Math.max(reach(from), reach(from2)) + LANES);
      const y = floats("y", reach(to) + 2 * LANES);
      const build = (b: KernelBuilder): void => {
        const descend = (counters: readonly Index[]): void => {
          const [a, c, target] = [from, from2, to].map((factors) => {
            const outer = counts.slice(0, counters.length);
            return place(counters, outer, factors.slice(0, counters.length)).index;
          });
          const width = wide ? LANES : 1;
          // In every loop an access, not only in the innermost, to pointers that are shared and that are not.
          const sum = apply("add", b.load(x, a, width), b.loadSplat(x, c, width));
          b.store(y, plus(target, counters.length), apply("add", b.load(y, target, width), sum));
          if (counters.length < counts.length) b.loop(counts[counters.length], (i) => descend([...counters, i]));
        };
        descend([]);
      };
      expectSame([x, y], build, { threads, values: new Map([[x, counting(x.length)]]) });
    });
    fc.assert(property, { numRuns: 300 });
  });
});

it("divides a loop into shares that are right though iterations times threads have more than 32 bits", () => {
  const y: Buffer = { name: "y", lane: "i32", length: 2 };
  const b = new KernelBuilder(LANES);
  const [count, threads] = [2 ** 29, 2 ** 14];
  b.loop(
    count,
    (i) => {
      b.store(y, at(1), apply("add", b.load(y, at(1)), constant(1, { lane: "i32", lanes: 1 })));
      b.store(y, at(0), indexValue(i));
    },
    { parallel: true },
  );
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES });
  const bytes = encodeModule([emitKernel(b.finish("kernel"), { addressOf: () => 0, relaxed: false })], {
    pages: PAGES,
    shared: false,
  });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  (exports.kernel as (thread: number, threads: number) => void)(threads - 1, threads);
  expect([...new Int32Array(memory.buffer, 0, 2)]).toEqual([count - 1, count / threads]);
});
