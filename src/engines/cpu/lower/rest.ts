/** Gather, scatter, positions of maxima, padding, concatenation, random numbers. */
import type { OpNode } from "../../../graph/index.ts";
import type { Index, Value } from "../loops/index.ts";
import { apply, at, computed, constant, indexValue, type KernelBuilder, plus, scalar } from "../loops/index.ts";
import {
  clear,
  copyInto,
  isBatchInnermost,
  type LoweringContext,
  nest,
  orderOf,
  partOf,
  positionIn,
  type View,
  vectorLoop,
} from "./context/index.ts";

const integer = (value: number): Value => constant(value, scalar("i32"));
const float = (value: number): Value => constant(value, scalar("f32"));

/**
 * Loops over all axes but one, in the order in which they lie in the last of the views; `visit` gets an index for each
 * axis, 0 for the one that is left out.
 */
export function aroundAxis(
  b: KernelBuilder,
  shape: readonly number[],
  axis: number,
  order: readonly number[],
  visit: (indices: readonly Index[]) => void,
): void {
  const others = order.filter((other) => other !== axis);
  nest(
    b,
    others.map((other) => shape[other]),
    (found) => {
      const indices = shape.map(() => at(0));
      others.forEach((other, k) => {
        indices[other] = found[k];
      });
      visit(indices);
    },
  );
}

/** The same indices with another one along an axis. */
export const along = (indices: readonly Index[], axis: number, index: Index): Index[] =>
  indices.map((other, i) => (i === axis ? index : other));

/** Runs `found` when the position loaded from `index` lies within the axis. */
export function whenInside(b: KernelBuilder, position: Value, length: number, found: () => void): void {
  b.when(apply("and", apply("ge", position, integer(0)), apply("lt", position, integer(length))), found);
}

/** The element of a view at a computed position along an axis. */
export const pointed = (view: View, indices: readonly Index[], axis: number, position: Value): Index =>
  computed(positionIn(view, indices), apply("mul", position, integer(view.strides[axis])));

/**
 * Visits every entry of an index with the position that stands there. Where it is the same for all samples, as fixed
 * positions are, and these lie innermost, a vector of them at once.
 */
function forEachPointer(
  b: KernelBuilder,
  { index, axis, views }: { readonly index: View; readonly axis: number; readonly views: readonly View[] },
  visit: (place: readonly Index[], position: Value, lanes: number) => void,
): void {
  const isForAll = axis !== 0 && index.strides[0] === 0 && views.every(isBatchInnermost);
  const [samples] = index.shape;
  const shape = isForAll ? [1, ...index.shape.slice(1)] : index.shape;
  aroundAxis(b, shape, axis, orderOf(views[0]), (indices) => {
    b.loop(shape[axis], (j) => {
      const place = along(indices, axis, j);
      const position = b.local(b.load(index.buffer, positionIn(index, place)));
      vectorLoop(b, isForAll ? samples : 1, isForAll, (sample, lanes) =>
        visit(along(place, 0, plus(place[0], sample)), position, lanes),
      );
    });
  });
}

export function lowerGather(context: LoweringContext, node: OpNode): void {
  const [x, index] = node.inputs.map((input) => context.view(input));
  const y = context.output(node.outputs[0], orderOf(x));
  const axis = node.attributes.axis as number;
  context.emit("gather", [x.buffer, index.buffer], [y.buffer], (b) => {
    forEachPointer(b, { index, axis, views: [y, x] }, (place, position, lanes) => {
      const value = b.local(constant(y.buffer.lane === "f32" ? Number.NaN : 0, { lane: y.buffer.lane, lanes }));
      const found = pointed(x, along(place, axis, at(0)), axis, position);
      whenInside(b, position, x.shape[axis], () => b.set(value, b.load(x.buffer, found, lanes)));
      b.store(y.buffer, positionIn(y, place), value);
    });
  });
}

