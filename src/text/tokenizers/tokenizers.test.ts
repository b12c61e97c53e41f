import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { learnTokenizer, readTokenizer, type Tokenizer } from "./index.ts";

const texts = ["The cat sat, the dog sat.", "A dog's day: né 🙂\n\n  end"];
const again = (tokenizer: Tokenizer): Tokenizer => readTokenizer(JSON.parse(JSON.stringify(tokenizer)));

describe("characters", () => {
  const tokenizer = learnTokenizer(texts, { type: "characters" });

  it("give a text back, character by character", () => {
    for (const text of texts) expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    expect(tokenizer.encode("🙂é")).toHaveLength(2);
    expect(tokenizer.size).toBe(new Set([...texts.join("")]).size + 2);
  });

  it("have one token for what is unknown", () => {
    expect(tokenizer.decode(tokenizer.encode("dQq"))).toBe("d<unk><unk>");
    expect(tokenizer.encode("")).toEqual(new Int32Array());
  });

  it("are small on request", () => {
    const small = learnTokenizer(texts, { type: "characters", lowerCase: true });
    expect(small.decode(small.encode("THE"))).toBe("the");
  });
});

describe("words", () => {
  it("are cut by the rule, or by the spaces as given", () => {
    expect(learnTokenizer(texts).decode(learnTokenizer(texts).encode("The DOG sat."))).toBe("the dog sat .");
    const given = learnTokenizer(texts, { type: "spaces" });
    expect(given.decode(given.encode("The  cat sat,\n"))).toBe("The cat sat,");
    expect(given.decode(given.encode("the cat sat ,"))).toBe("the cat <unk> <unk>");
  });

  it("have limits and special tokens", () => {
    const tokenizer = learnTokenizer(texts, { most: 6, special: ["<bos>", "<eos>"] });
    expect(tokenizer.vocabulary?.words).toEqual(["<pad>", "<unk>", "<bos>", "<eos>", "sat", "the"]);
    expect(tokenizer.numberOf("<eos>")).toBe(3);
    expect(tokenizer.numberOf("cat")).toBeUndefined();
    expect(tokenizer.decode([2, 4, 5, 3, 0])).toBe("sat the");
    expect(() => learnTokenizer(texts, { most: 3, special: ["<bos>", "<eos>"] })).toThrow(
      "vocabulary: most is 3, but <pad>, <unk>, <bos>, <eos> are 4 words already",
    );
  });

  it("are never special because a text says so", () => {
    const tokenizer = learnTokenizer(["a <eos> <pad>"], { type: "spaces", special: ["<eos>"] });
    expect(tokenizer.encode("a <eos> <pad> <unk>")).toEqual(Int32Array.of(3, 1, 1, 1));
  });

  it("are found by the rules of a language", () => {
    const tokenizer = learnTokenizer(["我喜歡貓。"], { locale: "zh" });
    expect(tokenizer.size).toBeGreaterThan(2 + 2);
    expect(tokenizer.decode(tokenizer.encode("貓"))).toBe("貓");
    expect(() => learnTokenizer([], { locale: "no such" })).toThrow("locale must be a language that this host can");
  });
});

describe("bpe", () => {
  const tokenizer = learnTokenizer(["low lower lowest low low", "new newer newest"], {
    type: "bpe",
    most: 2 + 256 + 6,
  });

  it("merges the most frequent pairs first, of equal ones the first", () => {
    // " l" 4 times, "lo", "ow" 5: with the lower number first, (l, o); then (lo, w).
    const merged = tokenizer.vocabulary?.words.slice(258);
    expect(merged?.slice(0, 2)).toEqual(["lo", "low"]);
    expect(merged).toContain("Ġlow");
    expect(merged).toHaveLength(6);
  });

  it("gives every text back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string(), (a, b) => {
        const text = `${a} low ${b}\r\n\ufeff`;
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
      }),
    );
    const long = "x".repeat(1000) + " ".repeat(200) + "é".repeat(500);
    expect(tokenizer.decode(tokenizer.encode(long))).toBe(long);
  });

  it("writes whole characters, token by token", () => {
    const write = tokenizer.writer();
    const parts = Array.from(tokenizer.encode("é🙂"), (number) => write(number));
    expect(parts).toEqual(["", "é", "", "", "", "🙂"]);
    expect(write()).toBe("");
    expect(tokenizer.decode(tokenizer.encode("é").subarray(0, 1))).toBe("\ufffd");
  });

  it("learns what counting anew at every step would", () => {
    const words = fc.array(fc.stringMatching(/^[abc]{1,9}$/), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(words, (list) => {
        const learned = learnTokenizer([list.join(" ")], { type: "bpe", most: 2 + 256 + 12 });
        expect(learned.options.merges).toEqual(slowMerges(list.join(" "), 12));
      }),
    );
  });

  it("has its specials, which no text has", () => {
    const special = learnTokenizer(["ab ab eos eos eos"], { type: "bpe", special: ["eos", "<bos>"] });
    expect(special.numberOf("eos")).toBe(2);
    expect(special.encode("eos")).not.toContain(2);
    expect(special.decode([2, ...special.encode("ab"), 3, 0])).toBe("ab");
  });

  it.each([
    [{ merges: [1, 258] }, "bpe: merge 0 is of token 1; tokens that can be merged are 2 to 257 there"],
    [{ merges: [2, 3, 400, 2] }, "bpe: merge 1 is of token 400"],
    [{ merges: [2, 3, 2, 3] }, "bpe: merge 1, of tokens 2 and 3, is there before"],
    [{ merges: [2] }, "bpe: merges are pairs of numbers, got 1 numbers"],
    [{ merges: [-1, 2] }, "bpe: merges must be a list of integers"],
    [{}, "bpe: merges must be a list of integers"],
  ])("refuses %j", (options, message) => {
    expect(() => readTokenizer({ type: "bpe", ...options })).toThrow(message);
  });

  it("needs room for the bytes", () => {
    expect(() => learnTokenizer(texts, { type: "bpe", most: 100 })).toThrow(
      "learnTokenizer (bpe): most is 100; 256 bytes and 2 special tokens are 258 already",
    );
  });
});

