/**
 * Recurrences on the compiling engine beyond the sizes of their samples: several blocks of rows, tiles with rests, sums cut
 * into parts; the same bits on any number of threads; and a program that does not grow with the sequence.
 */
import { describe, expect, it } from "vitest";
import { array, type NdArray, Random, zeros } from "../../src/array/index.ts";
import { checkKernel } from "../../src/engines/cpu/loops/index.ts";
import { lower } from "../../src/engines/cpu/lower/index.ts";
import { wasmTarget } from "../../src/engines/cpu/wasm/index.ts";
import { createInterpreter, createWasmEngine, type Engine } from "../../src/engines/index.ts";
import { constant, type Graph, trace } from "../../src/graph/index.ts";
import { cellNames } from "../../src/ops/cells.ts";
import { gradient, gru, lstm, mul, type RecurrentSizes, recurrentShapes, rnn, sum } from "../../src/ops/index.ts";
import { optimize } from "../../src/passes/index.ts";
import { checkGradient, compare, FLOAT32_TOLERANCE } from "../../src/testing/index.ts";

const target = wasmTarget(false);

interface Sizes extends Pick<RecurrentSizes, "cell" | "units"> {
  readonly batch: number;
  readonly steps: number;
}

const CHANNELS = 3;

/** Inputs of a training step in both directions, whose sequences have all lengths from 0 on, and its graph. */
function trainingStep({ cell, units, batch, steps }: Sizes): { inputs: NdArray[]; graph: Graph } {
  const sizes = { cell, units, channels: CHANNELS, layers: 1, bidirectional: true, bias: true };
  const shapes = recurrentShapes(sizes);
  const spread = Math.sqrt(3 / units);
  const draw = (shape: readonly number[], name: string): NdArray => {
    const [random, values] = [new Random(1, name), zeros(shape)];
    for (let i = 0; i < values.size; i++) values.data[i] = random.uniform(-spread, spread);
    return values;
  };
  const lengths = array(
    Array.from({ length: batch }, (_, n) => (n === 1 ? 0 : steps - (n % steps))),
    "i32",
  );
  const inputs = [
    draw([batch, steps, CHANNELS], "x"),
    lengths,
    ...[...shapes].map(([name, shape]) => draw(shape, name)),
  ];
  const { graph } = trace((x, lengths, ...values) => {
    const parameters = Object.fromEntries([...shapes.keys()].map((name, i) => [name, values[i]]));
    const network = { tanh: rnn, relu: rnn, lstm, gru }[cell];
    const { outputs, h } = network(x, parameters, { lengths, ...(cell === "relu" && { activation: "relu" }) });
    return [outputs, h, ...gradient(sum(mul(outputs, outputs)), [x, ...values])];
  }, inputs);
  return { inputs, graph };
}

const run = async (engine: Engine, { inputs, graph }: ReturnType<typeof trainingStep>) =>
  (await engine.compile(graph)).run(inputs);

describe.each(cellNames)("a recurrence of %s", (cell) => {
  it.each([
    { batch: 1, units: 3, steps: 1 },
    { batch: 2, units: 4, steps: 3 },
    { batch: 5, units: 1, steps: 4 },
    { batch: 9, units: 17, steps: 2 },
    { batch: 35, units: 10, steps: 3 },
    { batch: 3, units: 331, steps: 2 },
  ])("agrees with the interpreter: batch $batch, $units units, $steps steps", async (sizes) => {
    const step = trainingStep({ cell, ...sizes });
    for (const { kernel } of lower(optimize(step.graph), target).steps) checkKernel(kernel, target);
    const expected = await run(createInterpreter(), step);
    const actual = await run(createWasmEngine(), step);
    for (const [i, value] of expected.entries()) compare(value, actual[i], FLOAT32_TOLERANCE, `result ${i}`);
  });

  it("has as many kernels for many steps as for few", () => {
    const count = (steps: number): number =>
      lower(optimize(trainingStep({ cell, units: 4, batch: 2, steps }).graph), target).steps.length;
    expect(count(90)).toBe(count(30));
  });
});

/** Gradients of everything that a network takes, the initial states and the padded steps included. */
describe.each(["rnn", "lstm", "gru"] as const)("the gradients of %s over padded sequences", (name) => {
  it.each([
    { layers: 1, units: 2 },
    { layers: 2, units: 1 },
  ])("are those that differences show, $layers layers", ({ layers, units }) => {
    const cell = name === "rnn" ? "tanh" : name;
    const shapes = recurrentShapes({ cell, units, channels: 2, layers, bidirectional: true, bias: true });
    const draw = (shape: readonly number[], stream: string): NdArray => {
      const [random, values] = [new Random(7, stream), zeros(shape, "f64")];
      for (let i = 0; i < values.size; i++) values.data[i] = random.uniform(-1, 1);
      return values;
    };
    const states = name === "lstm" ? ["h", "c"] : ["h"];
    const inputs = [
      draw([2, 3, 2], "x"),
      ...states.map((state) => draw([2 * layers, 2, units], state)),
      ...[...shapes].map(([parameter, shape]) => draw(shape, parameter)),
    ];
    checkGradient(
      (x, h, ...rest) => {
        const [c, values] = name === "lstm" ? [rest[0], rest.slice(1)] : [h, rest];
        const parameters = Object.fromEntries([...shapes.keys()].map((parameter, i) => [parameter, values[i]]));
        const lengths = constant(array([3, 1], "i32"));
        return Object.values({ rnn, lstm, gru }[name](x, parameters, { lengths, initial: { h, c } }));
      },
      inputs,
      name,
    );
  });
});

it("gives the same bits on any number of threads", async () => {
  const step = trainingStep({ cell: "lstm", units: 64, batch: 37, steps: 20 });
  const [alone, together] = [1, 3].map((threads) => createWasmEngine({ threads }).compile(step.graph));
  const expected = await alone.run(step.inputs);
  // The first runs may come before all threads are up.
  for (let i = 0; i < 5; i++) expect(await together.run(step.inputs)).toEqual(expected);
});
