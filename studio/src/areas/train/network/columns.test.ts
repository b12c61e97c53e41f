import { nn } from "fovea";
import { summarize } from "fovea/inspect";
import { architectures } from "fovea/models";
import { describe, expect, it } from "vitest";
import type { LayerRow } from "../../../worker/api.ts";
import { columnsOf } from "./columns.ts";

const rowsOf = (name: string, input: readonly number[]): LayerRow[] => {
  const model = nn.Model.build(architectures[name]({ input, classes: 10 }), { input, seed: 0 });
  const { layers } = summarize(model);
  return layers.map(({ receptiveField, from, ...row }, i) => ({
    ...row,
    field: receptiveField,
    from: from ?? [layers[i - 1]?.path ?? "input"],
    weight: undefined,
  }));
};

describe("columns of a network", () => {
  const lenet = rowsOf("lenet5", [1, 28, 28]);
  const keysOf = (...opened: string[]): string[] => columnsOf(lenet, new Set(opened)).map(({ key }) => key);

  it("fold activations and leave out what only renames", () => {
    expect(keysOf()).toEqual(["0", "2", "3", "5", "7", "9", "11"]);
    expect(columnsOf(lenet, new Set()).map(({ shown }) => shown.path)).toEqual(["1", "2", "4", "5", "8", "10", "11"]);
  });

  it("open to the layer and its activation", () => {
    expect(keysOf("3")).toEqual(["0", "2", "3", "4", "5", "7", "9", "11"]);
  });

  it("of a deep network are blocks, which open", () => {
    const resnet = rowsOf("resnet20", [3, 32, 32]);
    const closed = columnsOf(resnet, new Set());
    expect(closed.length).toBeLessThanOrEqual(14);
    expect(closed.map(({ key }) => key).slice(0, 3)).toEqual(["conv1", "layer1.0", "layer1.1"]);
    expect(closed[1].shown.path).toBe("layer1.0.relu_2");
    const open = columnsOf(resnet, new Set(["layer1.0"]));
    expect(open.map(({ key }) => key).slice(0, 4)).toEqual([
      "conv1",
      "layer1.0.conv1",
      "layer1.0.conv2",
      "layer1.0.add",
    ]);
    expect(open[1].inside).toBe("layer1.0");
  });

  it("of a deep network without named blocks stay as they are", () => {
    expect(columnsOf(rowsOf("vgg11", [3, 32, 32]), new Set()).every(({ closed }) => closed === undefined)).toBe(true);
  });
});
