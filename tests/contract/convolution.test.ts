/** Convolution and its gradients over random windows: the CPU engine, in both layouts, against the interpreter. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random, zeros } from "../../src/array/index.ts";
import { compile, createInterpreter, createWasmEngine } from "../../src/engines/index.ts";
import { conv, gradient } from "../../src/ops/index.ts";

/** Sums of up to a few hundred products of numbers around 1, in float32 and in another order. */
const TOLERANCE = 2e-4;

const axis = fc.record({
  kernel: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 4 }),
  padding: fc.integer({ min: 0, max: 3 }),
  dilation: fc.integer({ min: 1, max: 3 }),
  more: fc.integer({ min: 0, max: 6 }),
});

const cases = fc.record({
  axes: fc.array(axis, { minLength: 1, maxLength: 2 }),
  samples: fc.constantFrom(1, 2, 5, 8),
  groups: fc.integer({ min: 1, max: 2 }),
  channels: fc.integer({ min: 1, max: 3 }),
  filters: fc.integer({ min: 1, max: 5 }),
});

describe.each([{ samplesInnermost: false }, { samplesInnermost: true }])("convolution, %o", (layout) => {
  const engine = createWasmEngine({ ...layout, threads: 1 });

  it("agrees with the interpreter", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ axes, samples, groups, channels, filters }) => {
        const kernel = axes.map((a) => a.kernel);
        const reach = axes.map((a) => (a.kernel - 1) * a.dilation + 1);
        // What a stride leaves over at the end belongs to no window.
        const input = axes.map((a, i) => Math.max(1, reach[i] - 2 * a.padding) + a.more);
        const output = axes.map((a, i) => Math.floor((input[i] + 2 * a.padding - reach[i]) / a.stride) + 1);
        const shapes = [
          [samples, groups * channels, ...input],
          [groups * filters, channels, ...kernel],
          [samples, groups * filters, ...output],
        ];
        const random = new Random(1, "values");
        const values = shapes.map((shape) => {
          const array = zeros(shape);
          for (let i = 0; i < array.size; i++) array.data[i] = random.normal();
          return array;
        });
        const attributes = {
          stride: axes.map((a) => a.stride),
          padding: axes.map((a) => a.padding),
          dilation: axes.map((a) => a.dilation),
          groups,
        };
        const results = [createInterpreter(), engine].map((on) =>
          compile(
            (x, w, dy) => {
              const y = conv(x, w, attributes);
              const [dx, dw] = gradient(y, [x, w], { outputGradient: dy });
              return { y, dx, dw };
            },
            shapes.map((shape) => ({ shape, dtype: "f32" as const })),
            { engine: on },
          )(...values),
        );
        const [expected, found] = await Promise.all(results);
        for (const name of ["y", "dx", "dw"] as const) {
          const wrong = Array.from(expected[name].data, (value, i) => [i, found[name].data[i], value]).filter(
            ([, actual, value]) => !(Math.abs(actual - value) < TOLERANCE),
          );
          expect(wrong, `${name}: positions, found, expected`).toEqual([]);
        }
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});
