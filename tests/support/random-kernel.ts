/** Kernels made up at random that keep the rules of the loop language, with all its operations: to test emitters with. */

import type {
  Buffer,
  Index,
  Kernel,
  Lane,
  Local,
  Operation,
  Value,
  ValueType,
} from "../../src/engines/cpu/loops/index.ts";
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
} from "../../src/engines/cpu/loops/index.ts";

export interface RandomKernel {
  readonly kernel: Kernel;
  /** Read only, then written. */
  readonly buffers: readonly Buffer[];
}

/** Where loads may go whatever the counters are, and how far these move them. */
const INPUT_LENGTH = 160;
const REACH = 32;
/** Elements that one iteration of the outermost loop writes, in each buffer. */
const ROOM = 512;
const MOST_ITERATIONS = 5;

const numbers = [0, -0, 1, -1, 0.5, 1.5, -2.5, 3e9, -3e9, 1e-40, 16_777_217, Infinity, -Infinity, NaN];
const integers = [0, 1, -1, 2, 7, -100, 2 ** 31 - 1, -(2 ** 31), 0x3f800000];

/** What an operation takes, for each lane that it gives: the operands' lanes, "n" for a shift's distance. */
const choices: Readonly<Record<Lane, readonly [Operation, readonly (Lane | "n")[]][]>> = {
  f32: [
    ...(["add", "sub", "mul", "div", "min", "max"] as const).map((name): [Operation, Lane[]] => [name, ["f32", "f32"]]),
    ...(["neg", "abs", "sqrt", "floor", "ceil", "nearest"] as const).map((name): [Operation, Lane[]] => [
      name,
      ["f32"],
    ]),
    ["fma", ["f32", "f32", "f32"]],
    ["fma", ["f32", "f32", "f32"]],
    ["toFloat", ["i32"]],
    ["bitsToFloat", ["i32"]],
    ["select", ["mask", "f32", "f32"]],
  ],
  i32: [
    ...(["add", "sub", "mul", "min", "max", "and", "or", "xor"] as const).map((name): [Operation, Lane[]] => [
      name,
      ["i32", "i32"],
    ]),
    ["neg", ["i32"]],
    ["abs", ["i32"]],
    ["shl", ["i32", "n"]],
    ["shr", ["i32", "n"]],
    ["toInteger", ["f32"]],
    ["floatToBits", ["f32"]],
    ["maskToInteger", ["mask"]],
    ["select", ["mask", "i32", "i32"]],
  ],
  mask: [
    ...(["eq", "ne", "lt", "le", "gt", "ge"] as const).flatMap((name): [Operation, Lane[]][] => [
      [name, ["f32", "f32"]],
      [name, ["i32", "i32"]],
    ]),
    ...(["and", "or", "xor"] as const).map((name): [Operation, Lane[]] => [name, ["mask", "mask"]]),
    ["not", ["mask"]],
    ["select", ["mask", "mask", "mask"]],
  ],
};

/** @param random a number from 0 to 1, that excluded */
export const randomKernel = (random: () => number, lanes: number): RandomKernel => new Maker(random, lanes).make();

