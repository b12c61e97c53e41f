/**
 * All networks of tests/fixtures/torchvision against PyTorch: on the engine that is used by default, and as the interpreter
 * defines them, in double precision. `npm test` has the smallest.
 */
import { describe, expect, it } from "vitest";
import { createInterpreter } from "../../src/engines/index.ts";
import { cases, differences, expectedOf, resultOf, TOLERANCE_IN_DOUBLE } from "./agreement.ts";

describe.each(Object.keys(cases))("%s computes what PyTorch does", (name) => {
  it.each(["prediction", "training"] as const)("for %s", async (kind) => {
    expect(differences(await resultOf(name, kind), expectedOf(name)[kind])).toEqual([]);
  });

  it("for training, in double precision", async () => {
    const ours = await resultOf(name, "training", createInterpreter({ float64: true }));
    expect(differences(ours, expectedOf(name).training, TOLERANCE_IN_DOUBLE)).toEqual([]);
  });
});
