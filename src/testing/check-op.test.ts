import { describe, expect, it } from "vitest";
import { openAsyncEngine } from "../../tests/support/async-engine.ts";
import { array, NdArray } from "../array/index.ts";
import { createInterpreter, type Engine } from "../engines/index.ts";
import {
  defineOp,
  everything,
  type GradientRule,
  none,
  type OpRecord,
  pointwise,
  type TensorType,
} from "../graph/index.ts";
import { mul, stopGradient } from "../ops/index.ts";
import { ContractError, checkOp, compare, DIFFERENCE_TOLERANCE, FLOAT32_TOLERANCE } from "./index.ts";

type NoOptions = Record<never, never>;
type Rule = GradientRule<NoOptions>;

/** y = x³, with parts exchanged. */
function cube(changes: Partial<OpRecord<NoOptions>> = {}) {
  return defineOp<NoOptions>({
    name: "cube",
    inputs: ["x"],
    attributes: {},
    shape: (_, x: TensorType) => x,
    sees: pointwise,
    gradient: ({ inputs: [x] }, [dy]) => [mul(dy, mul(3, mul(x, x)))],
    reference: (_, [x], [y]) => {
      for (let i = 0; i < y.size; i++) y.data[i] = x.data[i] ** 3;
    },
    samples: [{ inputs: [{ shape: [2, 3] }] }],
    ...changes,
  }).op;
}

/** The interpreter, with every result changed. */
function wrongEngine(change: (results: readonly NdArray[]) => readonly NdArray[]): Engine {
  const right = createInterpreter();
  return {
    ...right,
    name: "wrong",
    compile: (graph) => {
      const program = right.compile(graph);
      return { run: async (inputs) => change(await program.run(inputs)) };
    },
  };
}

const changeLast =
  (change: (last: NdArray) => NdArray) =>
  (results: readonly NdArray[]): NdArray[] => [...results.slice(0, -1), change(results[results.length - 1])];

const moved = (by: number) =>
  changeLast((last) => {
    const next = last.copy();
    next.data[next.size - 1] += by;
    return next;
  });

