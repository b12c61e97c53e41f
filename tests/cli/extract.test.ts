/** `fovea look extract`, in this process: a document and the sentences that mattered. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { documentNetwork } from "../../src/models/index.ts";
import * as nn from "../../src/nn/index.ts";
import { learnTokenizer } from "../../src/text/index.ts";
import { createRunFolder } from "../../src/train/index.ts";
import { told } from "./told.ts";

const folder = mkdtempSync(join(tmpdir(), "fovea-extract-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const REVIEW = "A <fine> film. We laughed & cried! The end came late.";

beforeAll(async () => {
  const tokenizer = learnTokenizer([REVIEW], { type: "words" });
  const network = documentNetwork({ words: tokenizer.size, classes: 2, features: 4, maps: 3, documentMaps: 3 });
  const input = { shape: [8, 6], dtype: "i32", sequence: true } as const;
  const model = nn.Model.build(network, { input, classes: ["bad", "good"], seed: 1 });
  const run = await createRunFolder(at("run"), {});
  await run.saveBest(await model.toBytes());
  await run.keep("tokenizer", tokenizer.toJSON());
  await model.save(at("alone.safetensors"));
  writeFileSync(at("review.txt"), REVIEW);
  writeFileSync(at("empty.txt"), "\n");
  writeFileSync(at("latin.txt"), Uint8Array.of(0x61, 0xe9, 0x62));
});

describe("fovea look extract", () => {
  it("prints all sentences, with a mark before those of the extract", async () => {
    const { code, stdout, stderr } = await told("look extract run --text review.txt --engine interpreter", folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [title, ...sentences] = stdout.trimEnd().split("\n");
    expect(title).toMatch(/^(bad|good) \(\d+\.\d %\); (bad|good) \(\d+\.\d %\) by 1 of 3 sentences$/);
    expect(sentences.map((line) => line.slice(12))).toEqual([
      "A <fine> film.",
      "We laughed & cried!",
      "The end came late.",
    ]);
    expect(sentences.filter((line) => line.startsWith(">"))).toHaveLength(1);
  });

  it("writes a page and the numbers", async () => {
    const words =
      "look extract run --text review.txt --keep 0.6 --by magnitude --engine interpreter --json -o a.html -o a.json";
    const { code, stdout } = await told(words, folder);
    expect(code).toBe(0);
    const page = readFileSync(at("a.html"), "utf8");
    expect(page).toContain("A &lt;fine&gt; film.");
    expect(page.match(/<mark /g)).toHaveLength(2);
    expect(page).toContain("<footer>fovea look extract run --text review.txt");
    const { command, ...numbers } = JSON.parse(readFileSync(at("a.json"), "utf8"));
    expect(numbers).toEqual(JSON.parse(stdout));
    expect(numbers.sentences).toHaveLength(3);
    expect(numbers.sentences[0]).toEqual({
      text: "A <fine> film.",
      relevance: expect.any(Number),
      isKept: expect.any(Boolean),
    });
  });

  it.each([
    ["look extract alone.safetensors --text review.txt", "alone.safetensors has no tokenizer.json"],
    ["look extract run --text none.txt", "cannot read none.txt"],
    ["look extract run --text empty.txt", "the text has no sentences"],
    ["look extract run --text latin.txt", "latin.txt: line 1 is not UTF-8"],
    ["look extract run --text review.txt --keep 2", "--keep"],
    ["look extract run --text review.txt --layer conv", "layer 'conv'"],
    ["look extract run --text review.txt -o a.png", "there is nothing to draw here"],
    ["look extract run", "required option '--text <file>' not specified"],
    ["look filters run -o a.html", "there is no page of this"],
  ])("%s: says what is wrong", async (words, message) => {
    const { code, stderr } = await told(`${words}${words.includes("filters") ? "" : " --engine interpreter"}`, folder);
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
  });
});
