/** From pictures with sentences to sentences on pictures: train, eval, predict, in one process. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../src/array/index.ts";
import { decodePng, encodePng } from "../../src/image/index.ts";
import { told } from "./told.ts";

const folder = mkdtempSync(join(tmpdir(), "fovea-caption-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SIDE = 8;
const COUNT = 48;
const LONG = 10_000;

const picture = (values: (k: number) => number, width = SIDE) =>
  encodePng({ width, height: SIDE, channels: 1, data: Uint8Array.from({ length: width * SIDE }, (_, k) => values(k)) });

/** Pictures that are bright on one side, with two sentences each, in COCO's form; and what is wrong with some. */
async function writePictures(): Promise<void> {
  const random = new Random(1, "sides");
  mkdirSync(join(folder, "pictures"));
  const images: object[] = [{ id: 900, file_name: "gone.png" }];
  const annotations: object[] = [
    { image_id: 900, caption: "Nothing." },
    { image_id: 0, caption: "  " },
    { image_id: 1, caption: "wordy ".repeat(LONG) },
    { image_id: 2, caption: "rare" },
  ];
  for (let i = 0; i < COUNT; i++) {
    const side = random.integer(2);
    const isBright = (k: number): boolean => Math.floor((k % SIDE) / (SIDE / 2)) === side;
    writeFileSync(
      join(folder, "pictures", `${i}.png`),
      await picture((k) => (isBright(k) ? 200 : 60) + random.integer(40)),
    );
    images.push({ id: i, file_name: `${i}.png` });
    const name = ["left", "right"][side];
    annotations.push(
      { image_id: i, caption: `Bright on the ${name}` },
      { image_id: i, caption: `The ${name} is bright` },
    );
  }
  writeFileSync(join(folder, "captions.json"), JSON.stringify({ images, annotations }));
  writeFileSync(join(folder, "wide.png"), await picture(() => 99, 2 * SIDE));
}

const data = "--data captions.json --pictures pictures --gray --longest 6 --threads 1 --engine wasm";
const small = "--maps 4,6 --embedding 8 --units 10 --batch 8 --validation 0 --seed 1";

describe("captions on the command line", () => {
  let said: Awaited<ReturnType<typeof told>>;
  beforeAll(async () => {
    await writePictures();
    said = await told(`train --task caption ${data} ${small} --epochs 12 --lr 0.02 --test 0.2 --out run`, folder);
  }, 120_000);

  it("says what is odd about the data, and holds out pictures with all their sentences", () => {
    expect(said.code, said.stderr).toBe(0);
    expect(said.stderr).toContain("gone.png");
    expect(said.stderr).toContain("1 sentence without a word, left out");
    expect(said.stderr).toContain("1 sentence longer than the option longest, cut");
    // 98 sentences, of which a fifth is held out, and then the second one on a picture too.
    expect(said.stderr).toMatch(/holding out 2\d sentences of pictures\/train to test with/);
  });

  it("shows sentences, and what they are worth by greedy and beam search", () => {
    expect(said.stdout).toMatch(/^→ (bright on the|the) (left|right)( is bright)?\n(= .*\n)+/m);
    expect(said.stdout).toMatch(/^test perplexity [\d.]+, .*pictures\/train/m);
    const [, exact] = /^beam of 5 {2}BLEU-1 … 4 .*, CIDEr [\d.]+, exactly right ([\d.]+) %$/m.exec(said.stdout) ?? [];
    expect(Number(exact)).toBeGreaterThan(80);
    expect(said.stdout).toMatch(/^greedy {5}BLEU-1 … 4 /m);
  });

  it("evaluates the run on the pictures that it held out, and on others", async () => {
    const own = await told("eval run --threads 1", folder);
    expect(own.stdout).toContain(/^beam of 5.*$/m.exec(said.stdout)![0]);
    const all = await told("eval run --data captions.json --threads 1 --json", folder);
    expect(JSON.parse(all.stdout)).toMatchObject({ bleu1: expect.any(Number), greedyCider: expect.any(Number) });
  });

  it("writes a sentence on a picture, and draws where it looked", async () => {
    const line = "predict run pictures/0.png --beam 2 --threads 1";
    const { stdout } = await told(line, folder);
    expect(stdout).toMatch(/^pictures\/0\.png\n {2}(bright on the|the) (left|right)( is bright)?\n$/);
    const drawn = JSON.parse((await told(`${line} --json --draw looked.png`, folder)).stdout);
    expect(drawn).toMatchObject({
      image: "pictures/0.png",
      answer: { sentence: stdout.split("\n")[1].trim(), logProbability: expect.any(Number), score: expect.any(Number) },
      drawing: "looked.png",
    });
    const { width, height } = await decodePng(readFileSync(join(folder, "looked.png")));
    expect(width).toBeGreaterThan(4 * 384);
    expect(height).toBeGreaterThan(384);
  });

  it("tests with other data in the words of those that it trains with", async () => {
    const rare = [{ image_id: 0, caption: "Seldom seen, seldom seen" }];
    writeFileSync(
      join(folder, "few.json"),
      JSON.stringify({ images: [{ id: 0, file_name: "0.png" }], annotations: rare }),
    );
    const { code, stdout } = await told(`train --task caption ${data} ${small} --epochs 1 --test few.json`, folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^= (<unk> ?)+$/m);
  });

  it("takes pictures of another size where it is told to", async () => {
    const refused = await told("predict run wide.png --threads 1", folder);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining("wide.png is 16×8, the model takes 8×8; --resize scales it"),
    ]);
    expect((await told("predict run wide.png --resize --threads 1", folder)).code).toBe(0);
  });

  it.each([
    ["train --task caption --data captions.json", "--pictures must name the folder or archive of the pictures of"],
    ["train --task caption --pictures pictures", "--data scenes has its own pictures; leave --pictures out"],
    [`train --task caption ${data} --longest 0`, "--longest"],
    ["train --task caption --data captions.json --pictures nowhere", "nowhere"],
    ["train --task caption --data nowhere.json --pictures pictures", "nowhere.json"],
    ["predict run pictures/0.png --beam 0", "--beam"],
  ])("%s is an error", async (line, message) => {
    const { code, stderr } = await told(line, folder);
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
  });
});
