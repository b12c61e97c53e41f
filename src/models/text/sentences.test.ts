import { describe, expect, it } from "vitest";
import { interpreted } from "../../../tests/support/values.ts";
import { NdArray, OptionError } from "../../array/index.ts";
import * as nn from "../../nn/index.ts";
import { dynamicConvNet, kim } from "./index.ts";

/** Sums of the same numbers in another order: a few units of float32. */
const DIGITS = 5;
const WORDS = 9;
const LONGEST = 7;

const sentences = [[2, 5, 3, 8, 2, 4, 6], [7], [3, 3, 4], [8, 1, 2, 6, 5]]; // biome-ignore format: one line

const numbersOf = (rows: readonly (readonly number[])[], steps: number): NdArray =>
  new NdArray(Int32Array.from(rows.flatMap((row) => Array.from({ length: steps }, (_, i) => row[i] ?? 0))), [rows.length, steps], "i32"); // biome-ignore format: one line

const sizes = { words: WORDS, classes: 3, features: 8 };
const networks: readonly [string, nn.Layer][] = [
  ["Kim's", kim({ ...sizes, maps: 4 })],
  ["Kim's with two channels", kim({ ...sizes, maps: 2, windows: [1, 6], twoChannels: true })],
  ["the dynamic one", dynamicConvNet({ ...sizes, widths: [4, 3], maps: [2, 3], top: 2 })],
  ["the dynamic one of three layers", dynamicConvNet({ ...sizes, widths: [3, 2, 2], maps: [2, 2, 3], top: 2 })],
];

describe("networks for sentences", () => {
  it.each(networks)("%s gives a sentence the same in a batch and alone", async (_, network) => {
    const model = nn.Model.build(network, { input: nn.tokens(LONGEST, { vocabulary: WORDS }), seed: 4 });
    for (const variable of model.variables)
      if (variable.name.endsWith("bias")) variable.value = new NdArray(variable.value.data.fill(0.7), variable.shape, "f32"); // biome-ignore format: one line
    const input = numbersOf(sentences, LONGEST);
    const lengths = new NdArray(Int32Array.from(sentences, ({ length }) => length), [sentences.length], "i32"); // biome-ignore format: one line
    const run = interpreted((x, n) => ({ y: model.apply({ input: x, "input.length": n }).output }), [input, lengths]);
    const { y } = await run(input, lengths);
    expect(y.shape).toEqual([sentences.length, 3]);
    for (const [i, sentence] of sentences.entries()) {
      const one = numbersOf([sentence], sentence.length);
      const { z } = await interpreted((x) => ({ z: model(x) }), [one])(one);
      expect([...y.row(i).data]).toEqual([...z.data].map((value) => expect.closeTo(value, DIGITS)));
    }
  });

  it("have the papers' parameters", () => {
    const shapesOf = (layer: nn.Layer) =>
      Object.fromEntries(nn.Model.build(layer, { input: nn.tokens(60) }).variables.map(({ name, shape }) => [name, shape])); // biome-ignore format: one line
    expect(shapesOf(kim({ words: 100, classes: 2 }))).toEqual({
      "vectors.weight": [100, 300],
      ...Object.fromEntries(
        [3, 4, 5].flatMap((window, i) => [
          [`windows.${i}.conv.weight`, [100, 300, window]],
          [`windows.${i}.conv.bias`, [100]],
        ]),
      ),
      "output.weight": [2, 300],
      "output.bias": [2],
    });
    // 48 numbers a word, filters of their own for each: 6 maps; 24 rows of 14 maps; 12 rows of 14 maps with 4 values each.
    expect(shapesOf(dynamicConvNet({ words: 100, classes: 2 }))).toEqual({
      "vectors.weight": [100, 48],
      "layers.0.conv.weight": [48 * 6, 1, 7],
      "layers.0.conv.bias": [48 * 6],
      "layers.1.conv.weight": [24 * 14, 6, 5],
      "layers.1.conv.bias": [24 * 14],
      "output.weight": [2, 12 * 14 * 4],
      "output.bias": [2],
    });
  });

  it("refuse what does not fit", () => {
    expect(() => dynamicConvNet({ words: 9, classes: 2, features: 50 })).toThrow(
      new OptionError("dynamicConvNet: 2 foldings halve the features, so they must be a multiple of 4, got 50"),
    );
    expect(() => dynamicConvNet({ words: 9, classes: 2, widths: [3] })).toThrow("1 widths need as many maps, got 2");
    expect(() => kim({ words: 9, classes: 2, windows: [0] })).toThrow("kim: windows must be");
  });
});
