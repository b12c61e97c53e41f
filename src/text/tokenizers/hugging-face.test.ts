import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { optionalPackage } from "#platform";
import { learnTokenizer, loadHuggingFace, openTokenizer, readTokenizer } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "fovea-tokenizer-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "tokenizer.json");

/** A small byte-level tokenizer in the form of Hugging Face's files. */
const file = {
  version: "1.0",
  added_tokens: [
    { id: 0, content: "<s>", single_word: false, lstrip: false, rstrip: false, normalized: false, special: true },
  ],
  normalizer: null,
  pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
  post_processor: null,
  decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
  model: {
    ...{ type: "BPE", dropout: null, unk_token: null, continuing_subword_prefix: "", end_of_word_suffix: "" },
    vocab: { "<s>": 0, a: 1, b: 2, Ġ: 3, Ã: 4, "©": 5, ab: 6, Ġab: 7 },
    merges: ["a b", "Ġ ab"],
  },
};

const isInstalled = (await optionalPackage("@huggingface/tokenizers")).found;

describe.skipIf(!isInstalled)("tokenizer.json, with @huggingface/tokenizers", () => {
  it("gives numbers and texts, and is saved whole", async () => {
    writeFileSync(path, JSON.stringify(file));
    writeFileSync(join(folder, "tokenizer_config.json"), "{}");
    const tokenizer = await loadHuggingFace(path);
    expect(tokenizer.encode("ab ab")).toEqual(Int32Array.of(6, 7));
    expect(tokenizer.decode([0, 6, 7])).toBe("ab ab");
    expect([tokenizer.size, tokenizer.numberOf("<s>"), tokenizer.vocabulary]).toEqual([8, 0, undefined]);
    const again = await openTokenizer(JSON.parse(JSON.stringify(tokenizer)));
    expect(again.encode("b ab")).toEqual(tokenizer.encode("b ab"));
    expect(() => tokenizer.decode([8])).toThrow("huggingFace: 8 is not the number of a token");
  });

  it("writes whole characters, token by token", async () => {
    const write = (await loadHuggingFace(path)).writer();
    expect([6, 4, 5, 7].map((number) => write(number))).toEqual(["ab", "", "é", " ab"]);
    expect(write()).toBe("");
  });

  it("refuses other files", async () => {
    writeFileSync(path, "[]");
    await expect(loadHuggingFace(path)).rejects.toThrow("tokenizer.json: it is a list of 0, expected an object");
    writeFileSync(path, '{"model":{"type":"none"}}');
    await expect(loadHuggingFace(path)).rejects.toThrow("is no tokenizer that @huggingface/tokenizers reads");
  });
});

it.skipIf(isInstalled)("says what to install", async () => {
  writeFileSync(path, JSON.stringify(file));
  await expect(loadHuggingFace(path)).rejects.toThrow(
    "tokenizer.json needs the package @huggingface/tokenizers, which is not installed: npm install @huggingface/tokenizers",
  );
  await expect(openTokenizer({ type: "huggingFace", tokenizer: {} })).rejects.toThrow("npm install");
  expect(() => readTokenizer({ type: "huggingFace", tokenizer: {} })).toThrow(
    "is not loaded yet; use await openTokenizer",
  );
});

it("cannot be learned", () => {
  expect(() => learnTokenizer([], { type: "huggingFace" })).toThrow(
    "huggingFace is read from a file, by loadHuggingFace",
  );
});
