/**
 * The kernels of every op's samples: they keep the rules of the loop language, and WebAssembly, machine code (where it can be
 * run) and the interpreter compute the same bits with them, whatever the number of threads and the order in which they come.
 */
import { Buffer as Bytes } from "node:buffer";
import { describe, expect, it } from "vitest";
import { allocate, NdArray } from "../../../array/index.ts";
import type { Graph } from "../../../graph/index.ts";
import { allOps } from "../../../ops/registry.ts";
import { expand } from "../../../passes/index.ts";
import { checkSample } from "../../../testing/index.ts";
import type { Engine } from "../../engine.ts";
import type { LoweringOptions } from "../lower/context/context.ts";
import { x86 } from "../lower/context/tuning.ts";
import { canLower, hasKernel, type Lowered, lower } from "../lower/lower.ts";
import { emitKernel } from "../wasm/emit.ts";
import { encodeModule } from "../wasm/encode.ts";
import { encode } from "../x64/assembler/encode.ts";
import { emitStep } from "../x64/step.ts";
import { findX64Support, type InstructionSet } from "../x64/support.ts";
import { checkKernel } from "./check.ts";
import { interpretKernel } from "./interpret.ts";
import type { Buffer, Kernel } from "./ir.ts";
import { inOrder } from "./repeats.ts";

const PAGE = 65_536;
/** No vector is wider, so none reaches from beyond one buffer's end into the next. */
const WIDEST = 16;
/** What lies in memory at first, between buffers for good: as a float it is not a number. */
const NOTHING = 0x7fc00000;

/** Buffers one after the other; none share memory but states with what follows them, so that all can be compared at the end. */
function layOut({ steps, leaves, outputs, places }: Lowered) {
  const addresses = new Map<Buffer, number>();
  let end = PAGE;
  const place = (buffer: Buffer): void => {
    if (addresses.has(buffer) || places.has(buffer)) return;
    addresses.set(buffer, end);
    end += 4 * (buffer.length + WIDEST);
  };
  for (const buffer of leaves.values()) place(buffer);
  for (const { reads, writes } of steps) [...reads, ...writes].forEach(place);
  for (const { buffer } of outputs) place(buffer);
  for (const [buffer, other] of places) addresses.set(buffer, addresses.get(other)!);
  return { addresses, pages: Math.ceil(end / PAGE) };
}

type Layout = ReturnType<typeof layOut>;

class Memory {
  readonly wasm: WebAssembly.Memory;
  readonly words: Int32Array;
  readonly #addresses: Layout["addresses"];

  constructor({ addresses, pages }: Layout) {
    this.wasm = new WebAssembly.Memory({ initial: pages, maximum: pages });
    this.words = new Int32Array(this.wasm.buffer).fill(NOTHING);
    this.#addresses = addresses;
  }

