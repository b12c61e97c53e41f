/** From pictures with boxes to boxes in other pictures: train, eval, predict, in one process. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../src/array/index.ts";
import { decodePng, encodePng } from "../../src/image/index.ts";
import { told } from "./told.ts";

const folder = mkdtempSync(join(tmpdir(), "fovea-boxes-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SIDE = 32;
const COUNT = 56;

/** Pictures of noise with a bright square of 10 pixels, and YOLO's labels; the last picture has none. */
async function writePictures(): Promise<void> {
  const random = new Random(1, "squares");
  mkdirSync(join(folder, "set"));
  writeFileSync(join(folder, "set/classes.txt"), "square\nnone\n");
  for (let i = 0; i < COUNT; i++) {
    const [left, top] = i === 0 ? [4, 8] : [random.integer(SIDE - 10), random.integer(SIDE - 10)];
    const isThere = i < COUNT - 1;
    const isInside = (k: number): boolean => {
      const [x, y] = [k % SIDE, Math.floor(k / SIDE)];
      return isThere && x >= left && x < left + 10 && y >= top && y < top + 10;
    };
    const pixels = Uint8Array.from({ length: SIDE * SIDE }, (_, k) => (isInside(k) ? 200 : 80) + random.integer(30));
    const picture = { width: SIDE, height: SIDE, channels: 1 as const, data: pixels };
    writeFileSync(join(folder, `set/${i}.png`), await encodePng(picture));
    const line = `0 ${(left + 5) / SIDE} ${(top + 5) / SIDE} ${10 / SIDE} ${10 / SIDE}`;
    writeFileSync(join(folder, `set/${i}.txt`), isThere ? line : "");
  }
}

const train = "train --task boxes --data set --gray --maps 8,16 --threads 1";

describe("boxes on the command line", () => {
  let said: Awaited<ReturnType<typeof told>>;
  beforeAll(async () => {
    await writePictures();
    const options = "--augment flip --epochs 12 --batch 8 --lr 0.01 --validation 0 --test 8 --seed 1 --out run";
    said = await told(`${train} ${options}`, folder);
  }, 120_000);

  it("says what is odd, and how well each class is found", () => {
    expect(said.code, said.stderr).toBe(0);
    expect(said.stderr).toContain("1 picture without objects");
    expect(said.stderr).toContain("holding out 8 pictures of set/train to test with");
    expect(said.stdout).toMatch(
      /^square +AP50 [\d.]+ %, of [78] boxes\nnone +AP50 –, of 0 boxes\ntest map [\d.]+ %, loss /m,
    );
    expect(Number(/ap50 ([\d.]+) %/.exec(said.stdout)?.[1])).toBeGreaterThan(80);
  });

  it("evaluates the run on the pictures that it held out, and on others", async () => {
    const own = await told("eval run --threads 1", folder);
    expect(own.stdout).toMatch(/ap50 [\d.]+ %.*\(8 samples\)/);
    const all = JSON.parse((await told("eval run --data set --threads 1 --json", folder)).stdout);
    expect(all).toMatchObject({ count: COUNT });
    expect(all.ap50).toBeGreaterThan(0.8);
  });

  it("finds the boxes of a picture of any size in its own pixels, and draws them", async () => {
    const small = await decodePng(readFileSync(join(folder, "set/0.png")), "0.png");
    const data = Uint8Array.from({ length: 4 * SIDE * SIDE }, (_, k) => {
      const [x, y] = [k % (2 * SIDE), Math.floor(k / (2 * SIDE))];
      return small.data[(y >> 1) * SIDE + (x >> 1)];
    });
    writeFileSync(join(folder, "large.png"), await encodePng({ width: 2 * SIDE, height: 2 * SIDE, channels: 1, data }));
    const { stdout, code, stderr } = await told(
      "predict run large.png --resize --draw out.png --json --threads 1",
      folder,
    );
    expect(code, stderr).toBe(0);
    const { answer } = JSON.parse(stdout) as { answer: { class: string; score: number; box: number[] }[] };
    expect(answer[0].class).toBe("square");
    for (const [i, edge] of [8, 16, 28, 36].entries()) expect(Math.abs(answer[0].box[i] - edge)).toBeLessThan(4);
    expect(existsSync(join(folder, "out.png"))).toBe(true);
  });

  it.each([
    [`${train} --size 30x30`, "pictures of 30x30 cannot be halved 3 times; scale them: --size 32x32"],
    [`${train} --stride 5`, "one of 4, 8"],
    [`${train} --maps 8`, "maps must be a list of at least 2 integers"],
    ["train --task boxes --data nowhere", "nowhere: there is no such folder or archive"],
  ])("%s is an error", async (line, message) => {
    const { code, stderr } = await told(line, folder);
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
  });
});
