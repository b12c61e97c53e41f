/** Positions of maxima. */
import type { OpNode } from "../../../../graph/index.ts";
import { apply, indexValue, integer, plus } from "../../loops/index.ts";
import { aroundAxis, type LoweringContext, orderOf, positionIn, withIndex } from "../context/index.ts";

export function lowerArgMax(context: LoweringContext, node: OpNode): void {
  const x = context.view(node.inputs[0]);
  const y = context.output(node.outputs[0]);
  const axis = node.attributes.axis as number;
  context.emit("argMax", [x.buffer], [y.buffer], (b) => {
    aroundAxis(b, x.shape, axis, orderOf(x), (indices) => {
      const best = b.local(b.load(x.buffer, positionIn(x, indices)));
      const position = b.local(integer(0));
      b.loop(x.shape[axis] - 1, (k) => {
        const value = b.local(b.load(x.buffer, positionIn(x, withIndex(indices, axis, plus(k, 1)))));
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
