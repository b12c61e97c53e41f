/** From two files of sentences to translations, and what is refused. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { told } from "./told.ts";

const folder = mkdtempSync(join(tmpdir(), "fovea-translate-"));
afterAll(() => rmSync(folder, { recursive: true }));

const words = { de: ["eins", "zwei", "drei", "vier"], en: ["one", "two", "three", "four"] };
/** Sentences of three words, in all orders of some numbers. */
const sentences = (language: "de" | "en"): string =>
  Array.from({ length: 120 }, (_, i) =>
    [i, i >> 2, i >> 4].map((k) => words[language][(k * 5 + i) % 4]).join(" "),
  ).join("\n");

const small = "--embedding 8 --units 12 --layers 1 --dropout 0 --label-smoothing 0 --epochs 2 --batch 32 --seed 1";

beforeAll(async () => {
  for (const language of ["de", "en"] as const) {
    writeFileSync(join(folder, `train.${language}`), `${sentences(language)}\n`);
    mkdirSync(join(folder, "set"), { recursive: true });
    for (const part of ["train", "val", "test_2016"])
      writeFileSync(join(folder, "set", `${part}.${language}`), `${sentences(language)}\n`);
  }
  const { code, stderr } = await told(
    `train --task translation --data train.de,train.en ${small} --out run --engine wasm --threads 1`,
    folder,
  );
  expect([code, stderr]).toEqual([0, expect.stringContaining("holding out lines at the end of train.de,train.en")]);
}, 120_000);

describe("fovea translate", () => {
  it("works from the run alone", async () => {
    const { code, stdout } = await told(["translate", "run", "eins zwei drei", "--beam", "2"], folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^([a-z]+ ?)*\n$/);
    const json = await told(["translate", "run", "eins zwei", "--json", "--length-penalty", "0"], folder);
    const found = JSON.parse(json.stdout);
    expect(found).toMatchObject({ source: "eins zwei" });
    expect(found.score).toBe(found.logProbability);
  });

  it("draws what it looked at", async () => {
    const files = ["--attention", "look.png", "--attention", "look.svg", "--attention", "look.json"];
    const { code } = await told(["translate", "run", "eins zwei drei", ...files], folder);
    expect(code).toBe(0);
    expect(readFileSync(join(folder, "look.png")).subarray(1, 4).toString()).toBe("PNG");
    expect(readFileSync(join(folder, "look.svg"), "utf8")).toContain(">zwei</text>");
    const { source, target, weights } = JSON.parse(readFileSync(join(folder, "look.json"), "utf8"));
    expect(source).toEqual(["eins", "zwei", "drei", "<eos>"]);
    expect(weights.shape).toEqual([target.length, 4]);
  });

  it("says what it cannot do", async () => {
    const without = await told(["translate", "run", "--attention", "look.png"], folder);
    expect([without.code, without.stderr]).toEqual([
      2,
      "error: --attention draws one sentence; give it as an argument\n",
    ]);
    const none = await told(["translate", "nothing", "eins"], folder);
    expect(none.code).toBe(1);
    expect(existsSync(join(folder, "nothing"))).toBe(false);
  });
});

it("fovea eval gives the figures of the task, and BLEU", async () => {
  const { code, stdout } = await told("eval run --data train.de,train.en --engine wasm", folder);
  expect(code).toBe(0);
  expect(stdout).toMatch(/perplexity \d/);
  expect(stdout).toMatch(/^BLEU = \d+\.\d\d, [\d./]+ \(BP=\d\.\d{3}, ratio=\d\.\d{3}, hyp_len=\d+, ref_len=360\)$/m);
  const json = JSON.parse((await told("eval run --data train.de,train.en --json", folder)).stdout);
  expect(json.bleu).toBeGreaterThanOrEqual(0);
});

it("reads a folder with the parts of both languages", async () => {
  const { code, stderr } = await told(
    `train --task translation --model vector --data set --from de --to en ${small} --limit 32 --test 0 --out folder-run --engine wasm`,
    folder,
  );
  expect(code).toBe(0);
  expect(stderr).not.toContain("holding out");
  const config = JSON.parse(readFileSync(join(folder, "folder-run", "config.json"), "utf8"));
  expect(config).toMatchObject({
    task: "translation",
    model: "vector",
    data: join(folder, "set"),
    from: "de",
    to: "en",
  });
});

it.each([
  ["--data set", 2, "say which languages: --from de --to en, the endings of its files"],
  ["--data set --from de --to fr", 1, "has no files such as train.de and train.fr; its files are"],
  ["--data train.de", 1, "train.de: expected two files, train.de,train.en, or a folder with the files of each part"],
  ["--data train.de,missing.en", 1, "missing.en"],
  ["--data train.de,train.en --test 120", 2, "--test 120: there are 120 pairs of lines; leave some to train with"],
  [
    "--data train.de,train.en --model transformer",
    2,
    "model must be one of 'vector', 'attention', 'convolution', got \"transformer\"",
  ],
])("%s is refused", async (options, code, message) => {
  const result = await told(`train --task translation ${options} --out refused`, folder);
  expect(result.stderr).toContain(message);
  expect(result.code).toBe(code);
  expect(existsSync(join(folder, "refused"))).toBe(false);
});
