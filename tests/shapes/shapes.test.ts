/**
 * A sample of the property test of kernels, and configurations that kernels were wrong for once. All of it:
 * `npm run test:shapes`.
 */
import { describe, expect, it } from "vitest";
import { checkConfiguration, variantsOf } from "./check.ts";
import { type Configuration, drawConfiguration } from "./configuration.ts";

const SAMPLE = 24;
const SEED = 7;

const maps = { special: false, samples: 2, groups: 1, goesOn: false } as const;
const winograd = { kernel: [3, 3], stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1] } as const;

const once: readonly (readonly [string, Configuration])[] = [
  [
    "a rest of a vector of filters, whose gradient is stored lane by lane",
    { kind: "conv", ...maps, ...winograd, channels: 32, filters: 40, size: [4, 4], results: ["dw"] },
  ],
  [
    "the same, transposed",
    { kind: "convTranspose", ...maps, ...winograd, channels: 40, filters: 32, size: [4, 4], results: ["dw"] },
  ],
  [
    "a window beside which positions of the input gradient meet nothing",
    {
      ...{ kind: "conv", ...maps, samples: 8, channels: 40, filters: 4, size: [3, 5], kernel: [3, 2] },
      ...{ stride: [2, 5], padding: [0, 1, 0, 0], dilation: [1, 1], results: ["dx"] },
    },
  ],
];

describe("kernels", () => {
  it.each(once)("for %s", async (_, configuration) => {
    for (const turn of variantsOf(configuration).keys())
      expect((await checkConfiguration(configuration, { turn, thorough: true })).failures).toEqual([]);
  });

  it(`for ${SAMPLE} random configurations`, async () => {
    for (let number = 0; number < SAMPLE; number++) {
      const configuration = drawConfiguration(SEED, number);
      const { failures } = await checkConfiguration(configuration, { turn: number, thorough: number % 4 === 0 });
      expect(failures, JSON.stringify(configuration)).toEqual([]);
    }
  });
});
