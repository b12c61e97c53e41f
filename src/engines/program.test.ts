/** What the programs of every engine do with inputs, outputs and variables, whatever the ops between them are. */
import { describe, expect, it } from "vitest";
import { openAsyncEngine } from "../../tests/support/async-engine.ts";
import { candidates } from "../../tests/support/engines.ts";
import { array, ShapeError, zeros } from "../array/index.ts";
import { constant, f32, fill, i32, scalarVariable, Variable } from "../graph/index.ts";
import { add, mul, relu, reshape, sum } from "../ops/index.ts";
import { compile as compileFor } from "./index.ts";

const elementsOf = async (...variables: Variable[]): Promise<number[]> =>
  (await Promise.all(variables.map((variable) => variable.fetch()))).flatMap(({ data }) => [...data]);

describe.each([...candidates, { name: "async", engine: await openAsyncEngine() }])(
  "a program of the engine $name",
  (candidate) => {
    if ("reason" in candidate) {
      it.skip(`is not here: ${candidate.reason}`, () => {});
      return;
    }
    const { engine } = candidate;
    const compile: typeof compileFor = (body, types) => compileFor(body, types, { engine });

    it("leaves the results of earlier runs, and its inputs, as they were", async () => {
      const run = compile((x) => ({ y: mul(x, 2), x }), [f32(3)]);
      const inputs = [array([1, 2, 3]), array([4, 5, 6])];
      const [first, second] = [await run(inputs[0]), await run(inputs[1])];
      expect([...first.y.data, ...first.x.data]).toEqual([2, 4, 6, 1, 2, 3]);
      expect([...second.y.data, ...second.x.data]).toEqual([8, 10, 12, 4, 5, 6]);
      for (const { y, x } of [first, second]) for (const { data } of [y, x]) data.fill(0);
      expect([...inputs[0].data, ...inputs[1].data]).toEqual([1, 2, 3, 4, 5, 6]);
      expect([...(await run(inputs[0])).y.data]).toEqual([2, 4, 6]);
    });

    it("returns inputs, variables, constants and numbers as they are, twice if asked to", async () => {
      const weight = new Variable("weight", array([7, 8]));
      const c = array([5]);
      const run = compile((x) => [x, x, weight.read(), constant(c), fill(3, [2]), relu(x), relu(x)], [f32(2)]);
      const results = await run(array([1, -2]));
      expect(results.map(({ data }) => [...data])).toEqual([[1, -2], [1, -2], [7, 8], [5], [3, 3], [1, 0], [1, 0]]);
      for (const { data } of results) data.fill(9);
      expect([...(await weight.fetch()).data, ...c.data]).toEqual([7, 8, 5]);
      expect((await run(array([0, 0]))).map(({ data }) => [...data])[2]).toEqual([7, 8]);
    });

    it("gives variables their next values when the whole step is done", async () => {
      const [a, b] = [new Variable("a", array([1, 2])), new Variable("b", array([3, 4]))];
      const swap = compile(() => {
        const old = a.read();
        a.assign(b.read());
        b.assign(old);
        return { old, sum: add(a.read(), b.read()) };
      }, []);
      const { old, sum } = await swap();
      expect(await elementsOf(a, b)).toEqual([3, 4, 1, 2]);
      expect([...old.data, ...sum.data]).toEqual([1, 2, 4, 6]);
      await swap();
      expect(await elementsOf(a, b)).toEqual([1, 2, 3, 4]);
    });

    it("reads a variable as its value was before the step, beside its next one", async () => {
      const count = scalarVariable("count", 0, "i32");
      const step = compile(() => {
        const before = count.read();
        count.assign(add(before, 1));
        return { before, after: count.read() };
      }, []);
      await step();
      const { before, after } = await step();
      expect([before.item(), after.item(), ...(await elementsOf(count))]).toEqual([1, 2, 2]);
    });

    it("starts each run from variables as they are set between runs, in place or anew", async () => {
      const count = scalarVariable("count", 0);
      const step = compile(() => {
        count.assign(add(count.read(), 1));
        return { count: count.read() };
      }, []);
      await step();
      count.value = array(10);
      expect((await step()).count.item()).toBe(11);
      (await count.fetch()).data[0] = 20;
      expect((await step()).count.item()).toBe(21);
      await count.fetch();
      count.value.data[0] = 30;
      expect((await step()).count.item()).toBe(31);
      expect(await elementsOf(count)).toEqual([31]);
    });

    it("shares variables with other programs", async () => {
      const weight = new Variable("weight", array([1, 2]));
      const move = compile((x) => weight.assign(add(weight.read(), x)), [f32(2)]);
      const read = compile(() => ({ total: sum(weight.read()) }), []);
      await move(array([1, 1]));
      expect((await read()).total.item()).toBe(5);
      await move(array([1, 1]));
      expect((await read()).total.item()).toBe(7);
    });

    it("takes effect in the order of the calls, between which variables are set and fetched", async () => {
      const count = scalarVariable("count", 1);
      const double = compile(() => {
        count.assign(mul(count.read(), 2));
        return { count: count.read() };
      }, []);
      await double.ready;
      const first = double();
      const fetched = count.fetch();
      const second = double();
      const third = double();
      count.value = array(100);
      const fourth = double();
      const results = await Promise.all([first, second, third, fourth]);
      expect(results.map(({ count }) => count.item())).toEqual([2, 4, 8, 200]);
      expect((await fetched).item()).toBe(2);
      expect(await elementsOf(count)).toEqual([200]);
    });

    it("keeps a value that was taken from a variable by copy", async () => {
      const weight = new Variable("weight", array([1]));
      const move = compile(() => weight.assign(mul(weight.read(), 2)), []);
      const kept = (await weight.fetch()).copy();
      await move();
      expect([kept.item(), ...(await elementsOf(weight))]).toEqual([1, 2]);
    });

    it("assigns an input, a constant, and one value to two variables", async () => {
      const all = ["a", "b", "c", "d"].map((name) => new Variable(name, zeros([2])));
      const [a, b, c, d] = all;
      const step = compile(
        (x) => {
          a.assign(x);
          b.assign(constant(array([5, 6])));
          const y = mul(x, 3);
          c.assign(y);
          d.assign(y);
        },
        [f32(2)],
      );
      const x = array([1, 2]);
      await step(x);
      x.data.fill(0);
      expect(await elementsOf(...all)).toEqual([1, 2, 5, 6, 3, 6, 3, 6]);
      (await c.fetch()).data.fill(0);
      expect(await elementsOf(d)).toEqual([3, 6]);
    });

    it("works with scalars, empty tensors, and nothing at all", async () => {
      const run = compile(
        (x, none) => ({ y: add(x, 1), none: relu(none), shaped: reshape(none, [0, 2]) }),
        [f32(), f32(0)],
      );
      const { y, none, shaped } = await run(array(1), zeros([0]));
      expect([y.item(), y.shape, none.shape, shaped.shape]).toEqual([2, [], [0], [0, 2]]);
      expect(await compile(() => undefined, [])()).toBeUndefined();
      expect(await compile((_) => [], [f32(2)])(zeros([2]))).toEqual([]);
    });

    it("changes no variable when it is called wrongly", async () => {
      const count = scalarVariable("count", 0);
      const step = compile(
        (x) => {
          count.assign(add(count.read(), 1));
          return x;
        },
        [i32(2)],
      );
      await expect(step(zeros([2]))).rejects.toThrow(ShapeError);
      await expect(step()).rejects.toThrow(ShapeError);
      expect(await elementsOf(count)).toEqual([0]);
    });
  },
);
