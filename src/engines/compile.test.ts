import { describe, expect, it } from "vitest";
import { array, OptionError } from "../array/index.ts";
import { constant, f32 } from "../graph/index.ts";
import { add, mul, softmax } from "../ops/index.ts";
import { compile, createInterpreter, engineNames, evaluate, selectEngine } from "./index.ts";

describe("an engine", () => {
  it("is chosen by its name, or is the best there is", () => {
    for (const name of engineNames.slice(1)) expect(selectEngine(name).name).toBe(name);
    expect(engineNames).toContain(selectEngine().name);
    expect(selectEngine("auto").name).toBe(selectEngine().name);
  });

  it("must exist", () => {
    expect(() => selectEngine("interpretr")).toThrow(
      new OptionError("there is no engine 'interpretr'; did you mean interpreter?"),
    );
    expect(() => selectEngine("toString")).toThrow(OptionError);
  });

  it("is the one that was asked for", async () => {
    const seen: string[] = [];
    const engine = createInterpreter({ watch: (node) => void seen.push(node.kind) });
    expect((await evaluate(() => add(constant(array(1)), 2), { engine })).item()).toBe(3);
    expect(seen).toEqual(["constant", "fill", "op"]);
  });
});

describe("a compiled function", () => {
  it("is traced once, however often it runs", async () => {
    let traced = 0;
    const double = compile(
      (x) => {
        traced++;
        return mul(x, 2);
      },
      [f32(2)],
    );
    expect((await double(array([1, 2]))).toNested()).toEqual([2, 4]);
    expect((await double(array([3, 4]))).toNested()).toEqual([6, 8]);
    expect(traced).toBe(1);
  });

  it("shows its graph", () => {
    expect(compile((x) => softmax(x), [f32(3)]).graph.nodes).toHaveLength(2);
  });
});
