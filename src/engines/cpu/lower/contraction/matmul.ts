/** Matrix products. */
import type { OpNode } from "../../../../graph/index.ts";
import { batchInnermost, isBatchInnermost, type LoweringContext } from "../context/index.ts";
import { axis, stepsAlong } from "./axes.ts";
import { lowerContraction } from "./contract.ts";
import type { OpenSink } from "./sink.ts";

export function lowerMatmul(context: LoweringContext, node: OpNode, open: OpenSink): void {
  const [a, b] = node.inputs.map((input) => context.view(input));
  const { transposeA, transposeB } = node.attributes as { transposeA: boolean; transposeB: boolean };
  const [output] = node.outputs;
  const rank = output.shape.length;
  const [m, n] = output.shape.slice(-2);
  const [aRow, aInner] = transposeA ? [rank - 1, rank - 2] : [rank - 2, rank - 1];
  const [bInner, bColumn] = transposeB ? [rank - 1, rank - 2] : [rank - 2, rank - 1];
  // Features of a batch whose samples lie innermost are in that layout too.
  const isBatch = rank === 2 && !transposeA && (isBatchInnermost(a) || context.hasSamplesInnermost(m));
  const sink = open(isBatch ? batchInnermost(output.shape) : undefined);
  lowerContraction(context, {
    name: "matmul",
    ...{ a, b, sink },
    outer: output.shape.slice(0, -2).map((length, i) => axis(length, a.strides[i], b.strides[i], stepsAlong(sink, i))),
    row: axis(m, a.strides[aRow], 0, stepsAlong(sink, rank - 2)),
    column: axis(n, 0, b.strides[bColumn], stepsAlong(sink, rank - 1)),
    inner: [axis(a.shape[aInner], a.strides[aInner], b.strides[bInner])],
  });
}
