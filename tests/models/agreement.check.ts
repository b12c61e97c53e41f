/** All networks of tests/fixtures/torchvision against PyTorch. `npm test` has the smallest. */
import { describe, expect, it } from "vitest";
import { cases, differences, expectedOf, resultOf } from "./agreement.ts";

describe.each(Object.keys(cases))("%s computes what PyTorch does", (name) => {
  it.each(["prediction", "training"] as const)("for %s", async (kind) => {
    expect(differences(name, await resultOf(name, kind), expectedOf(name)[kind])).toEqual([]);
  });
});
