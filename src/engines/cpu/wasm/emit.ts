/** From kernels in the loop language to WebAssembly functions. The language's trees are the stack machine's order. */
import {
  type Bounds,
  type Buffer,
  bufferOver,
  divisionOf,
  type Index,
  isSerial,
  isShuffle,
  type Kernel,
  type Local,
  type Loop,
  type Pair,
  Pointers,
  type ShareBound,
  type Statement,
  type Sum,
  shuffles,
  type Value,
  type ValueType,
} from "../loops/index.ts";
import { Code, unsigned, VOID, type WasmFunction, type WasmType } from "./encode.ts";
import type { Mnemonic } from "./instructions.ts";
import { simple } from "./operations.ts";

export interface EmitOptions {
  /** Where each buffer lies in memory, in bytes. */
  readonly addressOf: (buffer: Buffer) => number;
  /** Whether the host has `f32x4.relaxed_madd`. */
  readonly relaxed: boolean;
}

/** Every kernel takes the number of its thread and how many threads there are. */
const THREAD = 0;
const THREADS = 1;

export const emitKernel = (kernel: Kernel, { addressOf, relaxed }: EmitOptions): WasmFunction =>
  new FunctionEmitter(kernel, { addressOf: (buffer) => addressOf(bufferOver(kernel, buffer)), relaxed }).emit(kernel);

/** By how many bytes a pointer is ahead in its last term, so that it never falls below zero while a step moves it down. */
const ownBias = ({ counter, step }: Sum): number =>
  counter === undefined ? 0 : Math.max(0, -step) * (counter.count - 1);

/** The same in all its terms. The accesses' offsets take it off again. */
const biasOf = (sum: Sum): number => (sum.parent === undefined ? 0 : ownBias(sum) + biasOf(sum.parent));

class FunctionEmitter {
  readonly #options: EmitOptions;
  readonly #code = new Code();
  readonly #types: WasmType[] = [];
  readonly #locals = new Map<Local, number>();
  readonly #counters = new Map<string, number>();
  /** Vector constants, set once at the start: V8 14 makes them anew in every iteration otherwise. */
  readonly #constants = new Map<string, { readonly local: number; readonly element: readonly number[] }>();
  readonly #pointers: Pointers;
  /** Pointers in scope, by the sum of terms that they follow. */
  readonly #pointerLocals = new Map<Sum, number>();

  constructor(kernel: Kernel, options: EmitOptions) {
    this.#options = options;
    this.#pointers = new Pointers(kernel, options);
  }

  emit({ name, body }: Kernel): WasmFunction {
    for (const statement of body) this.#topLevel(statement);
    const start = new Code();
    for (const { local, element } of this.#constants.values())
      start.put("v128.const", ...element, ...element, ...element, ...element).put("local.set", ...unsigned(local));
    return { name, parameters: ["i32", "i32"], locals: this.#types, code: start.bytes.concat(this.#code.bytes) };
  }

  #allocate(type: WasmType): number {
    this.#types.push(type);
    return this.#types.length - 1 + 2;
  }

  #topLevel(statement: Statement): void {
    if (!isSerial(statement)) this.#statements([statement]);
    else {
      this.#code.put("local.get", THREAD).put("i32.eqz").put("if", VOID);
      this.#statements([statement]);
      this.#code.put("end");
    }
  }

