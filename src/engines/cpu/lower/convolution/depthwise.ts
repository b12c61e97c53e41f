/**
 * Convolutions in which every filter sees one map, its own, over maps whose channels lie innermost:
 *
 *   y[n,c,o] = Σ_k w[c,k] · x[n,c,o·stride + k·dilation − before]
 *
 * Vectors run over the channels. Neighboring outputs along the last axis are summed up together, so that what several of them
 * meet is loaded once. Padding is left out.
 */
import { sizeOf } from "../../../../array/index.ts";
import type { OpNode } from "../../../../graph/index.ts";
import { type Axis, windowAxes } from "../../../../ops/index.ts";
import {
  apply,
  at,
  constant,
  type Index,
  indexValue,
  integer,
  type KernelBuilder,
  type Local,
  plus,
  times,
  type Value,
} from "../../loops/index.ts";
import { everyChoice, type LoweringContext, mapLoop, nest, positionIn, range, type View } from "../context/index.ts";
import { alignedReads, type OpenSink, readsOf, storeResult } from "../contraction/index.ts";
import { attributesOf, kernelOf } from "./attributes.ts";
import { overhangs } from "./windows.ts";

/** Neighboring outputs along the last axis. */
interface Block {
  readonly start: Index;
  readonly count: number;
  /** Which inputs they meet along the axis is known, as the edges of the map are near; elsewhere all are inside. */
  readonly isAtEdge: boolean;
}

const axesOf = (node: OpNode): Axis[] =>
  windowAxes(node.inputs[0].shape.slice(2), kernelOf(node.inputs[1]), attributesOf(node));

/** The blocks that an axis is divided into, and from which to which of them all windows lie inside the input. */
function blocksOver({ input, output, kernel, stride, dilation, before }: Axis, most: number) {
  const blocks = Math.ceil(output / most);
  const size = Math.ceil(output / blocks);
  const last = (size - 1) * stride + (kernel - 1) * dilation - before;
  const inside = range(blocks).filter((i) => {
    const start = i * size * stride;
    return (i + 1) * size <= output && start >= before && start + last < input;
  });
  const from = inside[0] ?? blocks;
  return { blocks, size, from, to: from + inside.length };
}

/** Whether every filter has one map of its own, vectors can run over channels, and few blocks have code of their own. */
export function isDepthwise(context: LoweringContext, node: OpNode): boolean {
  const [{ shape }, filters] = node.inputs;
  const { groups } = attributesOf(node);
  const isSeparate = groups > 1 && groups === shape[1] && filters.shape[0] === groups;
  if (!isSeparate || context.hasSamplesInnermost(shape[0])) return false;
  const axes = axesOf(node);
  const { outputsTogether, productsWrittenOut } = context.tuning.depthwise;
  const { blocks, size, from, to } = blocksOver(axes.at(-1)!, outputsTogether);
  const taps = sizeOf(kernelOf(filters));
  return (blocks - (to - from) + 1) * size * taps <= productsWrittenOut;
}

export function lowerDepthwise(context: LoweringContext, node: OpNode, open: OpenSink): void {
  const { shape } = node.outputs[0];
  const sink = open(context.mapOrder(shape));
  const [y] = sink.views;
  const x = context.reordered(node.inputs[0], context.mapOrder(shape));
  const filters = node.inputs[1];
  const w = context.reordered(filters, [...filters.shape.keys()].slice(1).concat(0));
  const axes = axesOf(node);
  const steps = sink.views.map(({ strides }) => strides[1]);
  const [samples, channels, ...lengths] = shape;
  const build = (b: KernelBuilder): void =>
    nest(b, [samples, ...lengths.slice(0, -1)], ([sample, ...outputs]) =>
      forBlocks(b, axes.at(-1)!, context.tuning.depthwise.outputsTogether, (block) =>
        mapLoop(b, context.tuning, channels, (channel, lanes) => {
          const plane = [sample, channel];
          const sums = sumsOf(b, { x, w, axes, plane, outputs, block, lanes });
          for (const [i, sum] of sums.entries()) {
            const place = [...plane, ...outputs, plus(block.start, i)];
            const places = sink.views.map((view) => positionIn(view, place));
            storeResult(b, sink, places, steps, sum, lanes);
          }
        }),
      ),
    );
  const operands = [x.buffer, w.buffer];
  context.emit("depthwise conv", [...operands, ...readsOf(sink)], [y.buffer], build, alignedReads(sink, operands));
}

