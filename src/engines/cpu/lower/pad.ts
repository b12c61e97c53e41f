/** Padding: a copy into the inner part of a larger tensor. */
import type { OpNode } from "../../../graph/index.ts";
import { clear, copyInto, type LoweringContext, partOf } from "./context/index.ts";

export function lowerPad(context: LoweringContext, node: OpNode): void {
  const { before, interior, value } = node.attributes as { before: number[]; interior: number[]; value: number };
  const x = context.view(node.inputs[0]);
  const y = context.output(node.outputs[0]);
  context.emit("clear", [], [y.buffer], (b) => clear(b, y.buffer, value));
  const inner = before.reduce((part, start, axis) => partOf(part, axis, start, x.shape[axis], interior[axis] + 1), y);
  copyInto(context, x, inner);
}
