/** `fovea look filters`, `field`, `stats` and `step`, as a user runs them. */
import { beforeAll, describe, expect, it } from "vitest";
import { drawDigits } from "../../src/data/index.ts";
import { decodePng } from "../../src/image/index.ts";
import * as nn from "../../src/nn/index.ts";
import { pngOf, workspace, writeDigits } from "./run.ts";

const place = workspace();
const { fovea, read, text, write, at } = place;

beforeAll(async () => {
  const layer = nn.sequential({
    conv: nn.conv2d(4, { kernel: 5 }),
    act: nn.relu(),
    flat: nn.flatten(),
    fc: nn.linear(10),
  });
  const classes = [..."0123456789"];
  await nn.Model.build(layer, { input: [1, 28, 28], classes, seed: 1 }).save(at("net.safetensors"));
  await write("digit.png", await pngOf(drawDigits({ count: 1 }).images.data.slice(0, 784) as Uint8Array));
  await writeDigits(place, "sets/mnist", { train: 20, test: 20 });
});

describe("fovea look", () => {
  it("filters: draws each filter", async () => {
    const { code, stdout } = await fovea("look filters net.safetensors --columns 4 -o f.png");
    expect([code, stdout]).toEqual([0, "conv: 4 filters of 1 × 5 × 5, in gray\n"]);
    expect((await decodePng(read("f.png"))).width).toBeGreaterThan(4 * 50);
  });

  it("field: says and draws what a unit sees", async () => {
    const { code, stdout } = await fovea(
      "look field net.safetensors digit.png --layer conv --unit 1,3,4 -o f.json -o field.png",
    );
    expect([code, stdout.startsWith("conv: 5 × 5 pixels, 1 × 1 apart; this unit 3…7 × 4…8, inside 3…7 × 4…8")]).toEqual(
      [0, true],
    );
    expect(JSON.parse(text("f.json")).layers[0].inside).toEqual({ first: [3, 4], last: [7, 8] });
  });

  it("stats: has a row for each layer", async () => {
    const { code, stdout } = await fovea(
      "look stats net.safetensors --data sets/mnist --split test --json -o stats.png",
    );
    const { samples, layers, histograms } = JSON.parse(stdout);
    expect([code, samples, layers.map(({ path }: { path: string }) => path)]).toEqual([
      0,
      20,
      ["conv", "act", "flat", "fc"],
    ]);
    expect(histograms.fc.counts.reduce((a: number, b: number) => a + b)).toBe(200);
  });

  it("step: prints products, their sum, and what comes back", async () => {
    const { code, stdout } = await fovea("look step net.safetensors digit.png --layer conv --unit 1,3,4 --class 3");
    expect([code, stdout.match(/^ {2}x\[/gm)?.length]).toEqual([0, 25]);
    expect(stdout).toMatch(/\+ bias .* = /);
    expect(stdout).toMatch(/∂t\/∂x\[/);
  });

  it.each<[string, string]>([
    ["filters net.safetensors --layer cov", "'cov' has no filters; did you mean conv?"],
    ["field net.safetensors --layer cov", "there is no value 'cov'; did you mean conv?"],
    ["field net.safetensors --layer conv --unit 9,0,0", "there is no unit [9,0,0] in 'conv'"],
    ["step net.safetensors digit.png --layer conv --class 10", "class 10, expected an integer from 0 to 9"],
    ["step net.safetensors digit.png --layer conv --unit a", "Expected whole numbers with commas between"],
  ])("refuses %s", async (words, message) => {
    const { code, stderr } = await fovea(`look ${words}`);
    expect({ code, said: stderr.includes(message), stderr }).toEqual({ code: 2, said: true, stderr });
  });
});
