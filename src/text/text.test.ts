import { describe, expect, it } from "vitest";
import { OptionError } from "../array/index.ts";
import { decode, encode, tokenize, vocabulary } from "./index.ts";

describe("tokenize", () => {
  it.each([
    ["Don't stop, well-known fox!", ["don't", "stop", ",", "well-known", "fox", "!"]],
    ["  a\t-b-  'c'\n", ["a", "-", "b", "-", "'", "c", "'"]],
    ["Ünïcode 3.14 l’été 日本", ["ünïcode", "3", ".", "14", "l’été", "日本"]],
    ["🙂!", ["🙂", "!"]],
    ["", []],
  ])("%j", (text, tokens) => {
    expect(tokenize(text)).toEqual(tokens);
  });

  it("knows composed and decomposed letters as the same", () => {
    expect(tokenize("e\u0301te\u0301")).toEqual(tokenize("été"));
  });

  it("keeps capitals and leaves out marks on request", () => {
    expect(tokenize("So, YES!", { lowerCase: false, punctuation: false })).toEqual(["So", "YES"]);
  });

  it("takes texts only", () => {
    expect(() => tokenize(7 as never)).toThrow(new OptionError("tokenize: expects a text, got 7"));
    expect(() => tokenize("a", { lower: true } as never)).toThrow("tokenize: there is no option 'lower'");
  });
});

describe("a vocabulary", () => {
  const texts = ["the cat sat", "The dog sat.", ["a", "dog"]];

  it("has the most frequent words first, and equal ones in alphabetical order", () => {
    expect(vocabulary(texts).words).toEqual(["<pad>", "<unk>", "dog", "sat", "the", ".", "a", "cat"]);
    expect(vocabulary(texts, { atLeast: 2 }).words).toEqual(["<pad>", "<unk>", "dog", "sat", "the"]);
    expect(vocabulary(texts, { most: 3 }).words).toEqual(["<pad>", "<unk>", "dog"]);
  });

  it("turns words into numbers and back", () => {
    const words = vocabulary(texts);
    expect(encode(words, "The dog barks")).toEqual(Int32Array.of(4, 2, 1));
    expect(decode(words, [4, 2, 1, 0, 0])).toEqual(["the", "dog", "<unk>"]);
    expect(encode(words, ["<unk>", "<pad>"])).toEqual(Int32Array.of(1, 0));
  });

  it("is plain data, and works when it was written down and read again", () => {
    const words = JSON.parse(JSON.stringify(vocabulary(texts)));
    expect(encode(words, "sat")).toEqual(Int32Array.of(3));
  });

  it("has no word for strange numbers, and is nothing else", () => {
    const words = vocabulary(texts);
    expect(() => decode(words, [8])).toThrow("decode: 8 is not the number of a word; the vocabulary has 0 to 7");
    expect(() => encode({ words: ["a"] }, "a")).toThrow(
      'encode: expects a vocabulary, { words: ["<pad>", "<unk>", …] }, got an object; vocabulary(texts) makes one',
    );
    expect(() => encode({ words: ["<pad>", "<unk>", "a", "a"] }, "a")).toThrow('the vocabulary has the word "a" twice');
    expect(() => vocabulary("the cat")).toThrow('vocabulary: expects a list of texts, got "the cat"');
    expect(() => vocabulary([3 as never])).toThrow("vocabulary: a text must be a string or a list of words, got 3");
  });
});
