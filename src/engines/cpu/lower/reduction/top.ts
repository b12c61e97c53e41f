/**
 * The positions of the largest elements along an axis. They are found one after the other, each the first of those that
 * are largest below the one before; the last of them parts what is chosen from what is not.
 */
import type { OpNode } from "../../../../graph/index.ts";
import {
  apply,
  constant,
  type Index,
  indexValue,
  integer,
  type KernelBuilder,
  type Local,
  type Value,
} from "../../loops/index.ts";
import {
  aroundAxis,
  type LoweringContext,
  orderOf,
  pointed,
  positionIn,
  whenInside,
  withIndex,
} from "../context/index.ts";

const LARGEST = 0x7fffffff;

/**
 * A number as an integer that is in the same order, NaN above everything. The bits of positive floats are in order; those
 * of negative ones are with all but the sign turned round. Adding 0 makes 0 of −0.
 */
function orderKey(b: KernelBuilder, value: Value): Value {
  if (value.type.lane === "i32") return value;
  const x = b.local(apply("add", value, constant(0, value.type)));
  const bits = b.local(apply("floatToBits", x));
  const ordered = apply("select", apply("lt", bits, integer(0)), apply("xor", bits, integer(LARGEST)), bits);
  return apply("select", apply("ne", x, x), integer(LARGEST), ordered);
}

/** An element's place in the order: those with larger keys come first, and of equal ones those at smaller positions. */
interface Ranked {
  readonly key: Local;
  readonly position: Local;
}

const comesAfter = (key: Value, position: Value, { key: lastKey, position: last }: Ranked): Value =>
  apply("or", apply("lt", key, lastKey), apply("and", apply("eq", key, lastKey), apply("gt", position, last)));

/** Lowers both ops: with a second input, that says how many positions each sample has, and without. */
export function lowerTopPositions(context: LoweringContext, node: OpNode): void {
  const [x, counts] = node.inputs.map((input) => context.view(input));
  const y = context.output(node.outputs[0], orderOf(x));
  const { axis, k } = node.attributes as { axis: number; k: number };
  const buffers = counts === undefined ? [x.buffer] : [x.buffer, counts.buffer];
  context.emit("topPositions", buffers, [y.buffer], (b) => {
    aroundAxis(b, x.shape, axis, orderOf(x), (indices) => {
      const wanted = counts && b.local(b.load(counts.buffer, positionIn(counts, [indices[0]])));
      const whenWanted = (round: Index, work: () => void): void =>
        wanted === undefined ? work() : b.when(apply("lt", indexValue(round), wanted), work);
      const forEach = (visit: (key: Value, position: Value) => void): void =>
        b.loop(x.shape[axis], (at: Index) => {
          const value = b.load(x.buffer, positionIn(x, withIndex(indices, axis, at)));
          visit(b.local(orderKey(b, value)), b.local(indexValue(at)));
        });
      const last: Ranked = { key: b.local(integer(LARGEST)), position: b.local(integer(-1)) };
      b.loop(k, (round: Index) => {
        if (wanted !== undefined) b.store(y.buffer, positionIn(y, withIndex(indices, axis, round)), integer(-1));
        whenWanted(round, () => {
          const best: Ranked = { key: b.local(integer(0)), position: b.local(integer(-1)) };
          forEach((key, position) => {
            const isBetter = apply("or", apply("lt", best.position, integer(0)), apply("gt", key, best.key));
            b.when(apply("and", comesAfter(key, position, last), isBetter), () => {
              b.set(best.key, key);
              b.set(best.position, position);
            });
          });
          b.set(last.key, best.key);
          b.set(last.position, best.position);
        });
      });
      const found = b.local(integer(0));
      forEach((key, position) => {
        b.when(apply("not", comesAfter(key, position, last)), () => {
          // There are k of them; the condition proves it to the checker of kernels.
          whenInside(b, found, k, () => b.store(y.buffer, pointed(y, indices, axis, found), position));
          b.set(found, apply("add", found, integer(1)));
        });
      });
    });
  });
}
