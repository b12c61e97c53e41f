/** Sequences that come step by step give what they give at once: causal convolutions and positions have states. */
import { describe, expect, it } from "vitest";
import { interpreted } from "../../tests/support/values.ts";
import { array, NdArray, Random } from "../array/index.ts";
import type { Tensor } from "../graph/index.ts";
import * as nn from "./index.ts";

const [CHANNELS, STEPS] = [3, 7];

const random = new Random(1, "steps");
const sequence = new NdArray(
  Float32Array.from({ length: STEPS * CHANNELS }, () => random.uniform(-1, 1)),
  [1, STEPS, CHANNELS],
);

const swap = nn.op("transpose", { order: [0, 2, 1] });
const layers: readonly (readonly [string, nn.Layer])[] = [
  ["positions", nn.positions(STEPS)],
  ["sinusoidal positions", nn.positions(STEPS, { kind: "sinusoidal" })],
  [
    "causal convolutions",
    nn.sequential(swap, nn.causalConv1d(4, { kernel: 3, dilation: 2 }), nn.tanh(), nn.causalConv1d(2, { kernel: 2 }), swap), // biome-ignore format: one line
  ],
];

/** Steps `from` … `to` − 1. */
const part = (from: number, to: number): NdArray =>
  new NdArray(sequence.data.slice(from * CHANNELS, to * CHANNELS), [1, to - from, CHANNELS]);

describe.each(layers)("%s", (_, layer) => {
  const model = nn.Model.build(layer, { input: [STEPS, CHANNELS], seed: 2 });

  it.each([[[1, 1, 1, 1, 1, 1, 1]], [[2, 5]], [[6, 1]]])("in parts of %j", async (sizes) => {
    const carried = nn.carryStates(model, { batch: 1 });
    const whole = await interpreted((x) => ({ y: model(x) }), [sequence])(sequence);
    const found: number[] = [];
    let at = 0;
    for (const size of sizes) {
      const x = part(at, at + size);
      const { y } = await interpreted((t) => ({ y: carried(t) }), [x])(x);
      found.push(...y.data);
      at += size;
    }
    expect(found.length).toBe(whole.y.size);
    // The same products; a convolution may add them up in another order.
    for (const [i, value] of whole.y.data.entries()) expect(found[i]).toBeCloseTo(value, 5);
  });

  it("keeps the state at the end of a sequence of known length", async () => {
    const network = nn.network({ x: nn.sequence(CHANNELS, STEPS) }, ({ x }) => layer(x));
    const built = nn.Model.build(network, { seed: 2 });
    const statesOf = async (x: NdArray, length: number) => {
      const lengths = array([length], "i32");
      const run = interpreted(
        (t, l) => {
          const states: Record<string, Tensor> = {};
          built.apply(
            { x: t, "x.length": l },
            { onState: (name, state) => void Object.assign(states, { [name]: state }) },
          );
          return states;
        },
        [x, lengths],
      );
      return Object.values(await run(x, lengths)).map(({ data }) => [...data]);
    };
    expect(await statesOf(sequence, 4)).toEqual(await statesOf(part(0, 4), 4));
  });
});
