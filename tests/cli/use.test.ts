/** What one does with a trained model: `fovea eval`, `predict` and `summary`. */
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { drawDigit, drawDigits } from "../../src/data/index.ts";
import { resize } from "../../src/image/index.ts";
import { jsonLines, pngOf, workspace, writeDigits } from "./run.ts";

const place = workspace();
const { fovea, launch, write } = place;
const TRAINED = 150;
/** Pictures that the model was trained on, so that there is no doubt about what it sees: the first of each digit. */
const { labels } = drawDigits({ count: 10 });
const indexOf = (digit: number): number => labels.data.indexOf(digit);
const pictureOf = (digit: number): Uint8Array => drawDigit(digit, 0, "train", indexOf(digit));
const inverted = (data: Uint8Array): Uint8Array => data.map((x) => 255 - x);

beforeAll(async () => {
  await writeDigits(place, "idx", { train: TRAINED, test: 30 });
  const words =
    "--data idx --validation 0 --epochs 6 --batch 16 --optimizer adam --lr 0.003 --schedule constant --out model";
  expect((await fovea(`train ${words}`)).code).toBe(0);
  for (let digit = 0; digit < 10; digit++) await write(`${digit}.png`, await pngOf(pictureOf(digit)));
});

interface Prediction {
  readonly image: string;
  readonly classes: readonly { readonly class: string; readonly probability: number }[];
}
const predictions = async (words: string): Promise<Prediction[]> => {
  const { code, stdout } = await fovea(`predict model --json ${words}`);
  expect(code).toBe(0);
  return jsonLines(stdout) as unknown as Prediction[];
};
const topClass = async (words: string): Promise<string> => (await predictions(words))[0].classes[0].class;

describe("fovea predict", () => {
  it("puts the right class on top for every digit, in the order of the pictures", async () => {
    const digits = Array.from({ length: 10 }, (_, digit) => digit);
    const results = await predictions(digits.map((digit) => `${digit}.png`).join(" "));
    expect(results.map(({ image, classes }) => [image, classes[0].class])).toEqual(
      digits.map((digit) => [`${digit}.png`, `${digit}`]),
    );
    for (const { classes } of results) {
      expect(classes).toHaveLength(3);
      const shares = classes.map(({ probability }) => probability);
      expect(shares).toEqual(shares.toSorted((a, b) => b - a));
    }
  });

  it("prints names, bars and shares for people", async () => {
    const { code, stdout, stderr } = await launch("predict model 7.png --top 2");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^7\.png\n {2}7 █[█▏▎▍▌▋▊▉ ]{23} +\d+\.\d\d %\n {2}\d [█▏▎▍▌▋▊▉ ]{24} +\d+\.\d\d %\n$/);
  });

  it("gives all classes when more are asked for, and their shares add up to 1", async () => {
    const [{ classes }] = await predictions("3.png --top 99");
    expect(classes.map((entry) => entry.class).sort()).toEqual([..."0123456789"]);
    // Ten float32 numbers of 24 bits.
    expect(classes.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
  });

  it("reads dark ink on light paper when told to, and asks about it when not", async () => {
    await write("ink.png", await pngOf(inverted(pictureOf(4))));
    expect(await predictions("--invert ink.png")).toEqual([
      { image: "ink.png", classes: (await predictions("4.png"))[0].classes },
    ]);
    const { code, stdout, stderr } = await fovea("predict model ink.png");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ink\.png\n/);
    expect(stderr).toBe("ink.png looks dark on light; for a model of light ink on dark add --invert\n");
    for (const name of ["ink.png", "4.png"]) expect((await fovea(`predict model --invert ${name}`)).stderr).toBe("");
  });

  it("reads pictures of another size when told to", async () => {
    const large = resize({ width: 28, height: 28, channels: 1, data: pictureOf(2) }, 56, 56);
    await write("large.png", await pngOf(large.data, 56));
    expect(await topClass("--resize large.png")).toBe("2");
    await write("both.png", await pngOf(inverted(large.data), 56));
    expect(await topClass("--resize --invert both.png")).toBe("2");
  });

  it("reads colors, transparency and JPEG", async () => {
    const gray = sharp(Buffer.from(pictureOf(5)), { raw: { width: 28, height: 28, channels: 1 } });
    await write("five.jpg", await gray.clone().jpeg({ quality: 95 }).toBuffer());
    // White paper that shows through where there is no ink.
    const ink = Uint8Array.from({ length: 28 * 28 * 4 }, (_, i) => (i % 4 === 3 ? pictureOf(5)[(i - 3) / 4] : 0));
    await write(
      "ink.png",
      await sharp(ink, { raw: { width: 28, height: 28, channels: 4 } })
        .png()
        .toBuffer(),
    );
    expect(await topClass("five.jpg")).toBe("5");
    expect(await topClass("--invert ink.png")).toBe("5");
  });

  it("takes a model file as well as a run folder", async () => {
    const { stdout } = await fovea("predict model/model.safetensors 7.png");
    expect(stdout).toBe((await fovea("predict model 7.png")).stdout);
  });
});

describe("fovea eval", () => {
  it("tells accuracy, loss and confusions for the test data of a folder", async () => {
    const { code, stdout } = await fovea("eval model --data idx");
    expect(code).toBe(0);
    const [, percent, correct] = /^accuracy (\S+) % \((\d+) of 30\), loss \d\.\d{4}, on idx\/test$/m.exec(stdout) ?? [];
    expect(Number(percent)).toBeCloseTo((100 * Number(correct)) / 30, 2);
    // A row for each class, with ten counts and the share of the right ones.
    const rows = stdout.split("\n").filter((line) => /^│ +\d │/.test(line));
    expect(rows.map((row) => row.split("│").length)).toEqual(Array(10).fill(14));
  });

  it("tells machines the same, of either part and of as many as asked for", async () => {
    const result = async (words: string) => JSON.parse((await fovea(`eval model --data idx --json ${words}`)).stdout);
    const test = await result("");
    expect(test).toMatchObject({ data: "idx/test", count: 30, classes: [..."0123456789"] });
    const counts: number[][] = test.confusion;
    expect(counts.flat().reduce((a, b) => a + b)).toBe(30);
    expect(counts.reduce((sum, row, k) => sum + row[k], 0)).toBe(test.correct);
    const seen = await result("--split train");
    expect(seen).toMatchObject({ data: "idx/train", count: TRAINED });
    // What was learned by heart.
    expect(seen.accuracy).toBeGreaterThan(0.9);
    expect(await result("--limit 10")).toMatchObject({ data: "idx/test", count: 10 });
    expect(await result("--split train --limit 10")).toMatchObject({ data: "idx/train", count: 10 });
  });

  it("tries the model on the built-in digits", async () => {
    const result = JSON.parse((await fovea("eval model --data digits --limit 30 --json")).stdout);
    // Those that were written to the folder are the first of them.
    const folder = JSON.parse((await fovea("eval model --data idx --json")).stdout);
    expect(result).toEqual({ ...folder, data: "digits/test" });
  });
});

describe("fovea summary", () => {
  it("shows a trained model as its network", async () => {
    const { code, stdout } = await launch("summary model");
    expect(code).toBe(0);
    expect(stdout).toBe((await fovea("summary lenet5")).stdout);
    expect((await fovea("summary model/model.safetensors")).stdout).toBe(stdout);
  });
});
