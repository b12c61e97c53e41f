/** Classification of texts on the command line: train, predict, eval, in one process. */
import { mkdtempSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../src/array/index.ts";
import { told } from "./told.ts";

/** Questions whose first word tells their class, with other words around it. */
function lines(count: number, seed: number): string {
  const random = new Random(seed, "lines");
  const first = { place: "where", person: "who", time: "when" };
  const others = ["is", "the", "city", "of", "a", "river", "king", "war", "was", "?"];
  const words = (n: number): string => Array.from({ length: n }, () => others[random.integer(others.length)]).join(" ");
  const names = Object.keys(first) as (keyof typeof first)[];
  return Array.from({ length: count }, (_, i) => {
    const name = names[i % 3];
    return `${name} ${words(random.integer(3))} ${first[name]} ${words(1 + random.integer(6))}\n`;
  }).join("");
}

const folder = mkdtempSync(join(tmpdir(), "fovea-text-"));
const train = "train --task text --data questions.txt --epochs 4 --batch 10 --threads 1 --out run";

describe("texts on the command line", () => {
  let said: Awaited<ReturnType<typeof told>>;
  beforeAll(async () => {
    writeFileSync(join(folder, "questions.txt"), lines(150, 1));
    writeFileSync(join(folder, "others.txt"), lines(60, 2));
    said = await told(train, folder);
  }, 120_000);

  it("learns, and says how good it is on texts set aside, class by class", () => {
    expect(said.stderr).toContain("words, whose vectors begin at random");
    expect(said.stderr).toContain("135 texts are too few to choose an epoch by some of them; the last one is kept");
    expect(said.code, said.stderr).toBe(0);
    const lines = said.stdout.split("\n");
    expect(lines.filter((line) => /^(person|place|time) .* of 5 recognized/.test(line))).toHaveLength(3);
    const [, accuracy] = /test accuracy ([\d.]+) % \(\d+ of 15\)/.exec(said.stdout) ?? [];
    expect(Number(accuracy)).toBeGreaterThan(80);
  });

  it("writes down what it chose", () => {
    const config = JSON.parse(readFileSync(join(folder, "run/config.json"), "utf8"));
    expect(config).toMatchObject({
      task: "text",
      model: "kim",
      epochs: 4,
      batch: 10,
      vectors: "none",
      encoding: "utf-8",
    });
    expect(JSON.parse(readFileSync(join(folder, "run/tokenizer.json"), "utf8"))).toMatchObject({ type: "words" });
  });

  it("answers texts, with probabilities", async () => {
    const { stdout } = await told(["predict", "run", "who was the king ?", "Where is the river"], folder);
    expect(stdout).toMatch(/who was the king \?\n {2}person .*\n(.*\n)*Where is the river\n {2}place /);
    const json = await told(["predict", "run", "zzz", "--json", "--top", "1"], folder);
    expect(JSON.parse(json.stdout)).toEqual({ text: "zzz", classes: [expect.anything()], unknown: true });
    expect((await told(["predict", "run", "--invert", "a"], folder)).stderr).toContain(
      "--invert is for pictures; leave it out",
    );
  });

  it("is evaluated on another file, and on the texts set aside", async () => {
    const other = JSON.parse((await told("eval run --data others.txt --json", folder)).stdout);
    expect(other).toMatchObject({ data: "others.txt/train", count: 60, classes: ["person", "place", "time"] });
    expect(other.accuracy).toBeGreaterThan(0.8);
    const own = JSON.parse((await told("eval run --json", folder)).stdout);
    expect(own.count).toBe(15);
    const wrong = await told("eval run --data others.txt --crops 10", folder);
    expect(wrong.stderr).toContain("--crops is for models of pictures; run is a run of --task text");
  });

  it("shows which words excite filters", async () => {
    const { stdout, stderr } = await told("look ngrams run --layer windows.0.conv --units 3 --count 2 --json", folder);
    expect(stderr).toBe("");
    const { data, units } = JSON.parse(stdout);
    expect(data).toBe("questions.txt/train");
    expect(units).toEqual([{ unit: 3, ngrams: [expect.anything(), expect.anything()] }]);
    for (const { words } of units[0].ngrams) expect(words.length).toBeLessThanOrEqual(3);
    const people = (await told("look ngrams run --layer windows.0.conv", folder)).stdout.trim().split("\n");
    expect(people).toHaveLength(8);
    expect(people[0]).toMatch(/^windows\.0\.conv 0: -?\d+\.\d\d \S+/);
  });

  it("tests with a given file, of any encoding", async () => {
    writeFileSync(join(folder, "latin.txt"), Buffer.from(lines(60, 3).replaceAll("city", "cit\xe9"), "latin1"));
    const words = "train --task text --data latin.txt --test others.txt --epochs 1 --threads 1 --out latin --json";
    const { stdout, stderr, code } = await told(words, folder);
    expect(stderr).toContain("it is read as Latin-1");
    expect(code, stderr).toBe(0);
    const test = stdout.trim().split("\n").map((line) => JSON.parse(line)).find(({ event }) => event === "test"); // biome-ignore format: one line
    expect(test).toMatchObject({ data: "others.txt/train", count: 60 });
  });

  it("begins with the vectors of a file, unless they are of another language", async () => {
    const words = ["the", "of", "is", "a", "was", "?", "city", "river", "king", "war", "where", "who", "when", "queen"];
    const vectorsOf = (names: readonly string[]): string =>
      names.map((name, i) => `${name} ${i} -0.5 ${i / 7} 1\n`).join("");
    writeFileSync(join(folder, "english.vec"), vectorsOf(words));
    writeFileSync(join(folder, "other.vec"), vectorsOf(words.map((word) => `${word}x`)));
    const trained = (rest: string) =>
      told(`train --task text --data questions.txt --limit 16 --epochs 1 --threads 1 ${rest}`, folder);
    const known = await trained("--vectors english.vec --model dynamic --out known");
    expect(known.code, known.stderr).toBe(0);
    expect(known.stderr).toMatch(
      /16 words with vectors of 4 numbers from .*english\.vec, which has 100\.0 % of the running/,
    );
    const config = JSON.parse(readFileSync(join(folder, "known/config.json"), "utf8"));
    expect(config).toMatchObject({ model: "dynamic", vectors: join(realpathSync(folder), "english.vec") });
    const foreign = await trained("--vectors other.vec --test 0 --out foreign");
    expect(foreign.stderr).toContain("other.vec has vectors for 0.0 % of the running words only, and is not used");
    expect(foreign.code).toBe(0);
    expect((await told("predict known queen --json", folder)).stdout).not.toContain("unknown");
  }, 120_000);

  it("says what is wrong with data", async () => {
    writeFileSync(join(folder, "one.txt"), "a b\na c\n");
    writeFileSync(join(folder, "empty.txt"), "");
    const error = async (words: string) => (await told(`train --task text ${words} --out wrong`, folder)).stderr;
    expect(await error("--data one.txt")).toContain("are of one class");
    expect(await error("--data empty.txt")).toContain("has no texts");
    expect(await error("--data none.txt")).toContain("there is no such file");
    expect(await error("--data questions.txt --vectors none.vec")).toContain("none.vec");
    expect(await error("")).toContain("--task text needs --data");
  });
});
