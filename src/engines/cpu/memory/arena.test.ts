/** What programs keep between runs, and share: the results are those of programs that compute everything anew. */
import { describe, expect, it, vi } from "vitest";
import { usable } from "../../../../tests/support/engines.ts";
import { full, NdArray, sizeOf } from "../../../array/index.ts";
import { constant, f32, type Tensor, trace, Variable } from "../../../graph/index.ts";
import { add, conv, matmul, mul, relu, sum } from "../../../ops/catalog.ts";
import { compile } from "../../compile.ts";
import { createInterpreter } from "../../interpreter/interpreter.ts";
import { lower } from "../lower/index.ts";
import type { Backend } from "../step/index.ts";
import { wasmBackend } from "../wasm/index.ts";
import { type LaidOut, layOut } from "./lay-out.ts";
import { emptyLayout, type Layout } from "./layout.ts";

const filled = (...shape: number[]): NdArray =>
  new NdArray(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i + shape.length)),
    shape,
    "f32",
  );

/** A convolution of 40 filters and a product, with weights of their own. */
function network() {
  const [filters, scale, weight] = [
    new Variable("filters", filled(40, 33, 3, 3)),
    new Variable("scale", filled(40)),
    new Variable("weight", filled(40, 50)),
  ];
  const apply = (x: Tensor): Tensor => {
    const maps = conv(x, mul(filters.read(), 2), { padding: 1 });
    const sums = mul(sum(relu(maps), [2, 3]), add(scale.read(), 1));
    return matmul(sums, weight.read());
  };
  return { filters, scale, weight, apply };
}

const side = 6;
const inputs = (batch: number): NdArray => filled(batch, 33, side, side);
const reference = createInterpreter();
/** Winograd's algorithm, over sums of 300 products. */
const TOLERANCE = 1e-3;

const furthest = (a: NdArray, b: NdArray): number => Math.max(...a.data.map((value, i) => Math.abs(value - b.data[i])));

