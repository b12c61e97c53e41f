/** Instruction selection: a kernel in the loop language to machine code over virtual registers. */
import {
  type Bounds,
  type Buffer,
  type Division,
  divisionOf,
  type Index,
  isSerial,
  type Kernel,
  type Loop,
  type Pair,
  Pointers,
  type RowBound,
  type ShareBound,
  type Statement,
  type Sum,
  type Value,
} from "../../loops/index.ts";
import {
  type Instruction,
  immediate,
  instruction,
  type Label,
  type Memory,
  type Register,
  rax,
  rcx,
  rdx,
} from "../assembler/index.ts";
import { CodeBuilder, type ConstantPool, frame, slot, type VirtualCode, type X64Target } from "../code/index.ts";
import { branchUnless } from "./masks.ts";
import { quarterOf } from "./sequences.ts";
import { usesOf } from "./uses.ts";
import { Values } from "./values.ts";

export interface SelectOptions {
  readonly target: X64Target;
  /** Where each buffer lies, in bytes from the arena. */
  readonly addressOf: (buffer: Buffer) => number;
  /** Whether one thread does all of it. */
  readonly isSerial: boolean;
  readonly constants: ConstantPool;
  /** What labels begin with. */
  readonly label: string;
}

export interface Selected {
  /** Works out the thread's shares, in physical registers. */
  readonly prologue: readonly Instruction[];
  readonly code: VirtualCode;
  /** From where in the frame on there is room for spilled registers. */
  readonly frameBytes: number;
}

export const selectKernel = (kernel: Kernel, options: SelectOptions): Selected =>
  new KernelSelector(kernel, options).select();

/** Displacements have 32 bits with a sign; half of them leaves room for what is added to them. */
const REGION = 2 ** 31;

const INNERMOST_ALIGNMENT = 32;

type StoreLane = Extract<Statement, { kind: "storeLane" }>;

class KernelSelector {
  readonly #kernel: Kernel;
  readonly #options: SelectOptions;
  readonly #code: CodeBuilder;
  readonly #places: Pointers;
  readonly #values: Values;
  readonly #prologue: Instruction[] = [];
  /** Where in the frame bounds begin, by what they are; two cells each. */
  readonly #shares = new Map<string, number>();

  constructor(kernel: Kernel, options: SelectOptions) {
    this.#kernel = kernel;
    this.#options = options;
    this.#code = new CodeBuilder(options.label, options.constants);
    this.#places = new Pointers(kernel, { addressOf: options.addressOf, region: REGION });
    this.#values = new Values(this.#code, options.target, this.#places, usesOf(kernel));
  }

  select(): Selected {
    const { body } = this.#kernel;
    const forFirst = (part: Statement): boolean => !this.#options.isSerial && isSerial(part);
    for (let start = 0, end = 0; start < body.length; start = end) {
      const serial = forFirst(body[start]);
      while (end < body.length && forFirst(body[end]) === serial) end++;
      this.#part(body.slice(start, end), serial);
    }
    return { prologue: this.#prologue, code: this.#code, frameBytes: frame.spills + 16 * this.#shares.size };
  }

  /** Outermost statements that the same threads execute; serial ones are for the first thread alone. */
  #part(statements: readonly Statement[], serial: boolean): void {
    const skipped = this.#code.label();
    if (serial) {
      this.#code.put("cmp", 64, slot(frame.thread), immediate(0));
      this.#code.put("jne", 32, skipped);
    }
    this.#code.beginPart();
    this.#statements(statements);
    this.#code.endPart();
    if (serial) this.#code.place(skipped);
  }