describe("the contract of an op", () => {
  it("is kept by a right record on a right engine", async () => {
    await expect(checkOp(cube(), createInterpreter())).resolves.toBeUndefined();
    await expect(checkOp(cube(), "interpreter")).resolves.toBeUndefined();
    await expect(checkOp(cube(), openAsyncEngine())).resolves.toBeUndefined();
    await expect(checkOp(cube(), {} as never)).rejects.toThrow(
      'checkOp: engine must be an engine, such as selectEngine("wasm"), or one of the names auto, x64, wasm, interpreter, got an object',
    );
    await expect(
      checkOp(
        cube(),
        wrongEngine((results) => results),
      ),
    ).resolves.toBeUndefined();
  });

  // The last result is the gradient, 3x² with x in −2 … 2: its magnitude is at most 12.
  it.each<[string, Engine, RegExp]>([
    ["wrong values", wrongEngine(moved(1e-3)), /^cube .*: wrong, result 1: element 5 is .*, expected/],
    ["NaN", wrongEngine(moved(Number.NaN)), /element 5 is NaN, expected/],
    ["infinities", wrongEngine(moved(Infinity)), /element 5 is Infinity, expected/],
    [
      "another element type",
      wrongEngine(changeLast((last) => last.cast("f64"))),
      /result 1: is f64\[2,3\], expected f32/,
    ],
    ["another shape", wrongEngine(changeLast((last) => last.reshape([3, 2]))), /is f32\[3,2\], expected f32\[2,3\]/],
    ["too few results", wrongEngine((results) => results.slice(1)), /: 1 results, expected 2$/],
  ])("is broken by an engine that gives %s", async (_, engine, message) => {
    await expect(checkOp(cube(), engine)).rejects.toThrow(ContractError);
    await expect(checkOp(cube(), engine)).rejects.toThrow(message);
  });

  it("leaves an engine the roundings of float32", async () => {
    await expect(checkOp(cube(), wrongEngine(moved(FLOAT32_TOLERANCE / 10)))).resolves.toBeUndefined();
  });

  const wrongRules: [string, Rule, RegExp][] = [
    ["a wrong factor", ({ inputs: [x] }, [dy]) => [mul(dy, mul(x, x))], /: gradient of input 0 against central diff/],
    ["a missing derivative", () => [undefined], /: gradient of input 0 against central differences: element \d is 0/],
    ["the output's derivative left out", ({ inputs: [x] }) => [mul(3, mul(x, x))], /: gradient of input 0/],
    [
      "a right value that cannot be differentiated again",
      ({ inputs: [x] }, [dy]) => [mul(dy, mul(3, mul(x, stopGradient(x))))],
      /: second gradient of input 0 against central differences/,
    ],
  ];

  it.each(wrongRules)("is broken by a gradient with %s", async (_, gradient, message) => {
    await expect(checkOp(cube({ gradient }), createInterpreter())).rejects.toThrow(ContractError);
    await expect(checkOp(cube({ gradient }), createInterpreter())).rejects.toThrow(message);
  });

  it("is broken by a gradient that is wrong by little more than differences show", async () => {
    const off = (by: number) => cube({ gradient: ({ inputs: [x] }, [dy]) => [mul(dy, mul(3 + by, mul(x, x)))] });
    await expect(checkOp(off(1e-6), createInterpreter())).rejects.toThrow(ContractError);
    await expect(checkOp(off(DIFFERENCE_TOLERANCE / 1e3), createInterpreter())).resolves.toBeUndefined();
  });

  it("asks for no gradient where there is none, or where a sample sits on a kink", async () => {
    const wrong: Rule = () => [undefined];
    await checkOp(cube({ gradient: none("no reason") }), createInterpreter());
    await checkOp(
      cube({ gradient: wrong, samples: [{ inputs: [{ shape: [2] }], kink: "ties" }] }),
      createInterpreter(),
    );
    await expect(checkOp(cube({ gradient: wrong }), createInterpreter())).rejects.toThrow(ContractError);
  });

  it("is broken by an op that looks further than it says, along an axis or in a reshape", async () => {
    /** y[i] = x[i] + x[i + 1], the last element with the first. */
    const samples = [{ inputs: [{ shape: [4] }] }];
    const op = (sees: OpRecord<NoOptions>["sees"]) =>
      cube({
        ...{ sees, samples, gradient: none("no reason") },
        reference: (_, [x], [y]) =>
          x.data.forEach((value, i) => {
            y.data[i] = value + x.data[(i + 1) % x.size];
          }),
      });
    const check = (sees: OpRecord<NoOptions>["sees"]) => checkOp(op(sees), createInterpreter());
    await expect(check(pointwise)).rejects.toThrow(
      "input 0: element [3] of output 0 depends on element [0], which `sees` leaves out along axis 0",
    );
    await expect(check(() => [[{ axis: 0, span: 2, step: 1, start: 0 }]])).rejects.toThrow(ContractError);
    await expect(check(() => [["one"]])).rejects.toThrow(ContractError);
    await check(everything);
    await check(() => [[{ axis: 0, span: 6, step: 1, start: -3 }]]);
  });

  it("looks at every sample", async () => {
    const last = { inputs: [{ shape: [1], values: [0] }] };
    const small: Rule = ({ inputs: [x] }, [dy]) => [mul(dy, x)];
    const samples = [last, last, { inputs: [{ shape: [1], values: [2] }] }];
    await checkOp(cube({ gradient: small, samples: [last] }), createInterpreter());
    await expect(checkOp(cube({ gradient: small, samples }), createInterpreter())).rejects.toThrow(/"values":\[2\]/);
  });
});

describe("a comparison", () => {
  const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
  const close = (expected: number[], actual: number[]) => () => compare(array(expected), array(actual), 1e-3, "here");

  it("takes the largest magnitude for its scale", () => {
    expect(close([1000, 0], [1000, 0.9])).not.toThrow();
    expect(close([1, 0], [1, 0.9])).toThrow("here: element 1 is");
    expect(close([inf, 0], [inf, 0.9])).toThrow("here: element 1 is");
  });

  it("tells NaN and infinities from numbers, and each from the other", () => {
    expect(close([nan, inf, -inf, 0], [nan, inf, -inf, -0])).not.toThrow();
    for (const [a, b] of [[nan, 0], [0, nan], [inf, 1e30], [inf, -inf], [1, inf], [nan, inf]]) expect(close([a], [b])).toThrow(ContractError); // biome-ignore format: pairs
  });

  it("tells element types and shapes apart", () => {
    const f32 = new NdArray(new Float32Array(2), [2], "f32");
    expect(() => compare(f32, f32.cast("f64"), 1, "here")).toThrow("here: is f64[2], expected f32[2]");
    expect(() => compare(f32, f32.reshape([2, 1]), 1, "here")).toThrow("here: is f32[2,1], expected f32[2]");
  });
});
