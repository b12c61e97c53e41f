import { describe, expect, it } from "vitest";
import { convFlops, convWorks, outputSize, recurrentFlops, residualWorks } from "./jobs.ts";
import { layerWorks, resnetLayers } from "./layers.ts";
import { languageFlops } from "./text-jobs.ts";

describe("a convolution's size", () => {
  const { job } = convWorks(false)[3];

  it("follows from stride and padding", () => {
    expect(job.input).toEqual([8, 3, 224, 224]);
    expect(outputSize(job)).toEqual([112, 112]);
  });

  it("counts a multiplication and an addition for each weight at each output", () => {
    expect(convFlops(job)).toBe(2 * 8 * 64 * 112 * 112 * 3 * 7 * 7);
  });

  it("is three times as large with both gradients", () => {
    expect(convFlops({ ...job, backward: true })).toBe(3 * convFlops(job));
  });
});

describe("the layers", () => {
  it("keep their maps' size, but for the one with a stride", () => {
    const kept = convWorks(true).map(({ job }) => outputSize(job)[0] === job.input[2]);
    expect(kept).toEqual([true, true, true, false, true, true]);
  });

  it("have names of their own", () => {
    const titles = convWorks(false).map(({ title }) => title);
    expect(new Set(titles).size).toBe(6);
    expect(titles).toContain("8×3×224², 64 of 7×7 /2");
  });
});

describe("a recurrent step's size", () => {
  const job = { kind: "recurrent", batch: 2, steps: 3, channels: 5, units: 7 } as const;
  const forward = ({ channels }: { channels: number }) => 2 * 2 * 3 * 4 * 7 * (channels + 7);

  it("counts the gates forward, the weights' gradients, and what goes back through the states", () => {
    expect(recurrentFlops(job)).toBe(2 * forward(job) + forward({ channels: 0 }));
  });
});

describe("a language model's step", () => {
  it("counts gates and scores, forward and both gradients", () => {
    const job = { kind: "language", batch: 2, steps: 3, vocabulary: 11, units: 5, layers: 2 } as const;
    const gates = { kind: "recurrent", batch: 2, steps: 3, channels: 5, units: 5 } as const;
    // `recurrentFlops` is without the gradient of the input.
    const ofInput = 2 * 2 * 3 * 4 * 5 * 5;
    expect(languageFlops(job)).toBe(2 * (recurrentFlops(gates) + ofInput) + 3 * 2 * 2 * 3 * 5 * 11);
  });
});

describe("residual blocks", () => {
  it("gain one part a row", () => {
    const parts = residualWorks().map(({ job: { norm, activation, add } }) => [norm, activation, add]);
    expect(parts.map((flags) => flags.filter(Boolean).length)).toEqual([0, 1, 2, 3]);
  });
});

describe("the layers of ResNet-50", () => {
  it("are its 53 convolutions, with their multiply-adds", () => {
    expect(resnetLayers.reduce((sum, { count }) => sum + count, 0)).toBe(53);
    const flops = layerWorks(false).map(({ job }, i) => resnetLayers[i].count * convFlops(job));
    // 4.09 billion for a picture of 224×224, less the 2 million of the classifier.
    expect(flops.reduce((sum, n) => sum + n, 0) / 2 / 8).toBe(4_087_136_256);
  });
});
