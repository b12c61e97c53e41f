/**
 * Machine code of random kernels: emulated, and run where it can be, it leaves the same bits in memory as the interpreter,
 * also with so few registers that most values are spilled. Kernels of ops are compared in `../loops/samples.test.ts`.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NativeHost } from "#platform";
import { type RandomKernel, randomKernel } from "../../../../tests/support/random-kernel.ts";
import { Machine } from "../../../../tests/support/x64-machine.ts";
import { apply, at, constant, KernelBuilder, plus, scalar, times } from "../loops/builder.ts";
import { interpretKernel } from "../loops/interpret.ts";
import type { Buffer, Kernel } from "../loops/ir.ts";
import { printKernel } from "../loops/print.ts";
import { encode } from "./assembler/encode.ts";
import { avx2, avx512, type X64Target } from "./code/target.ts";
import { emitStep } from "./step.ts";
import { findX64Support } from "./support.ts";
import { NativeCrew } from "./threads/crew.ts";

const THREADS = 3;

/** Buffers one after the other, with room for a vector between. */
class Layout {
  /** Where the first buffer lies in the arena. */
  readonly start: number;
  readonly bytes: number;
  readonly #offsets = new Map<Buffer, number>();

  constructor(buffers: readonly Buffer[], start: number) {
    this.start = start;
    let end = 0;
    for (const buffer of buffers) {
      this.#offsets.set(buffer, end);
      end += 4 * (buffer.length + 16);
    }
    this.bytes = end;
  }

  readonly addressOf = (buffer: Buffer): number => this.start + this.#offsets.get(buffer)!;

  elements(words: Int32Array<ArrayBuffer>, buffer: Buffer): Float32Array | Int32Array {
    const Elements = buffer.lane === "f32" ? Float32Array : Int32Array;
    return new Elements(words.buffer, this.#offsets.get(buffer)!, buffer.length);
  }
}

const threads = Array.from({ length: THREADS }, (_, i) => THREADS - 1 - i);

type Way = (kernel: Kernel, layout: Layout, words: Int32Array<ArrayBuffer>, target: X64Target) => void;

const interpreted: Way = (kernel, layout, words) => {
  for (const thread of threads)
    interpretKernel(kernel, (buffer) => layout.elements(words, buffer), { thread, threads: THREADS, fused: true });
};

const stepOf = (kernel: Kernel, { addressOf }: Layout, target: X64Target) =>
  emitStep([{ kernel, isSerial: false }], { target, addressOf, isThreaded: false }).assembly;

const emulated: Way = (kernel, layout, words, target) => {
  const machine = new Machine(stepOf(kernel, layout, target), words);
  for (const thread of threads) machine.run(words, thread, THREADS);
};

const native =
  (host: NativeHost): Way =>
  (kernel, layout, words, target) => {
    const arena = host.mapMemory(layout.start + layout.bytes);
    const view = arena.view(Int32Array, layout.start, words.length);
    view.set(words);
    const code = host.loadCode(encode(stepOf(kernel, layout, target)));
    for (const thread of threads) host.callable(code.address)(arena.address, thread, THREADS, 0);
    words.set(view);
    code.release();
    arena.release();
  };

function contents({ buffers }: RandomKernel, layout: Layout, random: () => number): Int32Array<ArrayBuffer> {
  const words = new Int32Array(layout.bytes / 4);
  for (const buffer of buffers) {
    const elements = layout.elements(words, buffer);
    for (let i = 0; i < elements.length; i++)
      elements[i] = buffer.lane === "mask" ? Math.round(random()) : (random() - 0.5) * 2 ** Math.floor(random() * 12);
  }
  return words;
}

/** Fails where a way leaves other bits than the interpreter. */
function compare(seed: number, target: X64Target, start: number, ways: readonly Way[]): void {
  const random = generator(seed);
  const made = randomKernel(random, target.lanes);
  const layout = new Layout(made.buffers, start);
  const words = contents(made, layout, random);
  const [expected, ...others] = [interpreted, ...ways].map((way) => {
    const copy = words.slice();
    way(made.kernel, layout, copy, target);
    return copy;
  });
  for (const found of others) {
    const wrong = made.buffers.flatMap((buffer) => differences(buffer, layout, found, expected));
    if (wrong.length > 0) expect.fail(`${wrong.slice(0, 5).join("\n")}\n${printKernel(made.kernel)}`);
  }
}

/** The sign and the payload of what is not a number are open. */
function differences(
  buffer: Buffer,
  layout: Layout,
  found: Int32Array<ArrayBuffer>,
  expected: Int32Array<ArrayBuffer>,
) {
  const [x, y] = [found, expected].map((words) => layout.elements(words, buffer));
  const wrong: string[] = [];
  x.forEach((value, i) => {
    if (!Object.is(value, y[i])) wrong.push(`${buffer.name}[${i}] is ${value}, not ${y[i]}`);
  });
  return wrong;
}

/** Source: T. Ettinger, mulberry32. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const FEW = { general: 8, vector: 6, mask: 4 };
const targets = [avx512, avx2].flatMap((target) => [
  { title: target.name, target },
  { title: `${target.name} with few registers`, target: { ...target, registers: FEW } },
]);

/** Here displacements go from one region to the next, in the middle of the buffers. */
const FAR = 3 * 2 ** 30 - 4096;

describe.each(targets)("random kernels with $title", ({ target }) => {
  const support = findX64Support(target.name);

  it("leave the same bits as in the interpreter, emulated", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => compare(seed, target, 0, [emulated])),
      { numRuns: 30 },
    );
  });

  it.skipIf(!support.found)("leave the same bits as in the interpreter, wherever they lie", () => {
    if (!support.found) return;
    const ways = [native(support.host)];
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(64, FAR), (seed, start) => compare(seed, target, start, ways)),
      { numRuns: 40 },
    );
  });
});

