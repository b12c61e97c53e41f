import { nn } from "fovea";
import { toDot } from "fovea/inspect";
import { describe, expect, it } from "vitest";
import { arrowOf, drawingOf, readDot } from "./network-drawing.ts";

const block = nn.sequential(nn.conv2d(4, { kernel: 3, padding: 1 }), nn.relu());
const model = nn.Model.build(nn.sequential(nn.residual(block), nn.flatten(), nn.linear(3)), { input: [4, 6, 6] });
const chain = nn.Model.build(nn.sequential(nn.flatten(), nn.linear(3)), { input: [4, 6, 6] });

describe("the drawing of a network", () => {
  const graph = readDot(toDot(model));
  const { nodes, edges, width, height } = drawingOf(graph);

  it("has the layers and the arrows of the library's", () => {
    const listed = [...readDot(toDot(chain)).labels.keys()];
    expect(listed).toHaveLength(toDot(chain).match(/label=/g)!.length);
    expect(readDot(toDot(chain)).edges).toHaveLength(toDot(chain).match(/->/g)!.length);
    expect(nodes.map(({ lines }) => lines[0])).toContain("input");
  });

  it("has a box for a block that adds up its parts, which they lead to", () => {
    const into = edges.filter(({ to }) => to.id === "layer 0").map(({ from }) => from.id);
    expect(into.sort()).toEqual(["layer 0.body.1", "layer 0.shortcut"]);
    expect(edges.filter(({ from }) => from.id === "layer 0").map(({ to }) => to.id)).toEqual(["layer 1"]);
  });

  it("has each layer to the right of, or below, what it reads, and no two at one place", () => {
    for (const { from, to } of edges) expect(to.y > from.y || to.x > from.x).toBe(true);
    expect(new Set(nodes.map(({ x, y }) => `${x} ${y}`)).size).toBe(nodes.length);
    for (const { x, y } of nodes) expect(x >= 0 && y >= 0 && x < width && y < height).toBe(true);
    for (const edge of edges) expect(arrowOf(edge)).not.toContain("NaN");
  });
});
