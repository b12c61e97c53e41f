import { describe, expect, it } from "vitest";
import * as nn from "../nn/index.ts";
import { summarize, toDot } from "./index.ts";

const encoder = nn.named("encoder", nn.sequential(nn.conv2d(4, { kernel: 3 }), nn.dropout(), nn.conv2d(2, { kernel: 3, stride: 2 }))); // biome-ignore format: one line
const model = nn.Model.build(
  nn.network({ left: [1, 9, 9], right: [1, 9, 9] }, ({ left, right }) => {
    const [a, b] = [encoder(left), encoder(right)];
    const both = a.sub(b).named("difference");
    return { maps: both, score: nn.linear(1)(nn.concat(both, a).flatten()) };
  }),
);

describe("the summary of a network of two inputs", () => {
  const summary = summarize(model);
  const rowOf = (path: string) => summary.layers.find((layer) => layer.path === path)!;

  it("has every layer and op, and what it is applied to", () => {
    expect(summary.inputs).toEqual({ left: [1, 9, 9], right: [1, 9, 9] });
    expect(summary.layers.map(({ path, type, from }) => [path, type, from])).toEqual([
      ["encoder.0", "conv2d", ["left"]],
      ["encoder.1", "dropout", ["encoder.0"]],
      ["encoder.2", "conv2d", ["encoder.1"]],
      ["encoder_2.0", "conv2d", ["right"]],
      ["encoder_2.1", "dropout", ["encoder_2.0"]],
      ["encoder_2.2", "conv2d", ["encoder_2.1"]],
      ["difference", "sub", ["encoder.2", "encoder_2.2"]],
      ["concat", "concat", ["difference", "encoder.2"]],
      ["flatten", "flatten", ["concat"]],
      ["linear", "linear", ["flatten"]],
    ]);
  });

  it("counts a shared layer's parameters once, and what it computes each time", () => {
    expect([rowOf("encoder.0").parameters, rowOf("encoder_2.0").parameters]).toEqual([40, 0]);
    expect(rowOf("encoder_2.0").multiplyAdds).toBe(rowOf("encoder.0").multiplyAdds);
    expect(summary.parameters).toBe(model.variables.reduce((sum, { value }) => sum + value.size, 0));
  });

  it("says what units see of each input that they depend on", () => {
    expect(rowOf("encoder.2").receptiveFields).toEqual({ left: [5, 5] });
    expect(rowOf("encoder_2.0").receptiveFields).toEqual({ right: [3, 3] });
    expect(rowOf("difference").receptiveFields).toEqual({ left: [5, 5], right: [5, 5] });
    expect(rowOf("linear").receptiveFields).toEqual({ left: "all", right: "all" });
  });
});

describe("the drawing of a network", () => {
  it("has inputs, layers, outputs, and what flows between them", () => {
    const small = nn.Model.build(nn.network({ x: [3], y: [3] }, ({ x, y }) => ({ sum: nn.relu()(x).add(y), same: x })));
    expect(toDot(small).split("\n")).toEqual([
      "digraph fovea {",
      "  rankdir=TB;",
      String.raw`  "input x" [shape=invhouse, label="x\n[3]"];`,
      String.raw`  "input y" [shape=invhouse, label="y\n[3]"];`,
      String.raw`  "layer relu" [shape=box, label="relu\nrelu\n[3]"];`,
      String.raw`  "layer add" [shape=box, label="add\nadd\n[3]"];`,
      `  "output sum" [shape=house, label="sum"];`,
      `  "output same" [shape=house, label="same"];`,
      `  "input x" -> "layer relu";`,
      `  "layer relu" -> "layer add";`,
      `  "input y" -> "layer add";`,
      `  "layer add" -> "output sum";`,
      `  "input x" -> "output same";`,
      "}",
      "",
    ]);
  });

  it("is a chain for layers one after the other, and keeps quotes in names", () => {
    const chain = toDot(nn.Model.build(nn.sequential({ 'a"b': nn.linear(2), input: nn.tanh() }), { input: [4] }));
    expect(chain).toContain(String.raw`"input input" -> "layer a\"b";`);
    expect(chain).toContain(String.raw`"layer a\"b" -> "layer input";`);
    expect(chain).toContain(`"layer input" -> "output output";`);
    expect(toDot(nn.Model.build(nn.linear(2), { input: [4] }))).toContain(`"layer " -> "output output";`);
  });
});
