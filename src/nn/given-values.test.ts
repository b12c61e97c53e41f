import { describe, expect, it } from "vitest";
import { interpreted } from "../../tests/support/values.ts";
import { array } from "../array/index.ts";
import { fill } from "../graph/index.ts";
import * as nn from "./index.ts";

const model = nn.Model.build(
  nn.network({ x: [2] }, ({ x }) => nn.named("last", nn.linear(1))(nn.named("inner", nn.linear(3))(x).tanh())),
  { seed: 1 },
);
const x = array([[1, 2]]);

describe("given values", () => {
  it("stand in for what their layers would compute", async () => {
    const { output, inner } = await interpreted(
      (t) => {
        const { output } = model.apply({ x: t }, { given: { inner: { value: fill(0, [1, 3], "f32") } } });
        return { output, inner: nn.tap(model, t, ["inner"]).inner };
      },
      [x],
    )(x);
    expect([...output.data]).toEqual([0]);
    expect(inner.data.some((value) => value !== 0)).toBe(true);
  });

  it("must exist", () => {
    const give = (path: string) => interpreted((t) => model.apply({ x: t }, { given: { [path]: { value: t } } }), [x]);
    expect(() => give("iner")).toThrow("the model: there is no value 'iner' to give; did you mean inner?");
  });
});

describe("valuesBefore", () => {
  const network = nn.network({ a: [2], b: [2] }, ({ a, b }) => {
    const read = nn.named("read", nn.linear(2))(a);
    const memory = nn.named("memory", nn.linear(2))(read);
    const scale = nn.named("scale", nn.parameter([2]))();
    const written = nn.named("written", nn.linear(2))(b).mul(scale).add(a);
    return written.add(memory).add(read);
  });

  it("are those that the rest reads and that have samples", () => {
    const { before, after } = nn.valuesBefore("test", network, "b");
    expect(before).toEqual(["memory", "read"]);
    expect([...after]).toEqual(["written", "mul", "add", "add_2", "add_3"]);
    expect(nn.valuesBefore("test", network, "a").before).toEqual(["mul"]);
  });

  it("needs a network with the input", () => {
    expect(() => nn.valuesBefore("test", network, "c")).toThrow(
      "test: expects a network with an input 'c', got network with a, b",
    );
    expect(() => nn.valuesBefore("test", nn.linear(2), "x")).toThrow("expects a network with an input 'x', got linear");
  });
});