describe.each(usable.filter(({ name }) => name !== "interpreter"))("programs of the engine $name", ({ engine }) => {
  const over = (apply: (x: Tensor) => Tensor, batch: number, on = engine) =>
    compile(apply, [f32(batch, 33, side, side)], { engine: on });

  it("follow variables that are set, in place or anew, on every batch size", async () => {
    const { filters, scale, weight, apply } = network();
    const programs = [1, 40, 2].map((batch) => ({
      batch,
      ours: over(apply, batch),
      theirs: over(apply, batch, reference),
    }));
    const changes = [
      () => {},
      () => {
        weight.value = mapped(weight.value, (w) => w / 2);
      },
      () => {
        filters.value.data[5] = 3;
      },
      () => {
        scale.value.data.fill(0.5);
      },
    ];
    for (const change of changes) {
      change();
      for (const { batch, ours, theirs } of programs)
        expect(furthest(await ours(inputs(batch)), await theirs(inputs(batch)))).toBeLessThan(TOLERANCE);
    }
  });

  it("have the same bits, whichever of them prepares, and after the memory has grown", async () => {
    const { apply } = network();
    const [x, alone] = [inputs(3), over(apply, 3)];
    const expected = [...(await alone(x)).data];
    const { apply: again } = network();
    const small = over(again, 3);
    expect([...(await small(x)).data]).toEqual(expected);
    await over(again, 64)(inputs(64));
    expect([...(await small(x)).data]).toEqual(expected);
    await over(again, 1)(inputs(1));
    expect([...(await small(x)).data]).toEqual(expected);
  });

  it("keep constants at the end of a memory that grows", async () => {
    const w = new Variable("w", filled(1));
    const over = (length: number) => {
      const value = filled(length);
      const run = compile((x) => sum(mul(mul(constant(value), w.read()), x)), [f32(1)], { engine });
      const expected = Array.from(value.data).reduce((total, one) => total + one, 0) * w.value.item();
      return async () => expect((await run(full([1], 1))).item()).toBeCloseTo(expected, 2);
    };
    // The first leaves room that the second computes in; what the third adds follows upon the constant of the second.
    const programs: (() => Promise<void>)[] = [];
    for (const length of [3000, 2000, 200_000]) {
      programs.push(over(length));
      for (const check of programs) await check();
    }
  });

  it("run in a memory that has grown by any number of bytes", async () => {
    const w = new Variable("w", full([1], 2));
    // Steps of less than a page of WebAssembly.
    for (let length = 10_000; length < 60_000; length += 5000) {
      const run = compile((x) => sum(mul(x, w.read())), [f32(length)], { engine });
      expect((await run(full([length], 1))).item()).toBe(2 * length);
    }
  });

  it("see what a program with assignments leaves", async () => {
    const { weight, apply } = network();
    const predict = over(apply, 2);
    const step = compile(() => weight.assign(mul(weight.read(), 0.5)), [], { engine });
    const [first] = (await predict(inputs(2))).data;
    await step();
    expect((await predict(inputs(2))).data[0]).toBeCloseTo(first / 2, 3);
    await step();
    expect((await predict(inputs(2))).data[0]).toBeCloseTo(first / 4, 3);
  });

  it("hand each other what they change within the memory", async () => {
    const { weight, scale, apply } = network();
    const programs = [2, 5].map((batch) =>
      compile(
        (x) => {
          const sums = sum(apply(x), [0]);
          weight.assign(mul(weight.read(), 0.5));
          scale.assign(add(scale.read(), 1));
          return sums;
        },
        [f32(batch, 33, side, side)],
        { engine },
      ),
    );
    const run = async (i: number) => (await programs[i](inputs([2, 5][i]))).data[0];
    const first = [await run(0), await run(1)];
    const fetched = vi.spyOn(Variable.prototype, "peek");
    await run(0);
    await run(1);
    expect(fetched).not.toHaveBeenCalled();
    fetched.mockRestore();
    expect(scale.value.data[0]).toBeCloseTo(filled(40).data[0] + 4);
    [weight.value, scale.value] = [filled(40, 50), filled(40)];
    expect([await run(0), await run(1)]).toEqual(first);
  });

  it("keep the old value of what they assign where a next value does not depend on inputs", async () => {
    const [a, b] = [new Variable("a", filled(4)), new Variable("b", filled(4))];
    const step = compile(
      (x) => {
        a.assign(mul(b.read(), 2));
        return add(a.read(), x);
      },
      [f32(4)],
      { engine },
    );
    const zero = new NdArray(new Float32Array(4), [4], "f32");
    await step(zero);
    a.value = zero;
    expect((await step(zero)).data[1]).toBeCloseTo(2 * b.value.data[1]);
    expect(a.value.data[1]).toBeCloseTo(2 * b.value.data[1]);
  });
});

const mapped = ({ data, shape, dtype }: NdArray, f: (value: number) => number): NdArray =>
  new NdArray(Float32Array.from(data, f), shape, dtype);

describe("the layout of a memory", () => {
  const backend: Backend = wasmBackend({ threads: 1, relaxed: false });

  function laidOut(batches: readonly number[], { apply, ...variables } = network()): LaidOut[] {
    let before: Layout = emptyLayout(backend.start);
    return batches.map((batch) => {
      const { graph } = trace(apply, [f32(batch, 33, side, side)]);
      const lowered = lower(graph, backend.target);
      const result = layOut(graph, lowered, {
        backend,
        before,
        variables: Object.values(variables),
        describe: () => "",
      });
      before = result.layout;
      return result;
    });
  }

  it("has what depends on weights alone among what is prepared", () => {
    const [{ steps, prepared }] = laidOut([2]);
    expect(prepared).toBeGreaterThan(2);
    const names = steps.map(({ kernel }) => kernel.name).join();
    expect(names).not.toContain("pack");
    expect(names).not.toContain("filters");
  });

  it("keeps no weights that only preparation reads", () => {
    const [{ layout, leaves }] = laidOut([2]);
    expect(leaves.map(({ key }) => key)).not.toContain("variable 0");
    expect(layout.groups.flatMap(({ reads }) => reads.map(({ source }) => source))).toContain(0);
  });

  it("is the same for a program that comes again, but for its number, and grows by what is new", () => {
    const [first, second, third] = laidOut([4, 4, 8]);
    expect(second.layout).toEqual({ ...first.layout, id: second.layout.id });
    expect(third.layout.bytes).toBeGreaterThan(second.layout.bytes);
  });
});
