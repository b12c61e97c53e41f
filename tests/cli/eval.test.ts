/** `fovea eval` beyond accuracy: figures of classes, several models, crops, pictures of mistakes. */
import { existsSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { decodePng } from "../../src/image/index.ts";
import { workspace, writeDigits } from "./run.ts";

const place = workspace();
const { fovea, launch, at, read } = place;
const COUNT = 60;

beforeAll(async () => {
  await writeDigits(place, "idx", { train: 150, test: COUNT });
  // Little training, so that there are mistakes to speak of.
  const words = "--data idx --validation 0 --epochs 4 --batch 16 --optimizer adam --lr 0.003 --schedule constant";
  for (const [seed, name] of ["a", "b"].entries())
    expect((await fovea(`train ${words} --seed ${seed} --out ${name}`)).code).toBe(0);
});

/** What is said where the data have more parts than are looked at. */
const part = `evaluating on idx/test: ${COUNT} of ${COUNT + 150} samples (--split train, all for others)\n`;

interface Result {
  readonly accuracy: number;
  readonly correct: number;
  readonly loss: number;
  readonly topK: Readonly<Record<string, number>>;
  readonly members?: readonly { run: string; accuracy: number; loss: number }[];
  readonly mistakes: readonly { sample: number; label: number; predicted: number; confidence: number }[];
  readonly confused: readonly { label: number; predicted: number; count: number }[];
  readonly confusion: readonly (readonly number[])[];
  readonly [name: string]: unknown;
}

const results = new Map<string, Promise<Result>>();

/** What the command says is the same each time; so it is asked once. */
function resultOf(words: string): Promise<Result> {
  const result = results.get(words) ?? evaluate(words);
  results.set(words, result);
  return result;
}

async function evaluate(words: string): Promise<Result> {
  const { code, stdout, stderr } = await fovea(`eval ${words} --data idx --json`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: part });
  return JSON.parse(stdout);
}

describe("the figures of a model", () => {
  it("are told to machines all together", async () => {
    const result = await resultOf("a --top 3");
    expect(result).toMatchObject({ data: "idx/test", count: COUNT, accuracy: result.correct / COUNT });
    expect(Object.keys(result.topK)).toEqual(["1", "3"]);
    expect(result.topK[3]).toBeGreaterThanOrEqual(result.topK[1]);
    expect(result.topK[1]).toBe(result.accuracy);
    expect(result.perClass).toHaveLength(10);
    expect(result.calibration).toMatchObject({ bins: { length: 15 } });
    expect(result.mistakes).toHaveLength(Math.min(20, COUNT - result.correct));
    for (const { label, predicted, count } of result.confused) expect(result.confusion[label][predicted]).toBe(count);
    expect(result).not.toHaveProperty("members");
    expect(result).not.toHaveProperty("voting");
    expect(Object.keys((await resultOf("a")).topK)).toEqual(["1", "5"]);
  });

  it("are told to people, each in its place", async () => {
    const { perClass, topK, mistakes, confused } = (await resultOf("a")) as Result & {
      perClass: { precision: number; support: number }[];
    };
    const { code, stdout, stderr } = await launch("eval a --data idx");
    expect({ code, stderr }).toEqual({ code: 0, stderr: part });
    expect(stdout).toContain(`\namong the first 5: ${(100 * topK[5]).toFixed(2)} %\n`);
    expect(stdout).toMatch(/\ncalibration error \d+\.\d\d %, at most \d+\.\d\d % in one of 15 bins\n/);
    const precision = perClass[7].precision === null ? "–" : `${(100 * perClass[7].precision).toFixed(1)} %`;
    const row = stdout.split("\n").find((line) => /^│ 7 +│/.test(line))!;
    const cells = row.split("│").map((cell) => cell.trim());
    expect([cells[2], cells[5]]).toEqual([precision, String(perClass[7].support)]);
    const [{ label, predicted, count }] = confused;
    expect(stdout).toContain(`\n  ${label} for ${predicted} ${count === 1 ? "once" : `${count} times`}, `);
    const [worst] = mistakes;
    expect(stdout).toContain(
      `\n  sample ${worst.sample}: ${worst.label} for ${worst.predicted}, ${(100 * worst.confidence).toFixed(2)} % sure\n`,
    );
  });
});

