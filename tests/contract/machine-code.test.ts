/** What steps in machine code promise beyond the results of single ops: the same bits on any number of threads, and memory. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { array, type NdArray, Random, zeros } from "../../src/array/index.ts";
import { compile, createX64Engine, type Engine, type X64Options } from "../../src/engines/index.ts";
import { f32, i32, type Tensor, Variable } from "../../src/graph/index.ts";
import { lenet5 } from "../../src/models/index.ts";
import { crossEntropy, Model } from "../../src/nn/index.ts";
import { add, gather, matmul, mul, reshape, scatterAdd, sum } from "../../src/ops/index.ts";
import { minimize, sgd } from "../../src/optim/index.ts";
import { compare, FLOAT32_TOLERANCE } from "../../src/testing/index.ts";
import { candidates } from "../support/engines.ts";

const GIB = 2 ** 30;

const uniform = (shape: readonly number[], seed: number): NdArray => {
  const values = zeros(shape);
  const random = new Random(seed, "machine code");
  for (let i = 0; i < values.size; i++) values.data[i] = random.uniform(-1, 1);
  return values;
};

const bitsOf = ({ data }: NdArray): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

/** All losses and final parameters of a few training steps, as bits. */
async function train(engine: Engine, batch: number): Promise<Buffer> {
  const input = [1, 28, 28];
  const model = Model.build(lenet5({ input }), { input, seed: 3 });
  const step = compile(
    (x, y) => {
      const loss = crossEntropy(model(x, { training: true }), y);
      minimize(loss, sgd({ learningRate: 0.1, momentum: 0.9 }));
      return { loss };
    },
    [f32(batch, ...input), i32(batch)],
    { engine },
  );
  const labels = array(
    Array.from({ length: batch }, (_, i) => i % 10),
    "i32",
  );
  const losses: NdArray[] = [];
  for (let i = 0; i < 4; i++) losses.push((await step(uniform([batch, ...input], i), labels)).loss);
  return Buffer.concat([...losses, ...model.variables.map(({ value }) => value)].map(bitsOf));
}

describe.each(candidates.filter(({ name }) => name.startsWith("x64")))("$name", (candidate) => {
  if ("reason" in candidate) {
    it.skip(`is not here: ${candidate.reason}`, () => {});
    return;
  }
  const instructions = candidate.name.replace("x64 ", "") as X64Options["instructions"];
  const create = (options: X64Options): Engine => createX64Engine({ instructions, ...options });

  it("is the set of instructions that was asked for", () => {
    expect(candidate.engine.arithmetic).toBe(candidate.name);
    expect(create({ threads: 3 }).description).toMatch(/machine code with AVX.*, 3 threads$/);
  });

  it.each([
    [5, [2, 3, 8]],
    [64, [2, 3]],
  ])("trains to the same bits on any number of threads, batch %i on 1 and %j", async (batch, several) => {
    const expected = await train(create({ threads: 1 }), batch);
    for (const threads of several) expect((await train(create({ threads }), batch)).equals(expected)).toBe(true);
  });

  it("reads and writes beyond 4 GiB, at computed places too", async () => {
    const results: NdArray[][] = [];
    for (const start of [0, 5 * GIB, 5 * GIB - 64]) {
      const weight = new Variable("weight", uniform([40, 24], 1));
      const step = compile(
        (x, places) => {
          const y = gather(matmul(x, weight.read()), places, 1);
          weight.assign(mul(add(weight.read(), 1), 2));
          return { y, back: scatterAdd(y, places, 24, 1), total: sum(y) };
        },
        [f32(33, 40), i32(33, 7)],
        { engine: create({ start, threads: 2 }) },
      );
      const places = array(
        Array.from({ length: 33 * 7 }, (_, i) => (i * 5) % 24),
        "i32",
      ).reshape([33, 7]);
      const { y, back, total } = await step(uniform([33, 40], 2), places);
      results.push([y, back, total, weight.value]);
    }
    for (const far of results.slice(1)) expect(far).toEqual(results[0]);
  });

  it("keeps programs apart that take turns on the same threads", async () => {
    const engine = create({ threads: 2 });
    const side = 300;
    const product = (x: Tensor, y: Tensor): Tensor => matmul(x, y);
    const [a, b] = [uniform([side, side], 4), uniform([side, side], 5)];
    const programs = [product, product, (x: Tensor, y: Tensor) => product(y, x)].map((body) =>
      compile(body, [f32(side, side), f32(side, side)], { engine }),
    );
    const compute = () => Promise.all(programs.map(async (run) => bitsOf(await run(a, b))));
    const expected = await compute();
    expect(expected[0].equals(expected[1])).toBe(true);
    expect(expected[0].equals(expected[2])).toBe(false);
    for (let i = 0; i < 20; i++) {
      const again = await compute();
      expect(again.every((bits, k) => bits.equals(expected[k]))).toBe(true);
    }
  });

  it("gives back the memory of dropped programs, while others run on", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const engine = create({ threads: 2 });
    const elements = 2 ** 20;
    const kept = compile((x) => ({ y: reshape(mul(x, 2), [-1]) }), [f32(elements)], { engine });
    const x = zeros([elements]);
    const run = async (rounds: number): Promise<number> => {
      for (let i = 0; i < rounds; i++) {
        // Another constant makes another program, with 8 MiB of its own.
        await compile((input) => ({ y: mul(input, i) }), [f32(elements)], { engine })(x);
        await kept(x);
        collect();
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      return process.memoryUsage.rss();
    };
    const before = await run(8);
    // As many programs again would be 256 MiB, if they stayed.
    expect((await run(32)) - before).toBeLessThan(128 * 2 ** 20);
  });

  it("agrees with the interpreter on products of every awkward size", async () => {
    for (const [m, k, n] of [
      [1, 1, 1],
      [17, 1, 16],
      [1, 33, 1],
      [15, 31, 47],
      [16, 64, 33],
    ]) {
      const [a, b] = [uniform([m, k], 6), uniform([k, n], 7)];
      const expected = zeros([m, n]);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let total = 0;
          for (let p = 0; p < k; p++) total += a.data[i * k + p] * b.data[p * n + j];
          expected.data[i * n + j] = total;
        }
      }
      const { c } = await compile((x, y) => ({ c: matmul(x, y) }), [f32(m, k), f32(k, n)], {
        engine: candidate.engine,
      })(a, b);
      compare(expected, c, FLOAT32_TOLERANCE, `product of ${m}×${k} and ${k}×${n}`);
    }
  });
});
