import { describe, expect, it } from "vitest";
import { array, NdArray } from "../../array/index.ts";
import { dataset, ragged, tokens } from "../../data/index.ts";
import * as nn from "../../nn/index.ts";
import { topNgrams } from "./index.ts";

/** Of a vocabulary of 8 words, whose vectors are their numbers. */
const numbers = new NdArray(Float32Array.from({ length: 8 }, (_, i) => i), [8, 1], "f32"); // biome-ignore format: one line

/** Filters over two neighboring words: their sum, and the first less the second; the bias speaks in the padding. */
function pairs(): nn.Model {
  const network = nn.sequential({
    vectors: nn.embedding(8, 1),
    swap: nn.op("transpose", { order: [0, 2, 1] }),
    conv: nn.conv1d(2, { kernel: 2, padding: "full" }),
    max: nn.globalMaxPool(),
  });
  const model = nn.Model.build(network, { input: nn.tokens(6, { vocabulary: 8 }) });
  const values = { "vectors.weight": numbers, "conv.weight": array([[[1, 1]], [[1, -1]]]), "conv.bias": array([0, 9]) }; // biome-ignore format: one line
  for (const variable of model.variables) variable.value = values[variable.name as keyof typeof values];
  return model;
}

const sentences = [[2, 3, 2, 3], [5, 2], [2, 3], [7], [1, 5, 2, 1, 1, 1]]; // biome-ignore format: one line
const rows = ragged(sentences.map((row) => Int32Array.from(row)));
const data = dataset("sentences", { text: tokens(rows) });
const options = { layer: "conv", engine: "interpreter" } as const;

describe("n-grams that excite filters", () => {
  it("are listed once, the strongest first, with the first sentence that has them", async () => {
    for (const batch of [1, 2, 64]) {
      const [sums] = await topNgrams(pairs(), data, { ...options, batch, count: 4 });
      expect(sums.map(({ value, tokens, sample, position }) => [value, tokens, sample, position])).toEqual([
        [7, [5, 2], 1, 0],
        [7, [7], 3, 0],
        [5, [2, 3], 0, 0],
      ]);
    }
  });

  it("are not in the padding of a batch, whatever the bias", async () => {
    const [, differences] = await topNgrams(pairs(), data, { ...options, count: 1 });
    // The word 7 before the end: 9 + 7.
    expect(differences).toEqual([{ value: 16, tokens: [7], sample: 3, position: 0 }]);
  });

  it("need tokens, and maps over them", async () => {
    await expect(topNgrams(pairs(), data, { layer: "max" })).rejects.toThrow("topNgrams: max has no maps");
    const pictures = nn.Model.build(nn.conv2d(1, { kernel: 1 }), { input: [1, 2, 2] });
    await expect(topNgrams(pictures, data, options)).rejects.toThrow("topNgrams: the model takes no tokens");
    await expect(topNgrams(pairs(), data, { layer: "cnov" })).rejects.toThrow("there is no value 'cnov'");
  });
});
