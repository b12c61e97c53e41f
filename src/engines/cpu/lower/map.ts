/** Kernels that compute every element by itself: chains of elementwise ops as one pass, and copies between views. */
import type { Shape } from "../../../array/index.ts";
import { at, type KernelBuilder, plus, times } from "../loops/builder.ts";
import type { Buffer, Index, Value } from "../loops/ir.ts";
import type { LoweringContext } from "./context.ts";
import { collapseInOrder, orderOf, type View } from "./views.ts";

/** Loads the element, or the vector of elements, of the i-th source. */
export type Reader = (source: number) => Value;

/** Whether vectors can be formed along an axis: sources lie next to each other there, or are the same. */
export const canVectorize = (strides: readonly number[]): boolean =>
  strides.every((stride) => stride === 0 || stride === 1);

/** The source's value at an index: neighbouring elements, or one in all lanes. */
export function loadAlong(b: KernelBuilder, { buffer }: View, index: Index, stride: number, lanes: number): Value {
  return stride === 1 && lanes > 1 ? b.load(buffer, index, lanes) : b.loadSplat(buffer, index, lanes);
}

/** Loops over `count` positions, in vectors as far as they go and one by one from there. */
export function vectorLoop(
  b: KernelBuilder,
  count: number,
  vectorize: boolean,
  body: (index: Index, lanes: number) => void,
  parallel = false,
): void {
  const whole = vectorize ? Math.floor(count / b.lanes) : 0;
  b.loop(whole, (i) => body(times(i, b.lanes), b.lanes), { parallel });
  const start = whole * b.lanes;
  b.loop(count - start, (i) => body(plus(i, start), 1), { parallel });
}

/** From this part of a vector on, a rest is quicker as a vector than one by one. */
const WORTH_A_VECTOR = 0.25;

/**
 * Like `vectorLoop`, for bodies whose only effect is what they store: the rest is one more vector, which is read beyond the
 * end, and stored as far as the end.
 */
export function mapLoop(
  b: KernelBuilder,
  count: number,
  body: (index: Index, lanes: number) => void,
  parallel = false,
): void {
  const whole = Math.floor(count / b.lanes);
  const rest = count - whole * b.lanes;
  if (rest < WORTH_A_VECTOR * b.lanes) {
    vectorLoop(b, count, true, body, parallel);
    return;
  }
  b.loop(whole, (i) => body(times(i, b.lanes), b.lanes), { parallel });
  b.storingFirst(rest, () => body(at(whole * b.lanes), b.lanes));
}

/**
 * `target[position] = compute(sources at position)` for every position of `shape`. The target must not be read by other
 * positions than its own.
 */
export function mapInto(
  context: LoweringContext,
  name: string,
  shape: Shape,
  sources: readonly View[],
  target: View,
  compute: (b: KernelBuilder, read: Reader, lanes: number) => Value,
): void {
  if (shape.some((n) => n === 0)) return;
  const axes = collapseInOrder(shape, orderOf(target), [target.strides, ...sources.map(({ strides }) => strides)]);
  const build = (b: KernelBuilder): void => {
    const outer = axes.slice(0, -1);
    const inner = axes.at(-1) ?? { length: 1, strides: [1, ...sources.map(() => 0)] };
    const vectorize = inner.strides[0] === 1 && canVectorize(inner.strides);
    const walk = (depth: number, indices: readonly Index[]): void => {
      if (depth < outer.length) {
        const { length, strides } = outer[depth];
        b.loop(
          length,
          (i) =>
            walk(
              depth + 1,
              indices.map((index, k) => plus(index, times(i, strides[k]))),
            ),
          { parallel: depth === 0 },
        );
        return;
      }
      const visit = (i: Index, lanes: number): void => {
        const place = (k: number): Index => plus(indices[k], times(i, inner.strides[k]));
        const read: Reader = (k) => loadAlong(b, sources[k], place(k + 1), inner.strides[k + 1], lanes);
        b.store(target.buffer, place(0), compute(b, read, lanes));
      };
      if (vectorize) mapLoop(b, inner.length, visit, outer.length === 0);
      else b.loop(inner.length, (i) => visit(i, 1), { parallel: outer.length === 0 });
    };
    walk(0, [at(target.offset), ...sources.map(({ offset }) => at(offset))]);
  };
  const buffers = [...new Set(sources.map(({ buffer }) => buffer))];
  context.emit(name, buffers, [target.buffer], build, alignedWith(target, sources));
}

/** The buffers that every source over them reads at the place that is written. */
export function alignedWith(target: View, sources: readonly View[]): Buffer[] {
  const isElsewhere = ({ offset, strides }: View): boolean =>
    offset !== target.offset || strides.some((stride, i) => stride !== target.strides[i] && target.shape[i] > 1);
  const elsewhere = new Set(sources.filter(isElsewhere).map(({ buffer }) => buffer));
  return sources.map(({ buffer }) => buffer).filter((buffer) => !elsewhere.has(buffer));
}

/** Copies the elements of one view to another of the same shape. */
export const copyInto = (context: LoweringContext, source: View, target: View): void =>
  mapInto(context, "copy", source.shape, [source], target, (_, read) => read(0));