  readonly elements = (buffer: Buffer): Float32Array | Int32Array => {
    const Elements = buffer.lane === "f32" ? Float32Array : Int32Array;
    return new Elements(this.wasm.buffer, this.#addresses.get(buffer)!, buffer.length);
  };

  readonly addressOf = (buffer: Buffer): number => this.#addresses.get(buffer)!;
}

/** Runs kernels one after the other, each with all threads, the last thread first. */
type Runner = (kernels: readonly Kernel[], memory: Memory, threads: number) => void;

const backwards = (threads: number): number[] => Array.from({ length: threads }, (_, i) => threads - 1 - i);

const interpreted =
  (fused: boolean): Runner =>
  (kernels, { elements }, threads) => {
    for (const kernel of kernels)
      for (const thread of backwards(threads)) interpretKernel(kernel, elements, { thread, threads, fused });
  };

const SEVERAL = -1;

/** One thread for each iteration, and none may store an element that another one uses in the same kernel. */
const watched: Runner = (kernels, { elements }) => {
  for (const kernel of kernels) {
    const threads = Math.max(1, ...kernel.body.map((part) => (part.kind === "loop" ? part.counter.count : 1)));
    const users = new Map<string, { thread: number; stored: boolean }>();
    for (const thread of backwards(threads)) {
      const watch = (use: "load" | "store", { name }: Buffer, position: number): void => {
        const element = `${name}[${position}]`;
        const earlier = users.get(element) ?? { thread, stored: false };
        const [alone, stored] = [earlier.thread === thread, earlier.stored || use === "store"];
        if (!alone && stored) throw new Error(`kernel ${kernel.name}: threads race for ${element}`);
        users.set(element, { thread: alone ? thread : SEVERAL, stored });
      };
      interpretKernel(kernel, elements, { thread, threads, watch });
    }
  }
};

const emitted: Runner = (kernels, memory, threads) => {
  const functions = [...new Set(kernels)].map((kernel) =>
    emitKernel(kernel, { addressOf: memory.addressOf, relaxed: false }),
  );
  const pages = memory.wasm.buffer.byteLength / PAGE;
  const module = new WebAssembly.Module(encodeModule(functions, { pages, shared: false }));
  const { exports } = new WebAssembly.Instance(module, { env: { memory: memory.wasm } });
  for (const { name } of kernels) {
    const run = exports[name] as (thread: number, threads: number) => void;
    for (const thread of backwards(threads)) run(thread, threads);
  }
};

/** Machine code over a copy of the memory, each kernel as a step of its own, so that threads may come one after the other. */
const native =
  (demand: InstructionSet): Runner =>
  (kernels, { words, addressOf }, threads) => {
    const support = findX64Support(demand);
    if (!support.found) throw new Error(support.reason);
    const { host, target } = support;
    const arena = host.mapMemory(words.byteLength);
    const view = arena.view(Int32Array, 0, words.length);
    view.set(words);
    for (const kernel of kernels) {
      const { assembly } = emitStep([{ kernel, isSerial: false }], { target, addressOf, isThreaded: false });
      const code = host.loadCode(encode(assembly));
      const run = host.callable(code.address);
      for (const thread of backwards(threads)) run(arena.address, thread, threads, 0);
      code.release();
    }
    words.set(view);
    arena.release();
  };

/** Runs a graph in every way, and fails where two ways leave different memory behind. */
function runAll(graph: Graph, inputs: readonly NdArray[], options: LoweringOptions, ways: readonly [Runner, number][]) {
  const lowered = lower(expand(graph, hasKernel), options);
  const kernels: Kernel[] = [];
  inOrder(lowered.steps, (i) => void kernels.push(lowered.steps[i].kernel));
  for (const kernel of kernels) checkKernel(kernel, options);
  const layout = layOut(lowered);
  const [expected, ...others] = ways.map(([runner, threads]) => {
    const memory = new Memory(layout);
    for (const [node, buffer] of lowered.leaves) {
      const value = node.kind === "constant" ? node.value : inputs[graph.inputs.findIndex((x) => x.node === node)];
      memory.elements(buffer).set(value.data);
    }
    runner(kernels, memory, threads);
    return memory;
  });
  for (const { words } of others) expect(differences(words, expected.words)).toEqual([]);
  return graph.outputs.map(({ dtype, shape }, i) => {
    const { buffer } = lowered.outputs[i];
    const data = allocate(dtype, buffer.length);
    data.set(expected.elements(buffer));
    return new NdArray(data, shape, dtype);
  });
}

/** WebAssembly leaves the sign and the payload of what is not a number open. */
function differences(a: Int32Array, b: Int32Array): number[] {
  if (Bytes.compare(new Uint8Array(a.buffer), new Uint8Array(b.buffer)) === 0) return [];
  const [x, y] = [a, b].map((words) => new Float32Array(words.buffer));
  const found: number[] = [];
  a.forEach((word, i) => {
    if (word !== b[i] && !(Number.isNaN(x[i]) && Number.isNaN(y[i]))) found.push(i);
  });
  return found;
}

const engineOf = (options: LoweringOptions, ways: readonly [Runner, number][]): Engine => ({
  name: `kernels with ${options.lanes} lanes`,
  description: "for this test",
  arithmetic: "for this test",
  lacks: (op) => (canLower(op) ? undefined : "no kernel for it yet"),
  compile: (graph) => ({ run: (inputs) => runAll(graph, inputs, options, ways) }),
});

/** Interpreter and emitter, and divided among two and three threads. */
const bothWays: [Runner, number][] = [
  [interpreted(false), 1],
  [emitted, 1],
  [interpreted(false), 2],
  [emitted, 3],
  [watched, 0],
];

/** The interpreter with fused multiply-add, and machine code where it can be run. */
const fusedWays = (demand: InstructionSet): [Runner, number][] => [
  [interpreted(true), 1],
  [interpreted(true), 3],
  ...(findX64Support(demand).found ? [1, 3].map((threads): [Runner, number] => [native(demand), threads]) : []),
];

/** Small, so that samples have whole tiles as well as parts. */
const tiles = [
  { rows: 3, vectors: 2 },
  { rows: 4, vectors: 1 },
];

describe.each([
  ["4 lanes", engineOf({ tiles, tuning: x86, lanes: 4, samplesInnermost: false }, bothWays)],
  ["4 lanes, samples innermost", engineOf({ tiles, tuning: x86, lanes: 4, samplesInnermost: true }, bothWays)],
  ["8 lanes", engineOf({ tiles, tuning: x86, lanes: 8, samplesInnermost: false }, fusedWays("avx2"))],
  [
    "16 lanes, samples innermost",
    engineOf({ tiles, tuning: x86, lanes: 16, samplesInnermost: true }, fusedWays("avx512")),
  ],
])("kernels for %s", (_, engine) => {
  it.each([...allOps.values()].filter((op) => engine.lacks(op) === undefined))("$name", async (op) => {
    for (const sample of op.samples) await checkSample(op, { ...sample, kink: "derivatives are not compared" }, engine);
  });
});
