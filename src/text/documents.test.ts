import { describe, expect, it } from "vitest";
import { documentRows } from "./documents.ts";
import { vocabulary } from "./vocabulary.ts";

const words = vocabulary([["a", "b", "c"]]); // 2, 3, 4

describe("the rows of a document", () => {
  it("begin with each sentence; a longer one goes on in the next row", () => {
    const { rows, sentences } = documentRows(words, [["a", "b", "c"], [], ["c"], "B a"], { words: 2 });
    expect(rows.toNested()).toEqual([
      [2, 3],
      [4, 0],
      [4, 0],
      [3, 2],
    ]);
    expect([...sentences]).toEqual([0, 0, 2, 3]);
  });

  it("are one row of padding where there are no words", () => {
    for (const none of [[], [[]], ["  "]]) {
      const { rows, sentences } = documentRows(words, none, { words: 3 });
      expect(rows.toNested()).toEqual([[0, 0, 0]]);
      expect(sentences.length).toBe(0);
    }
  });

  it("need sentences", () => {
    expect(() => documentRows(words, "a b" as never)).toThrow(
      "expects a list of sentences; splitSentences(text) makes one",
    );
    expect(() => documentRows(words, [], { words: 0 })).toThrow("documentRows: words must be");
  });
});
