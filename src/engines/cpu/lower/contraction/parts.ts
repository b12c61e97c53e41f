/**
 * Long sums of few results, such as the filter gradient of large maps, cut into parts. Each part has results of its own, so
 * that threads share the parts, and each fetches its part of both operands once for all results. A second kernel adds the
 * parts up, always in the same order.
 */
import { apply, at, constant, type Index, type KernelBuilder, plus, times } from "../../loops/index.ts";
import { contiguous, type LoweringContext, nest, type View, vectorLoop } from "../context/index.ts";
import { isPadded, storeMet } from "./beside-padding.ts";
import { type Contraction, type ContractionAxis, placesIn } from "./contraction.ts";
import { alignedReads, readsOf, storeResult } from "./sink.ts";

/**
 * Computes a contraction in parts of its first inner axis.
 * @param count of the parts; divides the axis
 * @param lower computes the contraction that has the parts as its last outer axis
 */
export function lowerInParts(
  context: LoweringContext,
  contraction: Contraction,
  count: number,
  lower: (contraction: Contraction) => void,
): void {
  const { outer, row, column, inner } = contraction;
  const [first, ...rest] = inner;
  const lengths = [count, ...[...outer, row, column].map(({ length }) => length)];
  const sums = contiguous(context.buffer("sums of parts", lengths, "f32"), lengths);
  const step = first.length / count;
  const [own, ...others] = sums.strides;
  const into = (axis: ContractionAxis, i: number): ContractionAxis => ({ ...axis, c: [others[i]] });
  const part = { length: count, a: step * first.a, b: step * first.b, c: [own] };
  lower({
    ...contraction,
    sink: { views: [sums] },
    outer: [...outer.map(into), part],
    row: into(row, outer.length),
    column: into(column, outer.length + 1),
    inner: [{ ...first, length: step }, ...rest].map(({ met: _, ...axis }) => axis),
  });
  addParts(context, contraction, sums);
}

/** c = the sums of all parts. */
function addParts(context: LoweringContext, contraction: Contraction, sums: View): void {
  const { name, a, b: right, sink, outer, row, column } = contraction;
  const [count, ...lengths] = sums.shape;
  const [part, ...steps] = sums.strides;
  const build = (b: KernelBuilder): void =>
    nest(b, lengths.slice(0, -1), (indices) => {
      const start = indices.reduce((sum, i, k) => plus(sum, times(i, steps[k])), at(0));
      vectorLoop(b, column.length, true, (i: Index, lanes) => {
        const total = b.local(constant(0, { lane: "f32", lanes }));
        b.loop(count, (k) => {
          const place = plus(plus(start, i), times(k, part));
          b.set(total, apply("add", total, b.load(sums.buffer, place, lanes)));
        });
        const area = { outer: indices.slice(0, -1), row: indices.at(-1)!, rows: 1, column: i, columns: lanes };
        storeMet(b, contraction, area, [[total]], () =>
          storeResult(b, sink, placesIn(sink, [...outer, row, column], [...indices, i]), column.c, total, lanes),
        );
      });
    });
  const operands = isPadded(contraction) ? [a.buffer, right.buffer] : [];
  const reads = [sums.buffer, ...operands, ...readsOf(sink)];
  context.emit(`${name} sum`, reads, [sink.views[0].buffer], build, alignedReads(sink, operands));
}
