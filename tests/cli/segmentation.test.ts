/** From pictures with masks to a class for each pixel: train, eval, predict, in one process. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../src/array/index.ts";
import { decodePng, encodePng } from "../../src/image/index.ts";
import { told } from "./told.ts";

const folder = mkdtempSync(join(tmpdir(), "fovea-segmentation-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SIDE = 16;
const COUNT = 40;

/** Pictures of noise with a bright square, and their masks, class 1 in the square. */
async function writePictures(): Promise<void> {
  const random = new Random(1, "squares");
  for (const name of ["images", "masks"]) mkdirSync(join(folder, "set", name), { recursive: true });
  for (let i = 0; i < COUNT; i++) {
    const [left, top] = [random.integer(SIDE - 6), random.integer(SIDE - 6)];
    const isInside = (k: number): boolean => {
      const [x, y] = [k % SIDE, Math.floor(k / SIDE)];
      return x >= left && x < left + 6 && y >= top && y < top + 6;
    };
    const pixels = Uint8Array.from({ length: SIDE * SIDE }, (_, k) => (isInside(k) ? 200 : 80) + random.integer(30));
    const classes = Uint8Array.from({ length: SIDE * SIDE }, (_, k) => Number(isInside(k)));
    const size = { width: SIDE, height: SIDE, channels: 1 as const };
    writeFileSync(join(folder, "set/images", `${i}.png`), await encodePng({ ...size, data: pixels }));
    writeFileSync(join(folder, "set/masks", `${i}.png`), await encodePng({ ...size, data: classes }));
  }
}

const train = "train --task segmentation --data set --classes ground,square --maps 4,8 --threads 1";

describe("segmentation on the command line", () => {
  let said: Awaited<ReturnType<typeof told>>;
  beforeAll(async () => {
    await writePictures();
    const options = "--model segnet --gray --epochs 40 --batch 8 --lr 0.01 --validation 0 --test 8 --seed 1 --out run";
    said = await told(`${train} ${options}`, folder);
  }, 120_000);

  it("says what is held out, and how well each class is found", () => {
    expect(said.code, said.stderr).toBe(0);
    expect(said.stderr).toContain("holding out 8 pictures of set/train to test with");
    expect(said.stdout).toMatch(
      /^ground +IoU [\d.]+ %\nsquare +IoU [\d.]+ %\ntest meanIoU [\d.]+ %, loss .*set\/train/m,
    );
    const [, found] = /test meanIoU ([\d.]+) %/.exec(said.stdout) ?? [];
    expect(Number(found)).toBeGreaterThan(80);
  });

  it("evaluates the run on the pictures that it held out, and on others", async () => {
    const own = await told("eval run --threads 1", folder);
    expect(own.stdout).toMatch(/meanIoU [\d.]+ %.*\(8 samples\)/);
    const all = JSON.parse((await told("eval run --data set --threads 1 --json", folder)).stdout);
    expect(all).toMatchObject({ count: COUNT });
    expect(all.meanIoU).toBeGreaterThan(0.8);
  });

  it("tells the shares of the classes in a picture", async () => {
    const { stdout } = await told("predict run set/images/0.png --threads 1", folder);
    const [, share] = /ground [\d.]+ %, square ([\d.]+) %/.exec(stdout) ?? [];
    expect(Math.abs(Number(share) - (100 * 36) / 256)).toBeLessThan(5);
  });

  it("draws the classes on pictures, to a file or a folder, and says where", async () => {
    const one = await told("predict run set/images/0.png --threads 1 --draw out.png", folder);
    expect(one.stdout).toContain("set/images/0.png, drawn in out.png");
    const drawn = await decodePng(readFileSync(join(folder, "out.png")), "out.png");
    expect(drawn).toMatchObject({ width: 384, height: 384, channels: 3 });
    const several = await told("predict run set/images/1.png set/masks/1.png --threads 1 --draw drawn --json", folder);
    const said = several.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).drawing);
    expect(said).toEqual([join("drawn", "1.png"), join("drawn", "1-2.png")]);
    const refused = await told("predict run set/images --threads 1 --draw out.png", folder);
    expect(refused.stderr).toContain("--draw out.png is one file; for several pictures name a folder");
  });

  it.each([
    [`train --task segmentation --data set`, "--classes must name the classes of the masks' numbers"],
    [
      `train --task segmentation --classes a,b`,
      "--data scenes has its own classes; leave --classes and --mask-colors out",
    ],
    [`train --task segmentation --data set --classes a,a`, "different names"],
    [`${train} --maps 4,x`, "--maps"],
    [`${train} --data nowhere`, "nowhere: there is no such folder or archive"],
    [`${train} --mask-colors nowhere.txt`, "nowhere.txt"],
  ])("%s is an error", async (line, message) => {
    const { code, stderr } = await told(line, folder);
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
  });
});
