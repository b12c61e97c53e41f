/** Reductions over axes, with the elementwise expression that they reduce computed on the way. */
import { sizeOf } from "../../../../array/index.ts";
import type { OpNode } from "../../../../graph/index.ts";
import {
  apply,
  at,
  constant,
  type Index,
  type KernelBuilder,
  type Lane,
  type Local,
  laneOf,
  type Operation,
  times,
  type Value,
} from "../../loops/index.ts";
import {
  canVectorize,
  clear,
  collapseInOrder,
  contiguous,
  type LoweringContext,
  largestDivisor,
  loadAlong,
  movedAlong,
  orderOf,
  type Reader,
  type StridedAxis,
  type View,
  vectorLoop,
} from "../context/index.ts";
import { exactSum, PART } from "./exact-sum.ts";

interface Combination {
  readonly operation: Operation;
  readonly start: Readonly<Record<Lane, number>>;
}

const combinations: Readonly<Record<string, Combination>> = {
  sum: { operation: "add", start: { f32: 0, i32: 0, mask: 0 } },
  reduceMax: { operation: "max", start: { f32: -Infinity, i32: -(2 ** 31), mask: 0 } },
  reduceMin: { operation: "min", start: { f32: Infinity, i32: 2 ** 31 - 1, mask: 0 } },
};

/** What is reduced: an expression over sources in memory. */
export interface Reduced {
  readonly sources: readonly View[];
  readonly compute: (b: KernelBuilder, read: Reader, lanes: number) => Value;
}

/** Lowers a `sum`, `reduceMax` or `reduceMin` of an expression over the input's shape. */
export function lowerReduction(context: LoweringContext, node: OpNode, reduced: Reduced, target: View): void {
  const { shape } = node.inputs[0];
  if (shape.some((n) => n === 0)) {
    context.emit("clear", [], [target.buffer], (b) => clear(b, target.buffer, 0));
    return;
  }
  const axes = reducedAxes(node, reduced.sources, target);
  const [first, ...rest] = axes;
  const isBlocked =
    sizeOf(shape) >= context.tuning.reductions.divideFrom && axes.every(({ strides }) => strides[0] === 0);
  const blocks = isBlocked ? largestDivisor(first.length, context.tuning.shares.most) : 1;
  if (blocks === 1) {
    emitReduction(context, node.op.name, axes, reduced, target);
    return;
  }
  const length = first.length / blocks;
  const partial = contiguous(context.buffer("partial results", [blocks], target.buffer.lane), [blocks]);
  const [, ...steps] = first.strides;
  const outer = { length: blocks, strides: [1, ...steps.map((step) => step * length)] };
  emitReduction(context, node.op.name, [outer, { ...first, length }, ...rest], reduced, partial);
  const read = { sources: [partial], compute: (_: KernelBuilder, reader: Reader) => reader(0) };
  emitReduction(context, node.op.name, [{ length: blocks, strides: [0, 1] }], read, target);
}

function emitReduction(
  context: LoweringContext,
  name: string,
  axes: readonly StridedAxis[],
  { sources, compute }: Reduced,
  target: View,
): void {
  const reads = [...new Set(sources.map(({ buffer }) => buffer))];
  context.emit(name, reads, [target.buffer], (b) => {
    const read: Read = (indices, along, lanes) =>
      compute(b, (k) => loadAlong(b, sources[k], indices[k + 1], along?.strides[k + 1] ?? 0, lanes), lanes);
    const places = [at(target.offset), ...sources.map(({ offset }) => at(offset))];
    new Reducer(b, axes, combinations[name], target, read).walk(0, places);
  });
}

/**
 * The input's axes, with strides of the output (0 where it is reduced) and of each source, in the order in which the first
 * source with an element for each position has them.
 */
function reducedAxes({ inputs: [x], attributes }: OpNode, sources: readonly View[], target: View): StridedAxis[] {
  const reduced = attributes.axes as readonly number[];
  const kept = x.shape.map((_, i) => i).filter((i) => !reduced.includes(i));
  const outputStrides = x.shape.map((_, i) => (reduced.includes(i) ? 0 : target.strides[kept.indexOf(i)]));
  const full = sources.find(({ strides }) => strides.every((stride, i) => stride !== 0 || x.shape[i] === 1));
  const order = full ? orderOf(full) : x.shape.map((_, i) => i);
  return collapseInOrder(x.shape, order, [outputStrides, ...sources.map(({ strides }) => strides)]);
}

type Read = (indices: readonly Index[], along: StridedAxis | undefined, lanes: number) => Value;