/** Merges found by counting all pairs at every step; only for texts of plain letters. */
function slowMerges(text: string, most: number): number[] {
  let pieces = (text.match(/ ?\S+/g) ?? []).map((piece) => [...Buffer.from(piece)].map((byte) => byte + 2));
  const names = new Map<string, number>(Array.from({ length: 256 }, (_, byte) => [String(byte + 2), byte + 2]));
  const spell = new Map<number, string>([...names].map(([name, number]) => [number, name]));
  const merges: number[] = [];
  while (names.size < 256 + most) {
    const counts = new Map<string, number>();
    for (const piece of pieces)
      for (let i = 0; i + 1 < piece.length; i++) {
        const key = `${piece[i]},${piece[i + 1]}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    const pairs = [...counts].map(([key, count]) => ({ pair: key.split(",").map(Number), count }));
    pairs.sort((a, b) => b.count - a.count || a.pair[0] - b.pair[0] || a.pair[1] - b.pair[1]);
    const [best] = pairs;
    if (best === undefined || best.count < 2) break;
    const [left, right] = best.pair;
    const name = `${spell.get(left)}-${spell.get(right)}`;
    const token = names.get(name) ?? 258 + names.size - 256;
    names.set(name, token);
    spell.set(token, name);
    merges.push(left, right);
    pieces = pieces.map((piece) => {
      const merged: number[] = [];
      for (let i = 0; i < piece.length; i++) {
        const isPair = piece[i] === left && piece[i + 1] === right;
        merged.push(isPair ? token : piece[i]);
        if (isPair) i++;
      }
      return merged;
    });
  }
  return merges;
}

describe("every tokenizer", () => {
  it.each(["characters", "words", "spaces", "bpe"])("%s is plain data and is made again from it", (type) => {
    const tokenizer = learnTokenizer(texts, { type, special: ["<bos>"] });
    const copy = again(tokenizer);
    expect(copy.toJSON()).toEqual(tokenizer.toJSON());
    expect(copy.encode(texts[0])).toEqual(tokenizer.encode(texts[0]));
    expect(copy.decode(tokenizer.encode(texts[1]))).toBe(tokenizer.decode(tokenizer.encode(texts[1])));
    expect(tokenizer.vocabulary?.words).toHaveLength(tokenizer.size);
  });

  it.each(["characters", "words", "spaces", "bpe"])("%s says what is wrong", (type) => {
    const tokenizer = learnTokenizer(texts, { type });
    expect(() => tokenizer.encode(7 as never)).toThrow(`${type}: expects a text, got 7`);
    expect(() => tokenizer.decode([tokenizer.size])).toThrow(`${type}: ${tokenizer.size} is not the number of a token`);
    expect(() => tokenizer.decode("a" as never)).toThrow(`${type}: expects a list of the numbers of tokens, got "a"`);
    expect(() => learnTokenizer("a text", { type })).toThrow(`learnTokenizer (${type}): expects a list of texts`);
    expect(() => learnTokenizer([3 as never], { type })).toThrow("expects a list of texts, got 3");
    expect(() => learnTokenizer([], { type, mots: 3 } as never)).toThrow(
      "there is no option 'mots'; did you mean most?",
    );
    expect(learnTokenizer([], { type }).encode("")).toEqual(new Int32Array());
  });

  it("has a type that there is", () => {
    expect(() => learnTokenizer([], { type: "word" })).toThrow("learnTokenizer: there is no tokenizer 'word'");
    expect(() => readTokenizer({ words: [] })).toThrow("readTokenizer: expects { type, … }");
    expect(() => readTokenizer({ type: "words", vocabulary: { words: ["a"] } })).toThrow("expects a vocabulary");
  });
});