describe("several models", () => {
  it("are evaluated one by one and together", async () => {
    const [a, b, both] = [await resultOf("a"), await resultOf("b"), await resultOf("a b")];
    expect(both.members).toMatchObject([
      { run: "a", accuracy: a.accuracy, loss: a.loss },
      { run: "b", accuracy: b.accuracy, loss: b.loss },
    ]);
    expect(both.voting).toBe("probabilities");
    // −ln is convex: the mean of probabilities is never worse than the mean of the losses.
    expect(both.loss).toBeLessThan((a.loss + b.loss) / 2);
    const votes = await resultOf("a b --voting classes");
    expect(votes).toMatchObject({ voting: "classes", members: both.members });
    expect(votes.loss).not.toBe(both.loss);
    // One model twice is that model.
    const twice = await resultOf("a a");
    expect([twice.confusion, twice.loss]).toEqual([a.confusion, a.loss]);
  });

  it("are set side by side for people, with what they are worth together", async () => {
    const { stdout } = await fovea("eval a b --data idx");
    const [a, b, both] = [await resultOf("a"), await resultOf("b"), await resultOf("a b")];
    for (const [name, { accuracy }] of [
      ["a", a],
      ["b", b],
      ["ensemble of 2", both],
    ] as const)
      expect(stdout).toMatch(new RegExp(`│ ${name} +│ +${(100 * accuracy).toFixed(2)} % │`));
    const gain = (100 * (both.correct - Math.max(a.correct, b.correct))) / COUNT;
    const comparison = gain === 0 ? "as often as" : `${Math.abs(gain).toFixed(2)} points ${gain > 0 ? "more" : "less"}`;
    expect(stdout).toContain(`the ensemble is right ${comparison}`);
    expect(stdout).toContain(`\naccuracy ${(100 * both.accuracy).toFixed(2)} % (${both.correct} of ${COUNT})`);
  });
});

describe("crops", () => {
  it("vote, padded by an eighth of the picture unless told otherwise", async () => {
    const eighth = await resultOf("a --crops 5");
    expect(eighth).toMatchObject({ crops: 5, padding: [4], voting: "probabilities" });
    expect(await resultOf("a --crops 5 --crop-padding 4")).toEqual(eighth);
    const little = await resultOf("a --crops 5 --crop-padding 1");
    expect(little.loss).not.toBe(eighth.loss);
    // So far in, a digit is met again beyond the edge, unless that is black.
    const far = await resultOf("a --crops 5 --crop-padding 12");
    expect((await resultOf("a --crops 5 --crop-padding 12 --crop-fill black")).loss).not.toBe(far.loss);
    expect(await resultOf("a --crops 5 --crop-padding 12 --crop-fill reflect")).toEqual(far);
    // Without room there are five times the same picture.
    const once = await resultOf("a");
    const same = await resultOf("a --crops 5 --crop-padding 0");
    expect(same.confusion).toEqual(once.confusion);
    // Most digits are others in a mirror.
    expect((await resultOf("a --crops 10 --crop-padding 0")).loss).toBeGreaterThan(same.loss);
    expect((await fovea("eval a b --data idx --crops 5")).stdout).toContain(
      "\nvotes of 5 crops of each picture, padded by 4\n",
    );
  });

  it("vote with classes when told to, and the figures say that they are of votes", async () => {
    const { stdout } = await fovea("eval a --data idx --crops 5 --voting classes");
    expect(stdout).toContain("\nloss, Brier score and calibration are those of shares of votes\n");
  });
});

describe("pictures", () => {
  it("of mistakes and confusions are written", async () => {
    const { code, stderr } = await fovea("eval a --data idx --worst 5 --mistakes out/m.png --confusions out/c.png");
    expect({ code, stderr }).toEqual({ code: 0, stderr: part });
    const [mistakes, confusions] = await Promise.all([decodePng(read("out/m.png")), decodePng(read("out/c.png"))]);
    // 5 pictures of 84×84 in three columns, and rows of six.
    expect(mistakes.width).toBeGreaterThan(3 * 84);
    expect(mistakes.height).toBeGreaterThan(2 * 84);
    expect(confusions.width).toBeGreaterThan(6 * 84);
    expect((await resultOf("a --worst 5")).mistakes).toHaveLength(5);
  });

  it("of mistakes are not written where there are none", async () => {
    const { sample } = (await resultOf("a --worst 1")).mistakes[0];
    const right = await resultOf("a");
    const wrong = right.mistakes.map((mistake) => mistake.sample);
    expect(wrong).toContain(sample);
    // The first samples up to the first mistake.
    const clean = Math.min(...wrong);
    expect(clean).toBeGreaterThan(0);
    const { code, stderr, stdout } = await fovea(`eval a --data idx --limit ${clean} --mistakes none.png`);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `${part}there are no mistakes to draw; none.png is not written\n`,
    });
    expect(existsSync(at("none.png"))).toBe(false);
    expect(stdout).toContain("accuracy 100.00 %");
    expect(stdout).not.toContain("confused most");
  });
});
