/** `fovea train --task language`, `fovea sample` and `fovea eval` of such a run. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { trainTasks } from "../../src/cli/train-tasks/index.ts";
import { jsonLines } from "./run.ts";
import { told } from "./told.ts";

const folder = mkdtempSync(join(tmpdir(), "fovea-language-"));
afterAll(() => rmSync(folder, { recursive: true }));
const fovea = (words: string | readonly string[]) => told(words, folder);
const bytes = (...path: string[]): Buffer => readFileSync(join(folder, ...path));

const SMALL = "--units 8 --layers 1 --batch 4 --steps 16 --threads 1";
/** Milliseconds that a training may take on a busy machine. */
const SLOW = 60_000;
vi.setConfig({ testTimeout: SLOW });

/** 1 000 characters. */
const RHYME = "one two three four five ".repeat(60).slice(0, 1000);

beforeAll(async () => {
  writeFileSync(join(folder, "rhyme.txt"), RHYME);
  writeFileSync(join(folder, "other.txt"), "five four three two one\n".repeat(20));
  const { code, stdout } = await fovea(
    `train --task language --data rhyme.txt ${SMALL} --epochs 4 --lr 0.03 --schedule constant --out run`,
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(/^test perplexity \d+\.\d{4}, loss \d\.\d{4}, .* on the end of rhyme\.txt$/m);
}, SLOW);

/** The tasks that have a setting, as messages list them. */
const tasksWith = (setting: string): string =>
  trainTasks.flatMap(({ name, settings }) => (Object.hasOwn(settings, setting) ? [name] : [])).join(", ");

describe("fovea train --task language", () => {
  it("keeps what texts are read with beside the run", () => {
    const files = ["checkpoint.safetensors", "config.json", "metrics.jsonl", "model.safetensors", "tokenizer.json"];
    expect(readdirSync(join(folder, "run")).sort()).toEqual(files);
    expect(JSON.parse(String(bytes("run", "tokenizer.json")))).toMatchObject({ type: "characters" });
    expect(JSON.parse(String(bytes("run", "config.json")))).toMatchObject({
      ...{ task: "language", model: "lstm", data: join(folder, "rhyme.txt"), tokens: "characters" },
      ...{ units: 8, embedding: 0, optimizer: "adamW", learningRate: 0.03, test: null, validation: 0.05 },
    });
  });

  it("says which text is held out, and counts in characters", async () => {
    const { stderr } = await fovea(`train --task language --data rhyme.txt ${SMALL} --epochs 1 --model conv`);
    expect(stderr).toContain(
      "holding out characters at the end of rhyme.txt: 45 to choose the best epoch by, 100 to test with\n",
    );
    expect(stderr).toMatch(/^conv on rhyme\.txt: 832 characters, \d+ to choose the best epoch by, 1 epoch$/m);
  });

  it("goes on with a run to the same bytes", async () => {
    const begin = (out: string, epochs: number) =>
      fovea(
        `train --task language --data rhyme.txt ${SMALL} --schedule constant --epochs ${epochs} --dropout 0.3 --out ${out}`,
      );
    expect((await begin("part", 1)).code).toBe(0);
    expect((await fovea("train --resume part --epochs 2 --threads 1")).code).toBe(0);
    expect((await begin("whole", 2)).code).toBe(0);
    for (const name of ["model.safetensors", "checkpoint.safetensors"])
      expect(bytes("part", name).equals(bytes("whole", name)), name).toBe(true);
  });

  it.each([
    "--tokens words",
    "--tokens bpe --vocabulary 300",
    "--model gru --tied",
    "--model rnn --layers 2",
    "--test other.txt",
  ])("takes %s", async (words) => {
    const { code, stderr } = await fovea(
      `train --task language --data rhyme.txt ${SMALL} --steps 4 --batch 2 --epochs 1 ${words}`,
    );
    expect({ code, error: /error.*/.exec(stderr) }).toEqual({ code: 0, error: null });
  });

  it.each([
    ["train --task language", "--task language needs --data <path>: a file of text, in UTF-8, packed with gzip or not"],
    [
      "train --task language --data rhyme.txt --size 8x8",
      `--size is for --task ${tasksWith("size")}; language has no such option`,
    ],
    ["train --units 8", `--units is for --task ${tasksWith("units")}; classification has no such option`],
    [
      "train --task language --data rhyme.txt --model resnet18",
      "option '--model <name>' argument 'resnet18' is invalid. There is no 'resnet18'; known: lstm, gru, rnn, conv",
    ],
    [
      "train --task language --data rhyme.txt",
      "textStreams: rhyme.txt has 855 tokens; 64 streams of 128 steps take 8193",
    ],
    [
      "train --task language --data rhyme.txt --test 1000",
      "--test 1000: the text has 1000 characters; leave some to train with",
    ],
    [
      "train --task language:shifted=false --data rhyme.txt",
      "option '--task <name>' argument 'language:shifted=false' is invalid.",
    ],
    ["train --task language --data rhyme.txt --tied --embedding 3", "leave out embedding (3), or tied"],
    ["train --task language --data none.txt", "none.txt"],
    ["predict run x.png", "run is a run of --task language, and this command is for models of pictures"],
    ["eval run --top 3", "--top is for models of pictures; run is a run of --task language"],
  ])("%s fails", async (words, message) => {
    const { code, stderr } = await fovea(words);
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
  });

  it("has its options in the help, apart from those of other tasks", async () => {
    const { stdout } = await fovea("train --help");
    const [, language] = stdout.split("Options of --task language");
    expect(language).toMatch(/--steps <n> +tokens that gradients flow through/);
    expect(language).toMatch(/--lr <rate> +learning rate \(default: 0\.002\)/);
    expect(stdout.split("Options of --task")[1]).toMatch(/--augment <name>/);
  });
});

describe("fovea sample", () => {
  it("goes on from the prompt, with the same text for the same seed", async () => {
    const sample = (seed: number) =>
      fovea(["sample", "run", "--prompt", "one two", "--length", "40", "--seed", String(seed)]);
    const first = await sample(1);
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/^one two[a-z ]{40}\n$/);
    expect(await sample(1)).toEqual(first);
    expect((await sample(2)).stdout).not.toBe(first.stdout);
  });

  it("prints a line of JSON for each piece", async () => {
    const { stdout } = await fovea("sample run --prompt one --length 7 --temperature 0 --json");
    const lines = jsonLines(stdout);
    expect(lines).toHaveLength(7);
    expect(lines.every(({ text }) => typeof text === "string" && text.length === 1)).toBe(true);
  });

  it("needs something to go on from, and a language model", async () => {
    expect((await fovea(["sample", "run", "--prompt", ""])).stderr).toContain(
      "expects at least one token to go on from",
    );
    expect((await fovea("sample nothing")).stderr).toContain("nothing holds no run");
  });
});

describe("fovea eval of a language model", () => {
  it("gives perplexity, nats and bits on the text that was held out, or on another", async () => {
    const own = await fovea("eval run");
    expect(own.stdout).toMatch(
      /^loss \d\.\d{4}, perplexity \d+\.\d{4}, bitsPerToken \d\.\d{4}, accuracy .*, on the end of /,
    );
    const other = jsonLines((await fovea("eval run --data other.txt --json")).stdout)[0];
    expect(Number(other.perplexity)).toBeCloseTo(Math.exp(Number(other.loss)), 4);
    expect(Number(other.bitsPerToken)).toBeCloseTo(Number(other.loss) / Math.LN2, 6);
  });
});
