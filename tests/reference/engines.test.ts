/** The table of engines comes out the same on every machine: an engine that is missing here is listed by a shared rule. */
import { describe, expect, it } from "vitest";
import { isLowered, namedEngines, supportOf } from "../../scripts/reference/engines.ts";
import { allOps } from "../../src/ops/registry.ts";

const ops = [...allOps.values()];
const withoutKernel = ops.filter((op) => !isLowered(op)).map(({ name }) => name);

describe.each(namedEngines)("engine %s", (name) => {
  it("lacks nothing, or what all compiled engines lack", () => {
    const lacks = supportOf(name);
    const lacking = ops.filter((op) => lacks(op) !== undefined).map(({ name }) => name);
    expect([[], withoutKernel]).toContainEqual(lacking);
  });
});

it("the rule knows what has no kernel", () => {
  const unknown = { ...ops[0], name: "unheardOf", expand: undefined };
  expect(isLowered(unknown)).toBe(false);
  expect(isLowered({ ...unknown, expand: () => [] })).toBe(true);
});
