/** Random numbers. */
import type { OpNode } from "../../../graph/index.ts";
import { apply, at, float, indexValue, integer, type Value } from "../loops/index.ts";
import type { LoweringContext } from "./context/index.ts";

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
