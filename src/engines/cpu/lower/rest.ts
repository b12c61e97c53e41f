/** Gather, scatter, softmax, positions of maxima, padding, concatenation, random numbers. */
import type { OpNode } from "../../../graph/index.ts";
import { aroundAxis } from "../../../ops/indexing.ts";
import {
  apply,
  at,
  computed,
  constant,
  indexValue,
  type KernelBuilder,
  plus,
  scalar,
  times,
} from "../loops/builder.ts";
import type { Index, Value } from "../loops/ir.ts";
import * as math from "../loops/math.ts";
import { clear, type LoweringContext, nest } from "./context.ts";
import { copyInto } from "./map.ts";
import type { View } from "./views.ts";

const integer = (value: number): Value => constant(value, scalar("i32"));
const float = (value: number): Value => constant(value, scalar("f32"));

/** Loops around an axis of a row-major array; `visit` gets the index of the first element along the axis, and the step. */
function aroundLoops(
  b: KernelBuilder,
  shape: readonly number[],
  axis: number,
  visit: (first: Index, outer: Index, inner: Index) => void,
): void {
  const { outer, length, inner } = aroundAxis(shape, axis);
  nest(b, [outer, inner], ([o, i]) => visit(plus(times(o, length * inner), i), o, i));
}

/** Runs `found` when the position loaded from `index` lies within the axis. */
function whenInside(b: KernelBuilder, position: Value, length: number, found: () => void): void {
  b.when(apply("and", apply("ge", position, integer(0)), apply("lt", position, integer(length))), found);
}

export function lowerGather(context: LoweringContext, node: OpNode): void {
  const [x, index] = node.inputs.map((input) => context.dense(input));
  const y = context.output(node.outputs[0]);
  const axis = node.attributes.axis as number;
  const { length, inner } = aroundAxis(x.shape, axis);
  context.emit("gather", [x.buffer, index.buffer], [y.buffer], (b) => {
    aroundLoops(b, index.shape, axis, (first, o, i) => {
      b.loop(index.shape[axis], (j) => {
        const place = plus(first, times(j, inner));
        const position = b.local(b.load(index.buffer, place));
        const value = b.local(constant(y.buffer.lane === "f32" ? Number.NaN : 0, scalar(y.buffer.lane)));
        whenInside(b, position, length, () => {
          const from = computed(plus(times(o, length * inner), i), apply("mul", position, integer(inner)));
          b.set(value, b.load(x.buffer, from));
        });
        b.store(y.buffer, place, value);
      });
    });
  });
}

export function lowerScatterAdd(context: LoweringContext, node: OpNode): void {
  const [x, index] = node.inputs.map((input) => context.dense(input));
  const y = context.output(node.outputs[0]);
  const { axis, length } = node.attributes as { axis: number; length: number };
  const { inner } = aroundAxis(x.shape, axis);
  context.emit("clear", [], [y.buffer], (b) => clear(b, y.buffer, 0));
  context.emit("scatterAdd", [x.buffer, index.buffer], [y.buffer], (b) => {
    aroundLoops(b, x.shape, axis, (first, o, i) => {
      b.loop(x.shape[axis], (j) => {
        const place = plus(first, times(j, inner));
        const position = b.local(b.load(index.buffer, place));
        whenInside(b, position, length, () => {
          const to = computed(plus(times(o, length * inner), i), b.local(apply("mul", position, integer(inner))));
          b.store(y.buffer, to, apply("add", b.load(y.buffer, to), b.load(x.buffer, place)));
        });
      });
    });
  });
}

/** Three passes along the axis: the maximum, the sum of exponentials, the result. */
export function lowerSoftmax(context: LoweringContext, node: OpNode): void {
  const x = context.dense(node.inputs[0]);
  const y = context.output(node.outputs[0]);
  const axis = node.attributes.axis as number;
  const { length, inner } = aroundAxis(x.shape, axis);
  const isLog = node.op.name === "logSoftmax";
  context.emit(node.op.name, [x.buffer], [y.buffer], (b) => {
    aroundLoops(b, x.shape, axis, (first) => {
      const top = b.local(float(-Infinity));
      const total = b.local(float(0));
      const element = (k: Index): Value => b.load(x.buffer, plus(first, times(k, inner)));
      b.loop(length, (k) => b.set(top, apply("max", top, element(k))));
      b.loop(length, (k) => b.set(total, apply("add", total, math.exp(b, b.local(apply("sub", element(k), top))))));
      const logTotal = isLog ? math.log(b, total) : total;
      b.loop(length, (k) => {
        const shifted = b.local(apply("sub", element(k), top));
        const result = isLog ? apply("sub", shifted, logTotal) : apply("div", math.exp(b, shifted), total);
        b.store(y.buffer, plus(first, times(k, inner)), result);
      });
    });
  });
}

export function lowerArgMax(context: LoweringContext, node: OpNode): void {
  const x = context.dense(node.inputs[0]);
  const y = context.output(node.outputs[0]);
  const axis = node.attributes.axis as number;
  const { length, inner } = aroundAxis(x.shape, axis);
  context.emit("argMax", [x.buffer], [y.buffer], (b) => {
    aroundLoops(b, x.shape, axis, (first, o, i) => {
      const best = b.local(b.load(x.buffer, first));
      const position = b.local(integer(0));
      b.loop(length - 1, (k) => {
        const value = b.local(b.load(x.buffer, plus(plus(first, inner), times(k, inner))));
        const keeps = apply("or", apply("le", value, best), apply("ne", best, best));
        b.set(position, apply("select", keeps, position, indexValue(plus(k, 1))));
        b.set(best, apply("select", keeps, best, value));
      });
      b.store(y.buffer, plus(times(o, inner), i), position);
    });
  });
}

/** A part of a row-major view that begins at `start` and goes in steps. */
const region = (
  { buffer, strides }: View,
  shape: readonly number[],
  start: readonly number[],
  step: readonly number[],
): View => ({
  buffer,
  shape,
  strides: strides.map((stride, i) => stride * step[i]),
  offset: start.reduce((sum, n, i) => sum + n * strides[i], 0),
});

export function lowerPad(context: LoweringContext, node: OpNode): void {
  const { before, interior, value } = node.attributes as { before: number[]; interior: number[]; value: number };
  const x = context.view(node.inputs[0]);
  const y = context.output(node.outputs[0]);
  context.emit("clear", [], [y.buffer], (b) => clear(b, y.buffer, value));
  copyInto(
    context,
    x,
    region(
      y,
      x.shape,
      before,
      interior.map((n) => n + 1),
    ),
  );
}

export function lowerConcat(context: LoweringContext, node: OpNode): void {
  const axis = node.attributes.axis as number;
  const y = context.output(node.outputs[0]);
  const ones = y.shape.map(() => 1);
  let start = 0;
  for (const input of node.inputs) {
    copyInto(
      context,
      context.view(input),
      region(
        y,
        input.shape,
        ones.map((_, i) => (i === axis ? start : 0)),
        ones,
      ),
    );
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
