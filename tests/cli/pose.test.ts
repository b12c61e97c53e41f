/** From pictures with key points to named points in a picture: train, eval, predict, in one process. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../src/array/index.ts";
import { decodePng, encodePng } from "../../src/image/index.ts";
import { told } from "./told.ts";

const folder = mkdtempSync(join(tmpdir(), "fovea-pose-"));
afterAll(() => rmSync(folder, { recursive: true }));

const [WIDTH, HEIGHT, COUNT] = [24, 16, 40];
const size = { width: WIDTH, height: HEIGHT, channels: 1 as const };

/** Pictures of noise with a bright dot and a dark one, and three forms of files that tell where they are. */
async function writePictures(): Promise<void> {
  const random = new Random(1, "dots");
  mkdirSync(join(folder, "set"), { recursive: true });
  const images = [];
  for (let i = 0; i < COUNT; i++) {
    const pixels = Uint8Array.from({ length: WIDTH * HEIGHT }, () => 110 + random.integer(40));
    const joints = [250, 5].map((value) => {
      const [x, y] = [2 + random.integer(WIDTH - 4), 2 + random.integer(HEIGHT - 4)];
      for (const [dx, dy] of [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]]) // biome-ignore format: a cross
        pixels[(y + dy) * WIDTH + x + dx] = value;
      return [x, y, 1];
    });
    writeFileSync(join(folder, "set", `${i}.png`), await encodePng({ ...size, data: pixels }));
    images.push({ file: `${i}.png`, joints });
  }
  // The dark dot of the first picture is not labeled, and the last picture has no point at all.
  images[0].joints[1] = [0, 0, 0];
  images[COUNT - 1].joints = [[0, 0, 0], [0, 0, 0]]; // biome-ignore format: points
  const list = { joints: ["bright", "dark"], images };
  writeFileSync(join(folder, "set/annotations.json"), JSON.stringify(list));
  const lines = images.map(({ file, joints }) =>
    [file, ...joints.flatMap(([x, y, v]) => (v ? [String(x), String(y)] : ["", ""]))].join(),
  );
  writeFileSync(join(folder, "set/points.csv"), ["file,0,1,2,3", ...lines].join("\n"));
  const coco = {
    images: images.map(({ file }, id) => ({ id, file_name: file, width: WIDTH, height: HEIGHT })),
    annotations: images.map(({ joints }, id) => ({
      ...{ id, image_id: id, category_id: 1, bbox: [0, 0, WIDTH, HEIGHT], area: WIDTH * HEIGHT, iscrowd: 0 },
      ...{ keypoints: joints.flatMap(([x, y, v]) => [x, y, 2 * v]), num_keypoints: 2 },
    })),
    categories: [{ id: 1, name: "dots", keypoints: ["bright", "dark"], skeleton: [] }],
  };
  writeFileSync(join(folder, "points.json"), JSON.stringify(coco));
}

const train = "train --task pose --gray --maps 8 --batch 8 --threads 1 --seed 1";

describe("poses on the command line", () => {
  let said: Awaited<ReturnType<typeof told>>;
  beforeAll(async () => {
    await writePictures();
    const options = "--data set --epochs 16 --lr 0.02 --validation 0 --test 8 --augment flip --out run";
    said = await told(`${train} ${options}`, folder);
  }, 120_000);

  it("says what is held out and odd, and how well each point is found", () => {
    expect(said.code, said.stderr).toBe(0);
    expect(said.stderr).toContain("holding out 8 pictures of set/train to test with");
    expect(said.stderr).toMatch(/set: 1 picture without a labeled point, left out\n {2}39\.png/);
    expect(said.stdout).toMatch(
      /^bright {2}[\d.]+ px, PCK [\d.]+ %\ndark {4}[\d.]+ px, PCK [\d.]+ %\ntest meanDistance [\d.]+, /m,
    );
    const [, distance] = /test meanDistance ([\d.]+)/.exec(said.stdout) ?? [];
    expect(Number(distance)).toBeLessThan(2);
  });

  it("evaluates the run on the pictures that it held out, and on others", async () => {
    const own = await told("eval run --threads 1", folder);
    expect(own.stdout).toMatch(/meanDistance [\d.]+.*\(8 samples\)/);
    const all = JSON.parse((await told("eval run --data set --threads 1 --json", folder)).stdout);
    expect(all).toMatchObject({ count: COUNT - 1 });
    expect(all.pck).toBeGreaterThan(0.7);
  });

  it("tells points in the file's own pixels, and draws them", async () => {
    const { joints } = JSON.parse(readFileSync(join(folder, "set/annotations.json"), "utf8")).images[1];
    const { data } = await decodePng(readFileSync(join(folder, "set/1.png")), "1.png");
    // The same picture, twice as large.
    const large = Uint8Array.from({ length: 4 * WIDTH * HEIGHT }, (_, i) => {
      const [x, y] = [i % (2 * WIDTH), Math.floor(i / (2 * WIDTH))];
      return data[Math.floor(y / 2) * WIDTH + Math.floor(x / 2)];
    });
    const twice = { width: 2 * WIDTH, height: 2 * HEIGHT, channels: 1 as const, data: large };
    writeFileSync(join(folder, "large.png"), await encodePng(twice));
    const { stdout } = await told("predict run large.png --resize --threads 1 --json --draw out.png", folder);
    const { answer, drawing } = JSON.parse(stdout);
    expect(answer.points.map(({ name }: { name: string }) => name)).toEqual(["bright", "dark"]);
    for (const [k, { x, y }] of answer.points.entries())
      expect(Math.hypot(x - 2 * joints[k][0] - 0.5, y - 2 * joints[k][1] - 0.5)).toBeLessThan(6);
    expect(drawing).toBe("out.png");
    const drawn = await decodePng(readFileSync(join(folder, "out.png")), "out.png");
    expect(drawn).toMatchObject({ width: 8 * 48, height: 8 * 32, channels: 3 });
  });

  it.each([
    ["--data set/points.csv", "0"],
    ["--data set/points.csv --points left,right", "left"],
    ["--data points.json --pictures set --model regression", "bright"],
  ])("learns from other files, %s", async (data, first) => {
    const { code, stdout, stderr } = await told(`${train} ${data} --limit 16 --epochs 1 --out other-${first}`, folder);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(new RegExp(`^${first} +[\\d.]+ px`, "m"));
  });

  it.each([
    ["--data scenes --points a,b", "--data scenes has its own pictures and points; leave --pictures and --points out"],
    ["--data set --pictures set", "--pictures is for a file of key points; set has its own"],
    ["--data set --points a,a", "different names"],
    ["--data set/points.csv --points a,b,c", "3 names"],
    ["--data set --points a,b", "its points have names, bright, dark"],
    ["--data points.json --pictures set --points a,b", "--points is for points by number"],
    ["--data set --stride 3", "one of 1, 2, 4, 8"],
    ["--data set --size 16x20 --stride 8", "--stride 8 does not divide pictures of 16×20 pixels, height and width"],
    ["--data nowhere", "nowhere"],
    ["--data nowhere.csv", "nowhere.csv"],
  ])("%s is an error", async (options, message) => {
    const { code, stderr } = await told(`${train} ${options}`, folder);
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
  });
});
