/** The command over folders and archives of pictures. */
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { decodePng } from "../../src/image/index.ts";
import { classesOf, pngOf, tarOfTree } from "../support/pictures.ts";
import { jsonLines, workspace } from "./run.ts";

const { fovea, launch, at, read, text, write } = workspace();

beforeAll(async () => {
  const tree = { ...(await classesOf({ cat: 20 })), ...(await classesOf({ dog: 12 }, { first: 200 })) };
  for (const [path, contents] of Object.entries(tree)) await write(`pets/${path}`, contents);
  await write("pets/dog/broken.png", "no picture");
  await write("pets.tar.gz", gzipSync(tarOfTree(tree)));
});

describe("fovea with a folder of pictures", () => {
  it("trains, reports what was skipped and how classes differ, and evaluates", async () => {
    const words =
      "train --data pets --size 32x32 --epochs 2 --batch 8 --validation 0.2 --seed 1 --workers 1 --out run --json";
    const { code, stdout, stderr } = await launch(words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
    expect(stderr).toContain("pets: 1 file skipped, because\n  dog/broken.png: it looks like text");
    expect(stderr).toContain("pets: the classes differ in size: 20 pictures of cat, 12 of dog");
    const events = jsonLines(stdout);
    expect(stderr).toContain("holding out 6 of 32 samples of pets/train for testing (--test 0.2)");
    expect(stderr).toContain(
      "holding out 5 of 26 samples of pets/train to choose the best epoch by (--validation 0.2)",
    );
    expect(events[0]).toMatchObject({ samples: { train: 21, validation: 5, test: 6 } });
    expect(events.find(({ event }) => event === "epoch")).toMatchObject({ waited: expect.any(Number) });
    expect(JSON.parse(text("run", "config.json"))).toMatchObject({
      data: at("pets"),
      size: [32, 32],
      gray: false,
      strict: false,
    });
    const evaluated = await fovea("eval run --data pets --size 32x32 --workers 0 --json");
    expect(evaluated.code).toBe(0);
    expect(evaluated.stderr).toContain(
      "run was trained on samples of pets; leave out --data to evaluate on those that",
    );
    expect(JSON.parse(evaluated.stdout)).toMatchObject({ data: "pets", classes: ["cat", "dog"], count: 32 });
    const own = await fovea("eval run --json");
    expect(own.stderr).toContain(
      "evaluating on pets/test: 6 of 32 samples (--split validation, train, all for others)",
    );
    const { accuracy, count } = JSON.parse(own.stdout);
    expect({ accuracy, count }).toEqual({ accuracy: events.at(-1)?.accuracy, count: 6 });
  });

  it("goes on with a run, whose size is known", async () => {
    const begin = "train --data pets --size 32x32 --epochs 1 --schedule constant --out half";
    expect((await fovea(begin)).code).toBe(0);
    expect((await launch("train --resume half --epochs 2 --workers 2")).code).toBe(0);
  });

  it("shows an archive, in colors", async () => {
    const { code } = await fovea("data show pets.tar.gz --count 4 --png sheet.png");
    expect(code).toBe(0);
    const sheet = await decodePng(read("sheet.png"), "sheet.png");
    // Two by two, enlarged to 64 pixels or so, with the names of their classes.
    expect(sheet.channels).toBe(3);
    expect(Math.min(sheet.width, sheet.height)).toBeGreaterThan(128);
    const printed = await fovea("data show pets --gray --count 2");
    expect(printed.stdout.split("\n")[0]).toMatch(/^cat +dog$/);
  });
});

describe("fovea fails", () => {
  it.each([
    ["train --data pets --strict", 1, "error: pets: dog/broken.png cannot be read: it looks like text beginning with"],
    [
      "train --data digits --size 4x4",
      2,
      "error: --data digits: --size is for folders and archives of pictures; leave it out",
    ],
    ["train --data pets --size 4", 2, "Expected height and width in pixels, such as 32x32."],
    ["eval run --data pets/cat/000.png", 1, "is a file; expected a folder, or an archive .tar, .tar.gz or .tgz"],
  ])("%s", async (words, code, message) => {
    const result = await fovea(words);
    expect(result.code).toBe(code);
    expect(result.stderr).toContain(message);
  });

  it("where pictures differ in size and none is given", async () => {
    await write("mixed/a/1.png", await pngOf(1));
    await write("mixed/b/1.png", await pngOf(1, 5, 5));
    const { code, stderr } = await fovea(`train --data ${at("mixed")}`);
    expect([code, stderr]).toEqual([1, expect.stringContaining("b/1.png is 5×5, a/1.png is 4×4")]);
    expect(stderr).toContain("--size 4x4");
  });
});