class Maker {
  readonly #random: () => number;
  readonly #b: KernelBuilder;
  readonly #inputs = (["f32", "i32", "mask"] as const).map(
    (lane): Buffer => ({ name: `in ${lane}`, lane, length: INPUT_LENGTH }),
  );
  readonly #outputs = (["f32", "i32", "mask"] as const).map(
    (lane): Buffer => ({ name: `out ${lane}`, lane, length: ROOM * MOST_ITERATIONS }),
  );
  /** Set on every way that leads here. */
  #locals: Local[] = [];
  #counters: Index[] = [];
  /** Where this iteration of the outermost loop writes, and up to where it has written. */
  #place: Index = at(0);
  #used = 0;

  constructor(random: () => number, lanes: number) {
    this.#random = random;
    this.#b = new KernelBuilder(lanes);
  }

  make(): RandomKernel {
    const iterations = 1 + this.#below(MOST_ITERATIONS);
    this.#b.loop(
      iterations,
      (i) => {
        this.#counters = [i];
        this.#place = times(i, ROOM);
        this.#statements(0);
        this.#b.storeLane(this.#outputs[0], this.#room(1), this.#value({ lane: "f32", lanes: 1 }, 2), 0);
      },
      { parallel: this.#below(3) > 0 },
    );
    return { kernel: this.#b.finish("random"), buffers: [...this.#inputs, ...this.#outputs] };
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)];
  }

  #type(): ValueType {
    return { lane: this.#pick(["f32", "f32", "i32", "mask"] as const), lanes: this.#pick([1, this.#b.lanes]) };
  }

  /** Room for one more store; when there is no more, the last one is written over. */
  #room(lanes: number): Index {
    const start = Math.min(this.#used, ROOM - lanes);
    this.#used = start + lanes;
    return plus(this.#place, start);
  }

  #statements(depth: number): void {
    for (let i = 3 + this.#below(6); i > 0; i--) this.#pick(this.#kinds(depth))();
  }

  #kinds(depth: number): readonly (() => void)[] {
    const flat = [this.#declare, this.#declare, this.#change, this.#store, this.#store, this.#storeLanes];
    return depth < 2 ? [...flat, () => this.#nest(depth), () => this.#when(depth)] : flat;
  }

  readonly #declare = (): void => {
    const value = this.#below(3) === 0 ? this.#load(this.#type()) : this.#value(this.#type(), 3);
    this.#locals.push(this.#b.local(value));
  };

  readonly #change = (): void => {
    if (this.#locals.length === 0) return;
    const local = this.#pick(this.#locals);
    this.#b.set(local, this.#value(local.type, 3));
  };

  readonly #store = (): void => {
    const type = this.#type();
    const buffer = this.#outputs[["f32", "i32", "mask"].indexOf(type.lane)];
    this.#b.store(buffer, this.#room(type.lanes), this.#value(type, 3));
  };

  /** The first lanes, one by one. */
  readonly #storeLanes = (): void => {
    const vector = this.#b.local(this.#value({ lane: "f32", lanes: this.#b.lanes }, 2));
    const count = 1 + this.#below(this.#b.lanes);
    const place = this.#room(count);
    for (let lane = 0; lane < count; lane++) this.#b.storeLane(this.#outputs[0], plus(place, lane), vector, lane);
  };

  #nest(depth: number): void {
    const [locals, counters] = [this.#locals, this.#counters];
    this.#b.loop(2 + this.#below(2), (i) => {
      this.#locals = [...locals];
      this.#counters = [...counters, i];
      this.#statements(depth + 1);
    });
    this.#locals = [...locals];
    this.#counters = counters;
  }

  #when(depth: number): void {
    const locals = this.#locals;
    const [zero, position] = [constant(0, scalar("i32")), this.#value(scalar("i32"), 1)];
    const limit = constant(this.#below(40), scalar("i32"));
    const isWithin = apply("and", apply("ge", position, zero), apply("lt", position, limit));
    this.#b.when(this.#below(3) === 0 ? isWithin : this.#value({ lane: "mask", lanes: 1 }, 2), () => {
      this.#locals = [...locals];
      this.#statements(depth + 1);
    });
    this.#locals = locals;
  }

  #value(type: ValueType, depth: number): Value {
    const { lane, lanes } = type;
    if (depth === 0) return this.#leaf(type);
    const kind = this.#below(10);
    if (kind < 2) return this.#leaf(type);
    if (kind === 2) {
      const other = lanes === 1 ? this.#b.lanes : 1;
      const value = this.#value({ lane, lanes: other }, depth - 1);
      return lanes === 1 ? laneOf(value, this.#below(other)) : splat(value, lanes);
    }
    if (kind === 3 && lanes > 1 && lane !== "mask") {
      const operands = [1, 2].map(() => this.#value(type, depth - 1));
      return apply(this.#pick(["interleaveLow", "interleaveHigh", "evenFours", "oddFours"]), ...operands);
    }
    const [operation, takes] = this.#pick(choices[lane]);
    const operands = takes.map((taken) => {
      if (taken !== "n") return this.#value({ lane: taken, lanes }, depth - 1);
      return this.#below(2) === 0 ? constant(this.#below(40), scalar("i32")) : this.#value(scalar("i32"), 1);
    });
    if (operation !== "floatToBits") return apply(operation, ...operands);
    // The bits of what is not a number are not defined.
    const float = this.#b.local(operands[0]);
    return apply(operation, apply("select", apply("eq", float, float), float, constant(0, float.type)));
  }

  #leaf(type: ValueType): Value {
    const { lane, lanes } = type;
    const locals = this.#locals.filter((local) => local.type.lane === lane && local.type.lanes === lanes);
    const kind = this.#below(6);
    if (kind < 3 && locals.length > 0) return this.#pick(locals);
    if (kind === 3 && lane === "i32" && lanes === 1) return indexValue(this.#pick(this.#counters));
    if (kind < 5) return this.#load(type);
    return constant(
      lane === "f32" ? this.#pick(numbers) : lane === "i32" ? this.#pick(integers) : this.#below(2),
      type,
    );
  }

  #load({ lane, lanes }: ValueType): Value {
    const number = ["f32", "i32", "mask"].indexOf(lane);
    const written = this.#used - lanes;
    // What this iteration has written so far, or has not.
    if (this.#below(4) === 0 && written > 0)
      return this.#b.load(this.#outputs[number], plus(this.#place, this.#below(written)), lanes);
    let index = at(REACH + this.#below(INPUT_LENGTH - 2 * REACH - REACH));
    for (const counter of this.#counters) index = plus(index, times(counter, this.#below(5) - 2));
    if (this.#below(4) === 0) {
      const within = constant(15, scalar("i32"));
      index = computed(index, apply("and", this.#value(scalar("i32"), 1), within));
    }
    return this.#below(3) === 0
      ? this.#b.loadSplat(this.#inputs[number], index, lanes)
      : this.#b.load(this.#inputs[number], index, lanes);
  }
}
