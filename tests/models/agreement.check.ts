/**
 * All networks of tests/fixtures/torchvision against PyTorch: on the engine that is used by default, and as the interpreter
 * defines them, in double precision. `npm test` has the smallest.
 */
import { describe, expect, it } from "vitest";
import { createInterpreter } from "../../src/engines/index.ts";
import { cases, differences, expectedOf, resultOf, TOLERANCE_IN_DOUBLE } from "./agreement.ts";

/** Those that the interpreter takes longer than a minute for: VGG-11 has 130 million parameters, and 3×3 convolutions of 512 maps. */
const TOO_LONG_IN_DOUBLE = ["vgg11_bn"];

describe.each(Object.keys(cases))("%s computes what PyTorch does", (name) => {
  it.each(["prediction", "training"] as const)("for %s", async (kind) => {
    expect(differences(await resultOf(name, kind), expectedOf(name)[kind])).toEqual([]);
  });

  it.skipIf(TOO_LONG_IN_DOUBLE.includes(name))("for training, in double precision", async () => {
    const ours = await resultOf(name, "training", createInterpreter({ float64: true }));
    expect(differences(ours, expectedOf(name).training, TOLERANCE_IN_DOUBLE)).toEqual([]);
  });
});
