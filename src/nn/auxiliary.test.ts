import { describe, expect, it } from "vitest";
import { interpreted, numbersOf } from "../../tests/support/values.ts";
import { array, OptionError } from "../array/index.ts";
import { f32, trace } from "../graph/index.ts";
import * as nn from "./index.ts";

const double = (): nn.Layer => nn.rescale(2);
const network = nn.sequential({
  a: double(),
  aux: nn.auxiliary({ fc: nn.linear(1, { initializer: "ones" }), twice: double() }, { weight: 0.5 }),
  b: double(),
});

describe("an auxiliary head", () => {
  const model = nn.Model.build(network, { input: [2] });

  it("leaves what it is applied to as it is", async () => {
    expect(await numbersOf((x) => model(x), array([[1, 2]]))).toEqual([[4, 8]]);
    expect(model.outputs).toEqual(["output"]);
  });

  it("reports its output with its path and the weight of its loss", async () => {
    const heads: [string, number][] = [];
    const run = interpreted(
      (x) => {
        const outputs: Record<string, typeof x> = {};
        model(x, {
          training: true,
          onAuxiliary: (path, output, weight) => {
            heads.push([path, weight]);
            outputs[path] = output;
          },
        });
        return outputs;
      },
      [f32(1, 2)],
    );
    expect((await run(array([[1, 2]]))).aux.toNested()).toEqual([[12]]);
    expect(heads).toEqual([["aux", 0.5]]);
  });

  it("has its parameters under its path, and is not part of programs that do not ask", () => {
    expect(model.variables.map(({ name }) => name)).toEqual(["aux.fc.weight", "aux.fc.bias"]);
    const { graph } = trace((x) => model(x), [f32(1, 2)]);
    expect(graph.nodes.filter(({ path }) => path.startsWith("aux"))).toEqual([]);
  });

  it("has layers, and a weight of at least 0", () => {
    expect(() => nn.auxiliary({})).toThrow(new OptionError("auxiliary: needs at least one layer"));
    expect(() => nn.auxiliary({ a: double() }, { weight: -1 })).toThrow(OptionError);
  });
});