/** Loops over kept axes around loops over reduced ones; vectors run along the last axis, whichever it is. */
class Reducer {
  readonly #b: KernelBuilder;
  readonly #kept: readonly StridedAxis[];
  readonly #reduced: readonly StridedAxis[];
  readonly #last: StridedAxis | undefined;
  readonly #combination: Combination;
  readonly #target: View;
  readonly #read: Read;

  constructor(b: KernelBuilder, axes: readonly StridedAxis[], combination: Combination, target: View, read: Read) {
    this.#b = b;
    this.#kept = axes.filter(({ strides }) => strides[0] !== 0);
    this.#reduced = axes.filter(({ strides }) => strides[0] === 0);
    this.#last = axes.at(-1);
    this.#combination = combination;
    this.#target = target;
    this.#read = read;
  }

  walk(depth: number, indices: readonly Index[]): void {
    const axis = this.#kept[depth];
    if (axis === undefined) this.#accumulate(indices, 1);
    else if (axis === this.#last && axis.strides[0] === 1 && canVectorize(axis.strides)) {
      vectorLoop(
        this.#b,
        axis.length,
        true,
        (i, lanes) => this.#accumulate(movedAlong(indices, axis, i), lanes),
        depth === 0,
      );
    } else
      this.#b.loop(axis.length, (i) => this.walk(depth + 1, movedAlong(indices, axis, i)), { parallel: depth === 0 });
  }

  /** Everything that one output element, or one vector of neighboring ones, takes. */
  #accumulate(indices: readonly Index[], lanes: number): void {
    const b = this.#b;
    const sum = b.local(this.#start(lanes));
    const last = this.#reduced.at(-1);
    const wide =
      lanes === 1 && last !== undefined && last === this.#last && canVectorize(last.strides)
        ? b.local(this.#start(b.lanes))
        : undefined;
    this.#descend(0, indices, sum, wide);
    if (wide !== undefined) for (let k = 0; k < b.lanes; k++) this.#add(sum, laneOf(wide, k));
    b.store(this.#target.buffer, indices[0], sum);
  }

  #descend(depth: number, indices: readonly Index[], sum: Local, wide: Local | undefined): void {
    const axis = this.#reduced[depth];
    const { lanes } = sum.type;
    if (axis === undefined) {
      this.#add(sum, this.#read(indices, lanes > 1 ? this.#last : undefined, lanes));
      return;
    }
    const inner = this.#reduced.slice(depth + 1).reduce((product, { length }) => product * length, 1);
    const most = wide === undefined ? PART : PART * this.#b.lanes;
    if (!this.#isRounded || axis.length * inner <= most) {
      this.#along(axis, axis.length, depth, indices, sum, wide);
      return;
    }
    const each = Math.min(axis.length, Math.max(1, Math.floor(most / inner)));
    const whole = Math.floor(axis.length / each);
    const [total, wideTotal] = [sum, wide].map((to) => to && exactSum(this.#b, to));
    const part = (start: Index, count: number): void => {
      const [small, smallWide] = [sum, wide].map((to) => to && this.#b.local(this.#start(to.type.lanes)));
      this.#along(axis, count, depth, movedAlong(indices, axis, start), small!, smallWide);
      total!.add(small!);
      wideTotal?.add(smallWide!);
    };
    this.#b.loop(whole, (i) => part(times(i, each), each));
    if (whole * each < axis.length) part(at(whole * each), axis.length - whole * each);
    total!.finish();
    wideTotal?.finish();
  }

  /** The next `count` positions of an axis. */
  #along(
    axis: StridedAxis,
    count: number,
    depth: number,
    indices: readonly Index[],
    sum: Local,
    wide: Local | undefined,
  ): void {
    if (axis === this.#last && wide !== undefined) {
      vectorLoop(this.#b, count, true, (i, width) =>
        this.#add(width > 1 ? wide : sum, this.#read(movedAlong(indices, axis, i), axis, width)),
      );
    } else this.#b.loop(count, (i) => this.#descend(depth + 1, movedAlong(indices, axis, i), sum, wide));
  }

  /** Whether the order and the grouping of the terms make a difference. */
  get #isRounded(): boolean {
    return this.#combination.operation === "add" && this.#target.buffer.lane === "f32";
  }

  #start(lanes: number): Value {
    const { lane } = this.#target.buffer;
    return constant(this.#combination.start[lane], { lane, lanes });
  }

  #add(to: Local, term: Value): void {
    this.#b.set(to, apply(this.#combination.operation, to, term));
  }
}
