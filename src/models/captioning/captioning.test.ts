import { describe, expect, it } from "vitest";
import { NdArray, OptionError } from "../../array/index.ts";
import { compile, createInterpreter } from "../../engines/index.ts";
import type { Tensor } from "../../graph/index.ts";
import { Model } from "../../nn/index.ts";
import { attentionCaptioning, vectorCaptioning } from "./index.ts";

const engine = createInterpreter();
const sizes = { picture: [3, 16, 24], words: 11, steps: 7, maps: [2, 4], embedding: 5, units: 6 };

const parametersOf = (network: Parameters<typeof Model.build>[0]): Record<string, readonly number[]> =>
  Object.fromEntries(Model.build(network).variables.map(({ name, shape }) => [name, shape]));

describe("captioning networks", () => {
  it("take a picture and a sentence, whose table of words the scores share", () => {
    for (const network of [vectorCaptioning(sizes), attentionCaptioning(sizes)]) {
      const { inputs, outputs } = Model.build(network);
      expect([Object.keys(inputs), outputs]).toEqual([["image", "sentence"], ["scores"]]);
      const ofWords = Object.entries(parametersOf(network)).filter(([, shape]) => shape[0] === 11);
      expect(ofWords).toEqual([
        ["words.weight", [11, 5]],
        ["scores.bias", [11]],
      ]);
    }
  });

  it("start the decoder from the whole picture, a few places of it", () => {
    const parameters = parametersOf(vectorCaptioning({ ...sizes, cell: "lstm", layers: 2 }));
    // The map, 4×[8, 12], is halved to [4, 6] and [2, 3].
    expect(parameters["picture.3.weight"]).toEqual([6, 4 * 2 * 3]);
    expect(parameters["first.0.weight"]).toEqual([2 * 2 * 6, 6]);
    expect(parametersOf(vectorCaptioning({ ...sizes, cell: "gru" }))["first.0.weight"]).toEqual([6, 6]);
  });

  it("look at the places of the map, each with a vector of its own", async () => {
    const network = attentionCaptioning(sizes);
    const parameters = parametersOf(network);
    expect(parameters["places.weight"]).toEqual([8 * 12, 4]);
    expect(parameters["attention.key"]).toEqual([4, 4]);
    const model = Model.build(network, { seed: 2 });
    const given = [
      new NdArray(
        Float32Array.from({ length: 3 * 16 * 24 }, (_, i) => Math.sin(i)),
        [1, 3, 16, 24],
      ),
      new NdArray(Int32Array.of(2, 5, 6), [1, 3], "i32"),
    ] as const;
    const taps = { taps: ["attention.weights"] };
    const body = (image: Tensor, sentence: Tensor): Tensor => {
      const found: Tensor[] = [];
      model.apply({ image, sentence }, { ...taps, onTap: (_, value) => void found.push(value) });
      return found[0];
    };
    const weights = await compile(body, given, { engine })(...given);
    expect(weights.shape).toEqual([1, 1, 3, 8 * 12]);
    for (const step of [0, 1, 2]) {
      const sum = Array.from(weights.row(0).row(0).row(step).data).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 5);
    }
  });

  it("have as many maps as bring a side to 16 places", () => {
    const mapsFor = (side: number): number[] =>
      Object.entries(parametersOf(attentionCaptioning({ picture: [3, side, side], words: 9, units: 4 }))).flatMap(
        ([name, [maps]]) => (/^encoder\.level\d(\.1)?\.0\.weight$/.test(name) ? [maps] : []),
      );
    expect(mapsFor(16)).toEqual([16]);
    expect(mapsFor(64)).toEqual([16, 32, 64]);
    expect(mapsFor(65)).toEqual([16, 32, 64]);
    expect(mapsFor(224)).toEqual([16, 32, 64, 128, 256]);
  });

  it("say what they do not take", () => {
    const network = (options: object) => () => attentionCaptioning({ ...sizes, ...options } as never);
    expect(network({ words: 0 })).toThrow("attentionCaptioning: words must be an integer");
    expect(network({ picture: [16, 16] })).toThrow("picture must be [channels, height, width]");
    expect(network({ picture: [3, 1, 16] })).toThrow(
      "attentionCaptioning: picture must be [channels, height, width], with at least 2 pixels along each side for 2 maps",
    );
    expect(network({ attends: "before" })).toThrow(OptionError);
  });
});