export function lowerScatterAdd(context: LoweringContext, node: OpNode): void {
  const [x, index] = node.inputs.map((input) => context.view(input));
  const y = context.output(node.outputs[0], orderOf(x));
  const { axis, length } = node.attributes as { axis: number; length: number };
  context.emit("clear", [], [y.buffer], (b) => clear(b, y.buffer, 0));
  context.emit("scatterAdd", [x.buffer, index.buffer], [y.buffer], (b) => {
    forEachPointer(b, { index, axis, views: [x, y] }, (place, position, lanes) => {
      const to = pointed(y, along(place, axis, at(0)), axis, position);
      whenInside(b, position, length, () => {
        const sum = apply("add", b.load(y.buffer, to, lanes), b.load(x.buffer, positionIn(x, place), lanes));
        b.store(y.buffer, to, sum);
      });
    });
  });
}

export function lowerArgMax(context: LoweringContext, node: OpNode): void {
  const x = context.view(node.inputs[0]);
  const y = context.output(node.outputs[0]);
  const axis = node.attributes.axis as number;
  context.emit("argMax", [x.buffer], [y.buffer], (b) => {
    aroundAxis(b, x.shape, axis, orderOf(x), (indices) => {
      const best = b.local(b.load(x.buffer, positionIn(x, indices)));
      const position = b.local(integer(0));
      b.loop(x.shape[axis] - 1, (k) => {
        const value = b.local(b.load(x.buffer, positionIn(x, along(indices, axis, plus(k, 1)))));
        const keeps = apply("or", apply("le", value, best), apply("ne", best, best));
        b.set(position, apply("select", keeps, position, indexValue(plus(k, 1))));
        b.set(best, apply("select", keeps, best, value));
      });
      b.store(
        y.buffer,
        positionIn(
          y,
          indices.filter((_, i) => i !== axis),
        ),
        position,
      );
    });
  });
}

export function lowerPad(context: LoweringContext, node: OpNode): void {
  const { before, interior, value } = node.attributes as { before: number[]; interior: number[]; value: number };
  const x = context.view(node.inputs[0]);
  const y = context.output(node.outputs[0]);
  context.emit("clear", [], [y.buffer], (b) => clear(b, y.buffer, value));
  const inner = before.reduce((part, start, axis) => partOf(part, axis, start, x.shape[axis], interior[axis] + 1), y);
  copyInto(context, x, inner);
}

export function lowerConcat(context: LoweringContext, node: OpNode): void {
  const axis = node.attributes.axis as number;
  const y = context.output(node.outputs[0]);
  let start = 0;
  for (const input of node.inputs) {
    copyInto(context, context.view(input), partOf(y, axis, start, input.shape[axis]));
    start += input.shape[axis];
  }
}

const PARITY = 0x1bd11bda;
const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const;

/** Threefry-2×32 with 20 rounds, as in `array/random.ts`, and the upper 24 bits as a number in [0, 1). */
export function lowerUniform(context: LoweringContext, node: OpNode): void {
  const [seed, position] = node.inputs.map((input) => context.view(input));
  const y = context.output(node.outputs[0]);
  const stream = node.attributes.stream as number;
  const xor = (a: Value, b: Value): Value => apply("xor", a, b);
  const addTo = (a: Value, b: Value): Value => apply("add", a, b);
  context.emit("uniform", [seed.buffer, position.buffer], [y.buffer], (b) => {
    const key0 = b.local(b.load(seed.buffer, at(seed.offset)));
    const counter1 = b.local(b.load(position.buffer, at(position.offset)));
    const keys = [key0, integer(stream), b.local(xor(xor(integer(PARITY), key0), integer(stream)))];
    b.loop(
      y.buffer.length,
      (i) => {
        const x0 = b.local(addTo(indexValue(i), keys[0]));
        const x1 = b.local(addTo(counter1, keys[1]));
        for (let round = 0; round < 20; round++) {
          const by = ROTATIONS[round % 8];
          b.set(x0, addTo(x0, x1));
          b.set(x1, xor(apply("or", apply("shl", x1, integer(by)), apply("shr", x1, integer(32 - by))), x0));
          if (round % 4 !== 3) continue;
          const injection = (round + 1) / 4;
          b.set(x0, addTo(x0, keys[injection % 3]));
          b.set(x1, addTo(addTo(x1, keys[(injection + 1) % 3]), integer(injection)));
        }
        const bits = apply("toFloat", apply("shr", x0, integer(8)));
        b.store(y.buffer, i, apply("mul", bits, float(2 ** -24)));
      },
      { parallel: true },
    );
  });
}