/** Visits the blocks: those inside in a loop, those at the edges one by one. */
function forBlocks(b: KernelBuilder, axis: Axis, most: number, visit: (block: Block) => void): void {
  const { blocks, size, from, to } = blocksOver(axis, most);
  const visitEdge = (i: number): void =>
    visit({ start: at(i * size), count: Math.min(size, axis.output - i * size), isAtEdge: true });
  range(from).forEach(visitEdge);
  b.loop(to - from, (i) => visit({ start: times(plus(i, from), size), count: size, isAtEdge: false }));
  range(blocks).slice(to).forEach(visitEdge);
}

interface BlockSums {
  readonly x: View;
  /** [channels, 1, kernel…], with channels innermost. */
  readonly w: View;
  readonly axes: readonly Axis[];
  /** Sample and channel. */
  readonly plane: readonly Index[];
  /** Along all axes but the last. */
  readonly outputs: readonly Index[];
  readonly block: Block;
  readonly lanes: number;
}

/** The sums of a block's outputs. */
function sumsOf(b: KernelBuilder, given: BlockSums): Local[] {
  const { axes, outputs, block, lanes } = given;
  const sums = range(block.count).map(() => b.local(constant(0, { lane: "f32", lanes })));
  const outer = axes.slice(0, -1);
  for (const offsets of everyChoice(outer.map(({ kernel }) => range(kernel)))) {
    const inputs = outer.map(({ stride, dilation, before }, i) =>
      plus(times(outputs[i], stride), offsets[i] * dilation - before),
    );
    whenInside(b, outer, inputs, () => addRow(b, given, offsets, inputs, sums));
  }
  return sums;
}

function whenInside(b: KernelBuilder, axes: readonly Axis[], inputs: readonly Index[], body: () => void): void {
  const conditions = axes.flatMap((axis, i): Value[] =>
    overhangs(axis)
      ? [apply("ge", indexValue(inputs[i]), integer(0)), apply("lt", indexValue(inputs[i]), integer(axis.input))]
      : [],
  );
  if (conditions.length === 0) body();
  else
    b.when(
      conditions.reduce((all, condition) => apply("and", all, condition)),
      body,
    );
}

/** Adds the products with one row of taps: each input of the row meets the outputs that have it in their window. */
function addRow(
  b: KernelBuilder,
  { x, w, axes, plane, block, lanes }: BlockSums,
  offsets: readonly number[],
  inputs: readonly Index[],
  sums: readonly Local[],
): void {
  const { input, kernel, stride, dilation, before } = axes.at(-1)!;
  const taps = range(kernel).map((k) => {
    const place = [plane[1], at(0), ...offsets.map(at), at(k)];
    return b.local(b.load(w.buffer, positionIn(w, place), lanes));
  });
  const start = plus(times(block.start, stride), -before);
  for (const by of range((sums.length - 1) * stride + (kernel - 1) * dilation + 1)) {
    const place = plus(start, by);
    const meets = taps.flatMap((tap, k) => {
      const output = (by - k * dilation) / stride;
      return Number.isInteger(output) && output in sums ? [{ tap, sum: sums[output] }] : [];
    });
    const isOutside = block.isAtEdge && (place.constant < 0 || place.constant >= input);
    if (isOutside || meets.length === 0) continue;
    const value = b.local(b.load(x.buffer, positionIn(x, [...plane, ...inputs, place]), lanes));
    for (const { tap, sum } of meets) b.set(sum, apply("fma", value, tap, sum));
  }
}
