import { describe, expect, it } from "vitest";
import { documentRows } from "./documents.ts";

const sentence = (...numbers: number[]): Int32Array => Int32Array.from(numbers);

describe("the rows of a document", () => {
  it("begin with each sentence; a longer one goes on in the next row", () => {
    const { rows, sentences } = documentRows([sentence(2, 3, 4), sentence(), sentence(4), sentence(3, 2)], {
      words: 2,
    });
    expect(rows.toNested()).toEqual([
      [2, 3],
      [4, 0],
      [4, 0],
      [3, 2],
    ]);
    expect([...sentences]).toEqual([0, 0, 2, 3]);
  });

  it("are one row of padding where there are no words", () => {
    for (const none of [[], [sentence()], [sentence(), sentence()]]) {
      const { rows, sentences } = documentRows(none, { words: 3 });
      expect(rows.toNested()).toEqual([[0, 0, 0]]);
      expect(sentences.length).toBe(0);
    }
  });

  it("need sentences", () => {
    expect(() => documentRows([[1, 2]] as never)).toThrow("expects the sentences of a document, each an Int32Array");
    expect(() => documentRows([], { words: 0 })).toThrow("documentRows: words must be");
  });
});