describe("barriers", () => {
  const support = findX64Support();
  const LENGTH = 64;
  const ROUNDS = 100;
  /** Some wait longer than they spin. */
  const MANY = 8;

  /** Each element becomes its mirror image's plus one: what another thread has written. */
  const mirror = (from: Buffer, to: Buffer): Kernel => {
    const b = new KernelBuilder(16);
    const one = constant(1, scalar("f32"));
    b.loop(LENGTH, (i) => b.store(to, i, apply("add", b.load(from, plus(times(i, -1), LENGTH - 1)), one)), {
      parallel: true,
    });
    return b.finish("mirror");
  };

  it.skipIf(!support.found)("let no thread go on before all have come, however many there are", () => {
    if (!support.found) return;
    const { host, target } = support;
    const [x, y] = ["x", "y"].map((name): Buffer => ({ name, lane: "f32", length: LENGTH }));
    const addresses = new Map([x, y].map((buffer, i) => [buffer, 4096 * i]));
    const alone = new KernelBuilder(target.lanes);
    alone.store(y, at(0), alone.load(y, at(0)));
    const kernels = Array.from({ length: ROUNDS }, (_, i) => [
      { kernel: i % 2 === 0 ? mirror(x, y) : mirror(y, x), isSerial: false },
      ...(i % 16 === 0 ? [{ kernel: alone.finish("alone"), isSerial: true }] : []),
    ]).flat();
    const options = { target, addressOf: (buffer: Buffer) => addresses.get(buffer)!, isThreaded: true };
    const code = host.loadCode(encode(emitStep(kernels, options).assembly));
    const arena = host.mapMemory(8192);
    const crew = new NativeCrew(host, MANY);
    const elements = arena.view(Float32Array, 0, LENGTH);
    for (let run = 1; run <= 3; run++) {
      crew.run(code.address, arena.address);
      expect([...elements]).toEqual(new Array(LENGTH).fill(run * ROUNDS));
    }
    crew.end();
    arena.release();
    code.release();
  });
});
