import { describe, expect, it } from "vitest";
import { OptionError } from "../../array/index.ts";
import { Model } from "../../nn/index.ts";
import { attentionTranslation, convolutionTranslation, vectorTranslation } from "./index.ts";

const words = { sourceWords: 11, targetWords: 13, steps: 9 };
const sizes = { ...words, embedding: 4, units: 6 };

const parametersOf = (network: Parameters<typeof Model.build>[0]): Record<string, readonly number[]> =>
  Object.fromEntries(Model.build(network).variables.map(({ name, shape }) => [name, shape]));

describe("translation networks", () => {
  it("share the table of the target's words with the scores", () => {
    for (const network of [vectorTranslation(sizes), attentionTranslation(sizes), convolutionTranslation(sizes)]) {
      const parameters = parametersOf(network);
      const ofWords = Object.entries(parameters).filter(([, shape]) => shape[0] === words.targetWords);
      expect(ofWords).toEqual([
        ["words.weight", [13, 4]],
        ["scores.bias", [13]],
      ]);
      const { inputs, outputs } = Model.build(network);
      expect([Object.keys(inputs), outputs]).toEqual([["source", "target"], ["scores"]]);
    }
  });

  it("read in both directions, and start the decoder's states from what was read", () => {
    const parameters = parametersOf(vectorTranslation({ ...sizes, cell: "lstm", layers: 2 }));
    expect(parameters["encoder.states.weight_hh_l1_reverse"]).toEqual([12, 3]);
    expect(parameters["first.0.weight"]).toEqual([2 * 2 * 6, 6]);
    expect(parameters["decoder.weight_ih_l0"]).toEqual([24, 4]);
  });

  it("attend after each step, or before it", () => {
    expect(parametersOf(attentionTranslation(sizes))["attention.weight"]).toEqual([6, 6]);
    expect(parametersOf(attentionTranslation({ ...sizes, attends: "before" }))["attention.weight_ih_l0"]).toEqual([
      18, 10,
    ]);
    expect(() => attentionTranslation({ ...sizes, attends: "before", cell: "lstm" })).toThrow(
      new OptionError(
        "attentionTranslation: a decoder that attends before each step has one layer of cell gru and the score additive; " +
          "got 1 of lstm and additive",
      ),
    );
  });

  it("have as many blocks of convolutions as they are told", () => {
    const names = Object.keys(parametersOf(convolutionTranslation({ ...sizes, encoderLayers: 3, decoderLayers: 2 })));
    expect(names.filter((name) => /^encoder\d\.weight$/.test(name))).toHaveLength(3);
    expect(names.filter((name) => /^decoder\d\.weight$/.test(name))).toHaveLength(2);
    expect(() => convolutionTranslation({ ...sizes, kernel: 4 })).toThrow(
      "convolutionTranslation: kernel must be odd, got 4",
    );
  });

  it("name what is missing", () => {
    expect(() => vectorTranslation({ targetWords: 3 } as never)).toThrow(
      "vectorTranslation: sourceWords must be an integer",
    );
    expect(() => vectorTranslation({ ...sizes, unit: 3 } as never)).toThrow("there is no option 'unit'");
  });
});
