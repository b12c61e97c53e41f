/** `fovea look neighbors`, `embed` and `compare`, as a user runs them. */
import { beforeAll, describe, expect, it } from "vitest";
import { drawDigits } from "../../src/data/index.ts";
import { decodePng } from "../../src/image/index.ts";
import * as nn from "../../src/nn/index.ts";
import { pngOf, workspace, writeDigits } from "./run.ts";

const place = workspace();
const { fovea, read, text, write, at } = place;
const classes = [..."0123456789"];

beforeAll(async () => {
  const layer = nn.sequential({ flat: nn.flatten(), fc: nn.linear(16), act: nn.tanh(), out: nn.linear(10) });
  for (const seed of [1, 2])
    await nn.Model.build(layer, { input: [1, 28, 28], classes, seed }).save(at(`net${seed}.safetensors`));
  await writeDigits(place, "written", { train: 30, test: 40 });
  await write("digit.png", await pngOf(drawDigits({ count: 1 }).images.data.slice(0, 784) as Uint8Array));
});

describe("fovea look at the space of a layer", () => {
  it("finds the nearest samples of samples, in the last hidden layer", async () => {
    const { code, stdout } = await fovea(
      "look neighbors net1.safetensors --data written -k 3 -o near.png -o near.json",
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^act: [\d.]+ % of the 3 nearest neighbors of 40 samples are of the same class\n$/);
    expect(JSON.parse(text("near.json")).rows.shape).toEqual([40, 3]);
    expect((await decodePng(read("near.png"))).width).toBeGreaterThan(4 * 56);
  });

  it("finds the nearest samples of a picture", async () => {
    const { code, stdout } = await fovea("look neighbors net1.safetensors digit.png --data written --layer fc");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^digit.png: (\d \(\d+\)(, )?){5}\n$/);
  });

  it.each(["tsne --perplexity 5", "umap --neighbors 6", "pca"])("draws a map by %s", async (method) => {
    const words = `look embed net1.safetensors --data written --seed 1 --method ${method} -o map.svg -o map.json`;
    expect((await fovea(words)).code).toBe(0);
    expect(text("map.svg").match(/<circle/g)).toHaveLength(40);
    expect(JSON.parse(text("map.json")).positions.shape).toEqual([40, 2]);
  });

  it("compares two models", async () => {
    const { code, stdout } = await fovea(
      "look compare net1.safetensors net2.safetensors --data written -o changed.png",
    );
    expect(code).toBe(0);
    expect(stdout).toContain("layers: 4 the same; added none; removed none; changed none");
    expect(stdout).toMatch(/fc: CKA 0\.\d{3}/);
    expect(stdout).toMatch(/of 40 answers changed/);
    expect((await fovea("look compare net1.safetensors net1.safetensors --weights")).stdout).toContain("changed by 0");
  });

  it("compares layers with each other, of one model and of two", async () => {
    const words = "look compare net1.safetensors --data written --cka -o cka.png -o cka.svg -o cka.json";
    const { code, stdout } = await fovea(words);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^flat: most like fc, CKA 0\.\d{3}$/m);
    const { rows, columns, values } = JSON.parse(text("cka.json"));
    expect([rows, columns]).toEqual([
      ["flat", "fc", "act", "out"],
      ["flat", "fc", "act", "out"],
    ]);
    const at = (i: number, j: number): number => values.data[4 * i + j];
    expect([at(1, 1), at(1, 2) - at(2, 1)]).toEqual([expect.closeTo(1, 5), expect.closeTo(0, 5)]);
    expect((await decodePng(read("cka.png"))).width).toBeGreaterThan(4 * 24);
    expect(text("cka.svg").match(/>fc<\/text>/g)).toHaveLength(2);
    const two = await fovea(
      "look compare net1.safetensors net2.safetensors --data written --cka --layers f*,act --json",
    );
    expect(JSON.parse(two.stdout)).toMatchObject({ rows: ["flat", "fc", "act"], values: { shape: [3, 3] } });
  });

  it.each<[string, string, number]>([
    ["compare net1.safetensors --data written", "takes two models; of one, --cka compares layers", 2],
    ["compare net1.safetensors net2.safetensors --data written --layers fc", "--layers is for --cka", 2],
    ["compare net1.safetensors --data written --cka --layers fcc", "did you mean fc?", 2],
    ["compare net1.safetensors --data written --cka --weights", "cannot be used with option", 2],
    ["neighbors net1.safetensors --data written --layer fcc", "did you mean fc?", 2],
    ["neighbors net1.safetensors --data written -k 40", "k 40, but a query has only 39 other rows", 2],
    ["neighbors net1.safetensors --data written --metric cosin", "Expected one of 'cosine', 'euclidean'", 2],
    ["embed net1.safetensors --data written --method tsn", "did you mean tsne?", 2],
    ["embed net1.safetensors --data written", "perplexity 30 for 40 points", 2],
  ])("refuses %s", async (words, message, expected) => {
    const { code, stderr } = await fovea(`look ${words}`);
    expect({ code, said: stderr.includes(message), stderr }).toEqual({ code: expected, said: true, stderr });
  });
});