  #statements(statements: readonly Statement[]): void {
    for (const statement of statements) {
      switch (statement.kind) {
        case "set":
          this.#value(statement.value);
          this.#set(this.#localOf(statement.local));
          break;
        case "store":
        case "storeLane":
          this.#store(statement);
          break;
        case "loop":
          this.#loop(statement);
          break;
        case "if":
          this.#value(statement.condition);
          this.#code.put("if", VOID);
          this.#statements(statement.body);
          this.#code.put("end");
          break;
      }
    }
  }

  #localOf(local: Local): number {
    let index = this.#locals.get(local);
    if (index === undefined) {
      index = this.#allocate(wasmType(local.type));
      this.#locals.set(local, index);
    }
    return index;
  }

  #store(statement: Extract<Statement, { kind: "store" | "storeLane" }>): void {
    const { buffer, index, value } = statement;
    const offset = this.#address(buffer, index);
    this.#value(value);
    if (statement.kind === "storeLane") this.#code.memory("v128.store32_lane", 2, offset, statement.lane);
    else if (value.type.lanes > 1) this.#code.memory("v128.store", 2, offset);
    else this.#code.memory(value.type.lane === "f32" ? "f32.store" : "i32.store", 2, offset);
  }

  /** Pushes the pointer of an access and gives the offset that goes into its instruction. */
  #address(buffer: Buffer, index: Index): number {
    const { sum, displacement } = this.#pointers.of(buffer, index);
    this.#pushPointer(sum);
    if (index.computed !== undefined) {
      this.#value(index.computed);
      this.#code.i32(2).put("i32.shl").put("i32.add");
    }
    const offset = displacement - biasOf(sum);
    if (offset >= 0 && index.computed === undefined) return offset;
    // An instruction's offset cannot be negative, and with it the sum does not wrap around: a computed part may be negative.
    this.#code.i32(offset).put("i32.add");
    return 0;
  }

  /**
   *     counter = start; pointers = outer pointers (+ start · factor)
   *     loop { body; pointers += factor; counter += 1; if counter < end continue }
   *
   * A loop that is divided among threads goes from where to where its `Division` says.
   */
  #loop(loop: Loop): void {
    const division = divisionOf(loop);
    if (division === undefined) this.#iterate(loop);
    else {
      const share = { start: this.#shareBound(division.share.start), end: this.#shareBound(division.share.end) };
      if (division.pair === undefined) this.#iterate(loop, share);
      else this.#pair(loop, division.pair, share);
    }
  }

  /** @param share locals with the bounds of the thread's share of both loops' iterations */
  #pair(loop: Loop, { inner, rows }: Pair, share: Bounds<number>): void {
    const b = inner.counter.count;
    const [start, end] = (["start", "end"] as const).map((which) => {
      const { further, by } = rows[which];
      const local = this.#allocate("i32");
      this.#get(share[which]);
      if (further > 0) this.#code.i32(further).put("i32.add");
      this.#code.i32(by).put("i32.div_u");
      this.#set(local);
      return local;
    });
    this.#iterate(loop, { start, end }, (i) => {
      const within = (bound: number, limit: number, keeps: Mnemonic): number => {
        const local = this.#allocate("i32");
        this.#get(bound);
        this.#get(i).i32(b).put("i32.mul").put("i32.sub");
        this.#code.put("local.tee", ...unsigned(local)).i32(limit);
        this.#get(local).i32(limit).put(keeps).put("select");
        this.#set(local);
        return local;
      };
      this.#iterate(inner, { start: within(share.start, 0, "i32.gt_s"), end: within(share.end, b, "i32.lt_s") });
    });
  }

  /** @param bounds locals with where to start and to end; default: from 0 to the counter's end */
  #iterate(loop: Loop, bounds?: Bounds<number>, body = (_counter: number): void => this.#statements(loop.body)): void {
    const { counter } = loop;
    const index = this.#allocate("i32");
    this.#counters.set(counter.name, index);
    const pushEnd = (): Code => (bounds === undefined ? this.#code.i32(counter.count) : this.#get(bounds.end));
    if (bounds === undefined) this.#code.i32(0);
    else this.#get(bounds.start);
    this.#set(index);
    const moving = this.#startPointers(loop, index, bounds !== undefined);
    if (bounds !== undefined) {
      this.#code.put("block", VOID);
      this.#get(index);
      pushEnd().put("i32.ge_s").put("br_if", 0);
    }
    this.#code.put("loop", VOID);
    body(index);
    for (const { local, stride } of moving) this.#advance(local, stride);
    this.#advance(index, 1);
    this.#get(index);
    pushEnd().put("i32.lt_s").put("br_if", 0).put("end");
    if (bounds !== undefined) this.#code.put("end");
    for (const sum of this.#pointers.movedBy(counter)) this.#pointerLocals.delete(sum);
  }

  /** A local with a bound of the thread's share; the product may need 64 bits. */
  #shareBound({ count, further }: ShareBound): number {
    const local = this.#allocate("i32");
    this.#get(THREAD).i32(further).put("i32.add").put("i64.extend_i32_u");
    this.#code.i32(count).put("i64.extend_i32_u").put("i64.mul");
    this.#get(THREADS).put("i64.extend_i32_u").put("i64.div_u").put("i32.wrap_i64");
    this.#set(local);
    return local;
  }

  #get(local: number): Code {
    return this.#code.put("local.get", ...unsigned(local));
  }

  #set(local: number): void {
    this.#code.put("local.set", ...unsigned(local));
  }

  /** @param isPart whether the loop starts at the counter's value, and not at 0 */
  #startPointers({ counter }: Loop, index: number, isPart: boolean): { local: number; stride: number }[] {
    return this.#pointers.movedBy(counter).map((sum) => {
      const local = this.#allocate("i32");
      this.#pushPointer(sum.parent!);
      const bias = ownBias(sum);
      if (bias > 0) this.#code.i32(bias).put("i32.add");
      if (isPart) this.#get(index).i32(sum.step).put("i32.mul").put("i32.add");
      this.#set(local);
      this.#pointerLocals.set(sum, local);
      return { local, stride: sum.step };
    });
  }

  /** Without terms it is where memory begins. */
  #pushPointer(sum: Sum): void {
    const local = this.#pointerLocals.get(sum);
    if (local === undefined) this.#code.i32(0);
    else this.#get(local);
  }

  #advance(local: number, by: number): void {
    this.#get(local).i32(by).put("i32.add");
    this.#set(local);
  }

  #value(value: Value): void {
    switch (value.kind) {
      case "local":
        this.#get(this.#localOf(value));
        break;
      case "constant":
        this.#constant(value.value, value.type);
        break;
      case "load": {
        const offset = this.#address(value.buffer, value.index);
        this.#code.memory(
          value.type.lanes > 1 ? "v128.load" : value.type.lane === "f32" ? "f32.load" : "i32.load",
          2,
          offset,
        );
        break;
      }
      case "loadSplat":
        this.#code.memory("v128.load32_splat", 2, this.#address(value.buffer, value.index));
        break;
      case "splat":
        this.#splat(value.value);
        break;
      case "lane":
        this.#value(value.value);
        this.#code.put(value.type.lane === "f32" ? "f32x4.extract_lane" : "i32x4.extract_lane", value.lane);
        // A vector's mask is all ones, a scalar's is 1.
        if (value.type.lane === "mask") this.#code.i32(1).put("i32.and");
        break;
      case "counter":
        this.#get(this.#counters.get(value.counter.name)!);
        break;
      case "apply":
        this.#apply(value);
        break;
    }
  }

  /** A scalar mask is 0 or 1; in a vector it is all ones. */
  #splat(value: Value): void {
    if (value.type.lane === "mask") {
      this.#code.i32(0);
      this.#value(value);
      this.#code.put("i32.sub").put("i32x4.splat");
    } else {
      this.#value(value);
      this.#code.put(value.type.lane === "f32" ? "f32x4.splat" : "i32x4.splat");
    }
  }

  #constant(value: number, { lane, lanes }: ValueType): void {
    if (lanes === 1) {
      if (lane === "f32") this.#code.f32(value);
      else this.#code.i32(value);
      return;
    }
    const bytes = lane === "f32" ? Float32Array.of(value) : Int32Array.of(lane === "mask" && value !== 0 ? -1 : value);
    const element = [...new Uint8Array(bytes.buffer)];
    const key = element.join();
    const known = this.#constants.get(key) ?? { local: this.#allocate("v128"), element };
    this.#constants.set(key, known);
    this.#get(known.local);
  }

  #apply({ operation, operands, type }: Extract<Value, { kind: "apply" }>): void {
    const [a, b, c] = operands;
    const push = (...values: readonly Value[]): Code => {
      for (const value of values) this.#value(value);
      return this.#code;
    };
    const isVector = type.lanes > 1;
    switch (operation) {
      case "fma":
        if (isVector && this.#options.relaxed) {
          push(a, b, c).put("f32x4.relaxed_madd");
          return;
        }
        push(a, b).put(isVector ? "f32x4.mul" : "f32.mul");
        push(c).put(isVector ? "f32x4.add" : "f32.add");
        return;
      case "select":
        push(b, c, a).put(isVector ? "v128.bitselect" : "select");
        return;
      case "maskToInteger":
        push(a);
        if (!isVector) return;
        this.#constant(1, { lane: "i32", lanes: type.lanes });
        this.#code.put("v128.and");
        return;
    }
    if (isShuffle(operation)) {
      const elements = Array.from({ length: type.lanes }, (_, k) => shuffles[operation].source(k, type.lanes));
      push(a, b).put("i8x16.shuffle", ...elements.flatMap((element) => [0, 1, 2, 3].map((byte) => 4 * element + byte)));
      return;
    }
    const column = `${a.type.lane}${a.type.lanes > 1 ? "x4" : ""}` as const;
    const mnemonic = simple[operation]?.[column];
    if (mnemonic !== undefined) push(...operands).put(mnemonic);
    else if (!isVector && a.type.lane === "i32") this.#scalarInteger(operation, operands);
    else if (isVector && (operation === "bitsToFloat" || operation === "floatToBits")) push(a);
    else throw new Error(`no instruction for ${operation} of ${column}`);
  }

  /** What WebAssembly has for vectors of integers but not for one. */
  #scalarInteger(operation: string, operands: readonly Value[]): void {
    const [x, y] = operands.map((operand) => {
      const local = this.#allocate("i32");
      this.#value(operand);
      this.#set(local);
      return local;
    });
    const negated = (): Code => {
      this.#code.i32(0);
      return this.#get(x).put("i32.sub");
    };
    const compare: Readonly<Record<string, Mnemonic>> = { min: "i32.lt_s", max: "i32.gt_s" };
    if (operation === "neg") negated();
    else if (operation === "abs") {
      this.#get(x);
      negated();
      this.#get(x).i32(0).put("i32.ge_s").put("select");
    } else if (operation in compare) {
      for (const local of [x, y, x, y]) this.#get(local);
      this.#code.put(compare[operation]).put("select");
    } else throw new Error(`no instructions for ${operation} of i32`);
  }
}

const wasmType = ({ lane, lanes }: ValueType): WasmType => (lanes > 1 ? "v128" : lane === "f32" ? "f32" : "i32");
