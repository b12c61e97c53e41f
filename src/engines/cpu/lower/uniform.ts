/** Random numbers. */
import type { OpNode } from "../../../graph/index.ts";
import { apply, at, type Index, indexValue, integer, like, shift, splat, type Value } from "../loops/index.ts";
import { contiguous, type LoweringContext, mapLoop, type View } from "./context/index.ts";

const PARITY = 0x1bd11bda;
const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const;

const xor = (a: Value, b: Value): Value => apply("xor", a, b);
const sum = (a: Value, b: Value): Value => apply("add", a, b);
const rotated = (x: Value, by: number): Value => apply("or", shift("shl", x, by), shift("shr", x, 32 - by));

/** 0, 1, 2, … in the lanes of a vector, from memory. */
function laneNumbers(context: LoweringContext): View {
  const numbers = contiguous(context.buffer("lane numbers", [context.lanes], "i32"), [context.lanes]);
  context.emit("lane numbers", [], [numbers.buffer], (b) =>
    b.loop(context.lanes, (i) => b.store(numbers.buffer, i, indexValue(i))),
  );
  return numbers;
}

/** Threefry-2×32 with 20 rounds, as in `array/random.ts`, and the upper 24 bits as a number in [0, 1). */
export function lowerUniform(context: LoweringContext, node: OpNode): void {
  const [seed, position] = node.inputs.map((input) => context.view(input));
  const y = context.output(node.outputs[0]);
  const { buffer: numbers } = context.once("lane numbers", seed, () => laneNumbers(context));
  const stream = integer(node.attributes.stream as number);
  context.emit("uniform", [seed.buffer, position.buffer, numbers], [y.buffer], (b) => {
    const key0 = b.local(b.load(seed.buffer, at(seed.offset)));
    const counter1 = b.local(b.load(position.buffer, at(position.offset)));
    const keys = [key0, stream, b.local(xor(xor(integer(PARITY), key0), stream))];
    const inAll = [...keys, counter1].map((value) => b.local(splat(value, b.lanes)));
    const laneOffsets = b.local(b.load(numbers, at(0), b.lanes));
    const bitsAt = (i: Index, lanes: number): Value => {
      const [k0, k1, k2, counter] = lanes > 1 ? inAll : [...keys, counter1];
      const index = lanes > 1 ? sum(splat(indexValue(i), lanes), laneOffsets) : indexValue(i);
      const inTurn = [k0, k1, k2];
      const x0 = b.local(sum(index, k0));
      const x1 = b.local(sum(counter, k1));
      for (let round = 0; round < 20; round++) {
        b.set(x0, sum(x0, x1));
        b.set(x1, xor(rotated(x1, ROTATIONS[round % 8]), x0));
        if (round % 4 !== 3) continue;
        const injection = (round + 1) / 4;
        b.set(x0, sum(x0, inTurn[injection % 3]));
        b.set(x1, sum(sum(x1, inTurn[(injection + 1) % 3]), like(x1, injection)));
      }
      return x0;
    };
    const draw = (i: Index, lanes: number): void => {
      const upper = apply("toFloat", shift("shr", bitsAt(i, lanes), 8));
      b.store(y.buffer, i, apply("mul", upper, like(upper, 2 ** -24)));
    };
    mapLoop(b, context.tuning, y.buffer.length, draw, true);
  });
}