  #statements(statements: readonly Statement[]): void {
    const values = this.#values;
    values.forget();
    for (let i = 0; i < statements.length; i++) {
      const statement = statements[i];
      switch (statement.kind) {
        case "set":
          values.set(statement.local, statement.value);
          break;
        case "store":
          this.#store(statement.buffer, statement.index, statement.value);
          break;
        case "storeLane": {
          const run = firstLanes(statements, i);
          if (run > 1) this.#storeLanes(statement, run);
          else this.#storeLane(statement);
          i += Math.max(run, 1) - 1;
          break;
        }
        case "loop":
          values.loadWaiting();
          this.#loop(statement);
          break;
        case "if": {
          values.loadWaiting();
          const skipped = this.#code.label();
          branchUnless(values, statement.condition, skipped);
          this.#statements(statement.body);
          this.#code.place(skipped);
          values.forget();
          break;
        }
      }
    }
    values.loadWaiting();
    values.forget();
  }

  #store(buffer: Buffer, index: Index, value: Value): void {
    const { type } = value;
    const values = this.#values;
    if (type.lanes === 1 && type.lane !== "f32" && value.kind === "constant") {
      this.#code.put("mov", 32, this.#target(buffer, index), immediate(value.value | 0));
      return;
    }
    const register = values.register(value);
    const place = this.#target(buffer, index);
    if (type.lanes > 1) this.#code.put("vmovups", this.#options.target.width, place, register);
    else this.#code.put(type.lane === "f32" ? "vmovss" : "mov", 32, place, register);
  }

  /** Where a store goes. What has waited to be loaded from the buffer is loaded before. */
  #target(buffer: Buffer, index: Index): Memory {
    this.#values.loadWaiting(buffer);
    return this.#values.address(buffer, index);
  }

  #storeLane({ buffer, index, value, lane }: StoreLane): void {
    const quarter = quarterOf(this.#values, this.#values.register(value), lane);
    const place = this.#target(buffer, index);
    const within = lane & 3;
    if (within === 0) this.#code.put("vmovss", 32, place, quarter);
    else this.#code.put("vextractps", 32, place, quarter, immediate(within));
  }

  /** The first lanes of a vector to neighboring elements. */
  #storeLanes({ buffer, index, value }: StoreLane, count: number): void {
    const { lanes, width, hasMasks } = this.#options.target;
    const values = this.#values;
    const vector = values.register(value);
    const place = this.#target(buffer, index);
    if (hasMasks) this.#code.putMasked(this.#firstLanes(count), false, "vmovups", width, place, vector);
    else {
      const pattern = Array.from({ length: lanes }, (_, lane) => (lane < count ? -1 : 0));
      this.#code.put("vmaskmovps", width, place, this.#code.pattern(pattern), vector);
    }
  }

  #firstLanes(count: number): Register {
    const { firstLanes } = this.#values;
    let mask = firstLanes.get(count);
    if (mask === undefined) {
      const bits = this.#code.fresh("general");
      mask = this.#code.fresh("mask");
      this.#code.put("mov", 32, bits, immediate((1 << count) - 1));
      this.#code.put("kmovw", 32, mask, bits);
      firstLanes.set(count, mask);
    }
    return mask;
  }

  /**
   *     counter = start; pointers = outer pointers (+ start · step)
   *     loop { body; pointers += step; counter += 1; if counter < end continue }
   *
   * A counter that is only counted goes down to zero. A loop that is divided among threads goes from where to where its
   * `Division` says.
   */
  #loop(loop: Loop): void {
    const division = this.#options.isSerial ? undefined : divisionOf(loop);
    if (division === undefined) this.#iterate(loop);
    else if (division.pair === undefined) this.#iterate(loop, this.#shareOf(division));
    else this.#pair(loop, division.pair, this.#shareOf(division));
  }

  #shareOf({ share: { start, end } }: Division): Places {
    return this.#boundsOf(`${end.count}`, [shareBound(start), shareBound(end)]);
  }

  /** @param share places with the bounds of the thread's share of both loops' iterations */
  #pair(loop: Loop, { inner, rows: { start, end } }: Pair, share: Places): void {
    const b = inner.counter.count;
    const rows = this.#boundsOf(`${end.share.count}/${end.by}`, [rowBound(start), rowBound(end)]);
    this.#iterate(loop, rows, (i) => {
      const done = this.#code.fresh("general");
      this.#code.put("imul", 64, done, i, immediate(b));
      const [zero, most] = [0, b].map((value) => {
        const register = this.#code.fresh("general");
        this.#code.put("mov", 64, register, immediate(value));
        return register;
      });
      const [start, end] = [share.start, share.end].map((bound) => {
        const register = this.#code.fresh("general");
        this.#code.put("mov", 64, register, bound);
        this.#code.put("sub", 64, register, done);
        return register;
      });
      this.#code.put("cmp", 64, start, immediate(0));
      this.#code.put("cmovl", 64, start, zero);
      this.#code.put("cmp", 64, end, most);
      this.#code.put("cmovg", 64, end, most);
      this.#iterate(inner, { start, end });
    });
  }

  /**
   * @param bounds where to start and to end; default: from 0 to the counter's end
   * @param body takes the counter, which then goes up; default: the loop's own
   */
  #iterate(loop: Loop, bounds?: Places, body?: (counter: Register) => void): void {
    const { counter } = loop;
    const values = this.#values;
    const isCounted = body !== undefined || this.#places.counted.has(counter);
    const sums = this.#places.movedBy(counter);
    const [head, done] = [this.#headOf(loop), this.#code.label()];
    const count = this.#code.fresh("general");
    this.#code.put("mov", 64, count, bounds?.start ?? immediate(isCounted ? 0 : counter.count));
    this.#startPointers(sums, bounds && count);
    if (bounds !== undefined) this.#startShare(count, bounds, isCounted, done);
    values.counters.set(counter, count);
    this.#code.beginLoop();
    this.#code.place(head);
    if (body === undefined) this.#statements(loop.body);
    else body(count);
    for (const sum of sums) this.#advance(values.pointers.get(sum)!, sum.step);
    if (isCounted) {
      this.#code.put("add", 64, count, immediate(1));
      this.#code.put("cmp", 64, count, bounds?.end ?? immediate(counter.count));
      this.#code.put("jl", 32, head);
    } else {
      this.#code.put("sub", 64, count, immediate(1));
      this.#code.put("jne", 32, head);
    }
    this.#code.endLoop();
    if (bounds !== undefined) this.#code.place(done);
    for (const sum of sums) values.pointers.delete(sum);
  }

  #headOf({ body }: Loop): Label {
    const label = this.#code.label();
    const isInnermost = body.every(({ kind }) => kind !== "loop" && kind !== "if");
    return isInnermost ? { ...label, alignment: INNERMOST_ALIGNMENT } : label;
  }

  /** Nothing to do for a thread without iterations. What is only counted becomes the number of iterations. */
  #startShare(count: Register, { end }: Places, isCounted: boolean, done: Label): void {
    if (isCounted) {
      this.#code.put("cmp", 64, count, end);
      this.#code.put("jge", 32, done);
    } else {
      this.#code.put("sub", 64, count, end);
      this.#code.put("neg", 64, count);
      this.#code.put("jle", 32, done);
    }
  }

  #startPointers(sums: readonly Sum[], start: Register | undefined): void {
    for (const sum of sums) {
      const pointer = this.#code.fresh("general");
      const parent = this.#values.pointer(sum.parent!);
      if (start === undefined) this.#code.put("mov", 64, pointer, parent);
      else {
        if (isShort(sum.step)) this.#code.put("imul", 64, pointer, start, immediate(sum.step));
        else {
          this.#code.put("mov", 64, pointer, immediate(sum.step));
          this.#code.put("imul", 64, pointer, start);
        }
        this.#code.put("add", 64, pointer, parent);
      }
      this.#values.pointers.set(sum, pointer);
    }
  }

  #advance(pointer: Register, step: number): void {
    if (isShort(step)) this.#code.put("add", 64, pointer, immediate(step));
    else {
      const distance = this.#code.fresh("general");
      this.#code.put("mov", 64, distance, immediate(step));
      this.#code.put("add", 64, pointer, distance);
    }
  }

  /** Places in the frame for bounds that the prologue works out, each in rax. */
  #boundsOf(key: string, work: readonly [readonly Instruction[], readonly Instruction[]]): Places {
    let share = this.#shares.get(key);
    if (share === undefined) {
      share = frame.spills + 16 * this.#shares.size;
      this.#shares.set(key, share);
      for (const [k, instructions] of work.entries())
        this.#prologue.push(...instructions, instruction("mov", 64, [slot(share + 8 * k), rax]));
    }
    return { start: slot(share), end: slot(share + 8) };
  }
}

