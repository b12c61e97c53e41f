import { describe, expect, it } from "vitest";
import { array, OptionError } from "../../array/index.ts";
import * as nn from "../../nn/index.ts";
import { kim, startWithVectors } from "./index.ts";

const modelOf = (twoChannels: boolean): nn.Model =>
  nn.Model.build(kim({ words: 4, classes: 2, features: 2, maps: 1, twoChannels }), { input: nn.tokens(5) });

const given = { vectors: array([[0, 0], [0, 0], [3, -4], [0, 0]]), found: Uint8Array.of(0, 0, 1, 0) }; // biome-ignore format: one line

describe("vectors to start with", () => {
  it("are set in all tables; others get their spread, and padding stays 0", () => {
    for (const [twoChannels, names] of [
      [false, ["vectors.weight"]],
      [true, ["channels.vectors.weight", "channels.fixed.weight"]],
    ] as const) {
      const model = modelOf(twoChannels);
      expect(startWithVectors(model, given)).toBe(0.25);
      const tables = model.variables.filter(({ name }) => (names as readonly string[]).includes(name));
      expect(tables).toHaveLength(names.length);
      for (const { value } of tables) {
        const rows = value.toNested() as number[][];
        expect([rows[0], rows[2]]).toEqual([[0, 0], [3, -4]]); // biome-ignore format: rows
        // The root mean square of 3 and −4 is 3.54, that of ±0.25 is 0.14 before.
        expect(Math.max(...[...rows[1], ...rows[3]].map(Math.abs))).toBeGreaterThan(1);
      }
    }
  });

  it("must fit the table", () => {
    const wrong = { vectors: array([[1, 2]]), found: Uint8Array.of(1) };
    expect(() => startWithVectors(modelOf(false), wrong)).toThrow(
      new OptionError(
        "startWithVectors: vectors.weight is [4,2], but the vectors are [1,2]; build the network with words: 1, features: 2",
      ),
    );
    const other = nn.Model.build(nn.linear(2), { input: [3] });
    expect(() => startWithVectors(other, given)).toThrow("the model has no table of words");
  });
});
