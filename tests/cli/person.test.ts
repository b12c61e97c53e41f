/** A day with pictures of one's own: trained, evaluated on another folder, asked about files of which one is broken. */
import { beforeAll, describe, expect, it } from "vitest";
import { encodePng } from "../../src/image/index.ts";
import { jsonLines, workspace } from "./run.ts";

const { fovea, at, read, text, write } = workspace();

/** A picture of noise around a shade, in a color of its class. */
function pictureOf(color: number, seed: number, side: number): Promise<Uint8Array> {
  const data = Uint8Array.from({ length: side * side * 3 }, (_, i) => (i % 3 === color ? 180 : 30) + ((i * seed) % 40));
  return encodePng({ width: side, height: side, channels: 3, data });
}

async function writeFolder(folder: string, colors: Readonly<Record<string, number>>, count: number): Promise<void> {
  for (const [name, color] of Object.entries(colors))
    for (let i = 0; i < count; i++) await write(`${folder}/${name}/${i}.png`, await pictureOf(color, i + 3, 20 + i));
}

beforeAll(async () => {
  await writeFolder("shapes", { apple: 0, leaf: 1, sky: 2 }, 20);
  // Another order of the same names, by a new one before them.
  await writeFolder("others", { "a\x1b[31m": 0, leaf: 1, sky: 2 }, 5);
  await write("mixed/sky.png", await pictureOf(2, 1, 33));
  await write("mixed/deep/leaf.png", await pictureOf(1, 1, 33));
  await write("mixed/broken.png", "no picture");
  await write("mixed/notes.txt", "no picture either");
  const { code, stderr } = await fovea("train --data shapes --size 16x16 --epochs 12 --batch 8 --lr 0.02 --out run");
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
  expect(stderr).toContain("holding out 12 of 60 samples of shapes/train for testing (--test 0.2)\n");
  expect(stderr).toContain(
    "holding out 4 of 48 samples of shapes/train to choose the best epoch by (--validation 1/12)\n",
  );
});

describe("a run on a folder of pictures", () => {
  it("knows its data, their size and its own part to test with, from any folder", async () => {
    expect(JSON.parse(text("run", "config.json"))).toMatchObject({ data: at("shapes"), size: [16, 16], test: null });
    const { code, stdout, stderr } = await fovea("eval run --json");
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining("evaluating on shapes/test: 12 of 60"),
    });
    expect(JSON.parse(stdout)).toMatchObject({ data: "shapes/test", count: 12, accuracy: 1 });
  });

  it("is evaluated on all of another folder, classes by name; unknown ones are refused, or left out and said", async () => {
    const refused = await fovea("eval run --data others");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("does not know its class");
    expect(refused.stderr).toContain("or leave unknown ones out with --leave-out-unknown\n");
    const { code, stdout, stderr } = await fovea("eval run --data others --leave-out-unknown --json");
    expect(code).toBe(0);
    expect(stderr).toBe(
      "leaving out 5 samples of a\\u001b[31m, a class that the model does not know\nno samples in others of apple\n",
    );
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ data: "others", count: 10, accuracy: 1, classes: ["apple", "leaf", "sky"] },
      ...{ missing: ["apple"], leftOut: [{ name: "a\x1b[31m", samples: 5 }] },
    });
  });

  it("answers for what can be read of a folder or a pattern, and names the rest", async () => {
    for (const words of ["mixed", "mixed/*.png mixed/deep"]) {
      const { code, stdout, stderr } = await fovea(`predict run ${words} --json --top 1`);
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /^error: mixed\/broken\.png: it looks like text .*\nerror: 1 of 3 files cannot be answered\n$/,
      );
      const answers = jsonLines(stdout).map(({ image, classes }) => [image, (classes as { class: string }[])[0].class]);
      expect(answers.toSorted()).toEqual([
        ["mixed/deep/leaf.png", "leaf"],
        ["mixed/sky.png", "sky"],
      ]);
    }
  });

  it("is tested with other data when told to, or not at all", async () => {
    const train = "train --data shapes --size 16x16 --epochs 1 --batch 20 --json";
    const other = await fovea(`${train} --test mixed-up --out other`);
    expect(other).toMatchObject({ code: 2, stdout: "" });
    await writeFolder("later", { sky: 2, apple: 0 }, 3);
    const tested = await fovea(`${train} --test later --out later-run --class-weights 1,2,1`);
    expect(tested.code).toBe(0);
    expect(tested.stderr).toContain("testing with the 6 samples of later\nno samples in later of leaf\n");
    expect(jsonLines(tested.stdout).at(-1)).toMatchObject({ event: "test", data: "later", count: 6 });
    expect(JSON.parse(text("later-run", "config.json"))).toMatchObject({ test: at("later"), classWeights: [1, 2, 1] });
    const untested = await fovea(`${train} --test 0 --out untested`);
    expect(jsonLines(untested.stdout).at(-1)).toEqual({ event: "done", model: "untested/model.safetensors" });
    expect(read("untested", "model.safetensors").equals(read("later-run", "model.safetensors"))).toBe(false);
  });
});

it("trains on a handful of pictures, of which none can be held out", async () => {
  await writeFolder("few", { leaf: 1, sky: 2 }, 3);
  const { code, stderr } = await fovea("train --data few --size 16x16 --epochs 1 --out few-run");
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
  expect(stderr).toContain(
    "holding out no samples to choose the best epoch by: the 5 of few/train are too few for --validation 1/12\n",
  );
  const asked = await fovea("train --data few --size 16x16 --epochs 1 --validation 0.05 --test none");
  expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining("--test none: there is no data set") });
});