/** Where a thread's bounds are. */
type Places = Bounds<Memory | Register>;

/** rax = ⌊(thread + further) · count / threads⌋. */
const shareBound = ({ count, further }: ShareBound): Instruction[] => [
  instruction("mov", 64, [rax, slot(frame.thread)]),
  ...(further === 0 ? [] : [instruction("add", 64, [rax, immediate(further)])]),
  instruction("imul", 64, [rax, rax, immediate(count)]),
  instruction("xor", 32, [rdx, rdx]),
  instruction("div", 64, [slot(frame.threads)]),
];

/** rax = ⌊(share + further) / by⌋. */
const rowBound = ({ share, further, by }: RowBound): Instruction[] => [
  ...shareBound(share),
  instruction("add", 64, [rax, immediate(further)]),
  instruction("xor", 32, [rdx, rdx]),
  instruction("mov", 64, [rcx, immediate(by)]),
  instruction("div", 64, [rcx]),
];

/** How many statements from the `start`-th on store lanes 0, 1, … of one local to neighboring elements. */
function firstLanes(statements: readonly Statement[], start: number): number {
  const first = statements[start] as StoreLane;
  const isNext = (statement: Statement | undefined, k: number): boolean =>
    statement?.kind === "storeLane" &&
    statement.lane === k &&
    statement.value === first.value &&
    statement.buffer === first.buffer &&
    statement.index.computed === undefined &&
    statement.index.constant === first.index.constant + k &&
    hasSameTerms(statement.index.terms, first.index.terms);
  if (first.value.kind !== "local") return 0;
  let count = 0;
  while (isNext(statements[start + count], count)) count++;
  return count;
}

/** Whether an instruction has room for it. */
const isShort = (step: number): boolean => step === (step | 0);

const hasSameTerms = (a: Index["terms"], b: Index["terms"]): boolean =>
  a === b ||
  (a.length === b.length && a.every((term, i) => term.counter === b[i].counter && term.factor === b[i].factor));
