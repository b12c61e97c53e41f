import { describe, expect, it } from "vitest";
import { splitCharacters, splitSentences, splitSpaces, tokenize } from "./index.ts";

describe("splitSentences", () => {
  it.each([
    ["It rains. It pours! Does it? Yes…", ["It rains.", "It pours!", "Does it?", "Yes…"]],
    ["Mr. Smith and Dr. J. S. Bach paid 3.50 (e.g. in U.S. dollars). Why?", 2],
    ["“Go!” he said. She went.", ["“Go!” he said.", "She went."]],
    ['He said "Go." Then he left.', ['He said "Go."', "Then he left."]],
    ["no full stop\n\nbut an empty line", ["no full stop", "but an empty line"]],
    ["one line\nis no sentence", ["one line\nis no sentence"]],
    ["猫です。犬です！", ["猫です。", "犬です！"]],
    ["so … and so on", ["so … and so on"]],
    ["", []],
    [" \n\n ", []],
  ])("%j", (text, expected) => {
    const found = splitSentences(text);
    if (typeof expected === "number") expect(found).toHaveLength(expected);
    else expect(found).toEqual(expected);
  });

  it("follows the host's rules for a language on request", () => {
    expect(splitSentences("One. Two.", { locale: "en" })).toEqual(["One.", "Two."]);
    expect(() => splitSentences("One.", { locale: "" })).toThrow("splitSentences: locale must be a language");
  });

  it("takes linear time", () => {
    const text = "a. ".repeat(100_000) + "x".repeat(1_000_000);
    expect(splitSentences(text)).toHaveLength(1);
    expect(splitSentences("Aha. ".repeat(100_000))).toHaveLength(100_000);
  });
});

it("splitCharacters and splitSpaces keep what is there", () => {
  expect(splitCharacters("né🙂")).toEqual(["n", "é", "🙂"]);
  expect(splitSpaces("it 's  n't so .\n")).toEqual(["it", "'s", "n't", "so", "."]);
  expect(splitSpaces(" ")).toEqual([]);
  expect(() => splitSpaces(null as never)).toThrow("splitSpaces: expects a text, got null");
});

it("tokenize follows the host's rules for a language on request", () => {
  expect(tokenize("Don't stop, Fox!", { locale: "en" })).toEqual(["don't", "stop", ",", "fox", "!"]);
  expect(tokenize("So, YES!", { locale: "en", punctuation: false, lowerCase: false })).toEqual(["So", "YES"]);
});
