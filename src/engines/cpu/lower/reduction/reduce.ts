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
  plus,
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
  range,
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
  const isLarge = sizeOf(shape) >= context.tuning.reductions.divideFrom;
  const blocks = isLarge && canBlock(axes) ? largestDivisor(axes[0].length, context.tuning.shares.most) : 1;
  if (blocks === 1) emitReduction(context, node.op.name, axes, reduced, target);
  else reduceInBlocks(context, node.op.name, axes, reduced, target, blocks);
}

/** Whether the outermost axis in memory is reduced, and at most the innermost one, such as channels, is kept. */
const canBlock = (axes: readonly StridedAxis[]): boolean =>
  axes.every(({ strides }, i) => strides[0] === 0 || (i > 0 && i === axes.length - 1 && strides[0] === 1));

/** Each block of the first axis has results of its own, which threads share; a second kernel combines them. */
function reduceInBlocks(
  context: LoweringContext,
  name: string,
  [first, ...rest]: readonly StridedAxis[],
  reduced: Reduced,
  target: View,
  blocks: number,
): void {
  const kept = rest.find(({ strides }) => strides[0] !== 0)?.length ?? 1;
  const partial = contiguous(context.buffer("partial results", [blocks, kept], target.buffer.lane), [blocks, kept]);
  const length = first.length / blocks;
  const [, ...steps] = first.strides;
  const outer = { length: blocks, strides: [kept, ...steps.map((step) => step * length)] };
  emitReduction(context, name, [outer, { ...first, length }, ...rest], reduced, partial);
  const read = { sources: [partial], compute: (_: KernelBuilder, reader: Reader) => reader(0) };
  const results = kept === 1 ? [] : [{ length: kept, strides: [1, 1] }];
  emitReduction(context, name, [{ length: blocks, strides: [0, kept] }, ...results], read, target);
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

/** Neighboring vectors that are reduced together: a position then has several cache lines that follow each other. */
const TOGETHER = 4;

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
    else if (axis === this.#last && axis.strides[0] === 1 && canVectorize(axis.strides))
      this.#walkVectors(axis, indices, depth === 0);
    else
      this.#b.loop(axis.length, (i) => this.walk(depth + 1, movedAlong(indices, axis, i)), { parallel: depth === 0 });
  }

  /** Along the last axis, which is kept: one vector at a time where threads share these, else several. */
  #walkVectors(axis: StridedAxis, indices: readonly Index[], parallel: boolean): void {
    const b = this.#b;
    const width = TOGETHER * b.lanes;
    const whole = parallel ? 0 : Math.floor(axis.length / width);
    b.loop(whole, (i) => this.#accumulate(movedAlong(indices, axis, times(i, width)), b.lanes, TOGETHER));
    const visit = (i: Index, lanes: number): void =>
      this.#accumulate(movedAlong(indices, axis, plus(i, whole * width)), lanes);
    vectorLoop(b, axis.length - whole * width, true, visit, parallel);
  }

  /** Everything that one output element, or some vectors of neighboring ones, take. */
  #accumulate(indices: readonly Index[], lanes: number, vectors = 1): void {
    const b = this.#b;
    const sums = range(vectors).map(() => b.local(this.#start(lanes)));
    const last = this.#reduced.at(-1);
    const wide =
      lanes === 1 && last !== undefined && last === this.#last && canVectorize(last.strides)
        ? b.local(this.#start(b.lanes))
        : undefined;
    this.#descend(0, indices, sums, wide);
    if (wide !== undefined) for (let k = 0; k < b.lanes; k++) this.#add(sums[0], laneOf(wide, k));
    for (const [k, sum] of sums.entries()) b.store(this.#target.buffer, plus(indices[0], k * lanes), sum);
  }

  #descend(depth: number, indices: readonly Index[], sums: readonly Local[], wide: Local | undefined): void {
    const axis = this.#reduced[depth];
    if (axis === undefined) {
      this.#addTerms(indices, sums);
      return;
    }
    const inner = this.#reduced.slice(depth + 1).reduce((product, { length }) => product * length, 1);
    const most = wide === undefined ? PART : PART * this.#b.lanes;
    if (!this.#isRounded || axis.length * inner <= most) {
      this.#along(axis, axis.length, depth, indices, sums, wide);
      return;
    }
    const each = Math.min(axis.length, Math.max(1, Math.floor(most / inner)));
    const whole = Math.floor(axis.length / each);
    const all = wide === undefined ? sums : [...sums, wide];
    const totals = all.map((to) => exactSum(this.#b, to));
    const part = (start: Index, count: number): void => {
      const small = all.map((to) => this.#b.local(this.#start(to.type.lanes)));
      const from = movedAlong(indices, axis, start);
      this.#along(axis, count, depth, from, small.slice(0, sums.length), small.at(sums.length));
      for (const [k, total] of totals.entries()) total.add(small[k]);
    };
    this.#b.loop(whole, (i) => part(times(i, each), each));
    if (whole * each < axis.length) part(at(whole * each), axis.length - whole * each);
    for (const total of totals) total.finish();
  }

  /** The terms at one position: one, or those of neighboring vectors. */
  #addTerms(indices: readonly Index[], sums: readonly Local[]): void {
    const { lanes } = sums[0].type;
    const along = lanes > 1 ? this.#last : undefined;
    for (const [k, sum] of sums.entries()) {
      const place = along === undefined ? indices : movedAlong(indices, along, at(k * lanes));
      this.#add(sum, this.#read(place, along, lanes));
    }
  }

  /** The next `count` positions of an axis. */
  #along(
    axis: StridedAxis,
    count: number,
    depth: number,
    indices: readonly Index[],
    sums: readonly Local[],
    wide: Local | undefined,
  ): void {
    if (axis === this.#last && wide !== undefined) {
      vectorLoop(this.#b, count, true, (i, width) =>
        this.#add(width > 1 ? wide : sums[0], this.#read(movedAlong(indices, axis, i), axis, width)),
      );
    } else this.#b.loop(count, (i) => this.#descend(depth + 1, movedAlong(indices, axis, i), sums, wide));
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
