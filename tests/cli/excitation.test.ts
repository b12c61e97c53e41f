/** `fovea look top`, `ascend`, `dream` and `deconv`, as a user runs them. */
import { beforeAll, describe, expect, it } from "vitest";
import { drawDigits } from "../../src/data/index.ts";
import { decodePng, encodePng } from "../../src/image/index.ts";
import * as nn from "../../src/nn/index.ts";
import { workspace, writeDigits } from "./run.ts";

const place = workspace();
const { fovea, read, text, write, at } = place;

beforeAll(async () => {
  await writeDigits(place, "idx", { train: 60, test: 40 });
  const layer = nn.sequential({
    conv: nn.conv2d(4, { kernel: 5 }),
    act: nn.relu(),
    flat: nn.flatten(),
    fc: nn.linear(10),
  });
  const classes = Array.from("0123456789");
  await nn.Model.build(layer, { input: [1, 28, 28], classes, seed: 1 }).save(at("net.safetensors"));
  const { images } = drawDigits({ count: 1 });
  await write(
    "digit.png",
    await encodePng({ width: 28, height: 28, channels: 1, data: images.data.slice(0, 784) as Uint8Array }),
  );
});

describe("fovea look", () => {
  it("top draws what excites units, with numbers in order", async () => {
    const words = "look top net.safetensors --data idx --limit 30 --layer act --units 1,3 --count 3";
    const { code, stdout } = await fovea(`${words} -o top.png -o top.json`);
    expect(code).toBe(0);
    expect(stdout.split("\n").map((line) => line.slice(0, 6))).toEqual(["act 1:", "act 3:", ""]);
    const { units } = JSON.parse(text("top.json"));
    expect(units.map(({ unit }: { unit: number }) => unit)).toEqual([1, 3]);
    const values = units[0].samples.map(({ value }: { value: number }) => value);
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect((await decodePng(read("top.png"))).width).toBeGreaterThan(3 * 50);
  });

  it("ascend names classes with their probability, and repeats itself", async () => {
    const words = "look ascend net.safetensors --class 3,7 --steps 12";
    const [{ stdout }, again] = [await fovea(`${words} -o a.png -o a.json`), await fovea(words)];
    expect(stdout).toMatch(/^3: [\d.]+, probability [\d.]+ %\n7: [\d.]+, probability [\d.]+ %\n$/);
    expect(again.stdout).toBe(stdout);
    const { found } = JSON.parse(text("a.json"));
    expect(found.map(({ index }: { index: number }) => index)).toEqual([3, 7]);
    expect(found[0].inputs.shape).toEqual([1, 1, 28, 28]);
  });

  it("dream and deconv draw a picture and what became of it", async () => {
    const dream = await fovea(
      "look dream net.safetensors digit.png --layer act --side 40 --octaves 2 --steps 2 -o d.png",
    );
    expect(dream).toMatchObject({ code: 0, stdout: "act dreams of digit.png: 40×40\n" });
    const deconv = await fovea("look deconv net.safetensors digit.png --layer act --count 2 -o b.png --json");
    const { projections } = JSON.parse(deconv.stdout);
    expect(projections.length).toBe(2);
    expect(projections[0].projection.shape).toEqual([1, 28, 28]);
  });

  it.each<[string, string, number]>([
    ["top net.safetensors --data idx --limit 9 --layer cnv", "there is no value 'cnv' to tap; did you mean conv?", 2],
    ["top net.safetensors --data idx --limit 9 --layer act --units 4", "expected whole numbers from 0 to 3", 2],
    ["ascend net.safetensors --class 12", "class 12, expected an integer from 0 to 9", 2],
    ["ascend net.safetensors --channel 3", "need the --layer", 2],
    [
      "ascend net.safetensors --layer act --channel 9 --steps 1",
      "index 9, the target 'channel of act' has 4 numbers, 0 to 3",
      2,
    ],
    ["ascend net.safetensors --space wave", "Expected one of 'fourier', 'pixels'.", 2],
    ["dream net.safetensors digit.png --layer act --side 9", "expected at least 28×28", 2],
    ["deconv net.safetensors digit.png --layer act --channels 8", "expected an integer from 0 to 3", 2],
  ])("refuses %s", async (words, message, expected) => {
    const { code, stderr } = await fovea(`look ${words}`);
    expect({ code, said: stderr.includes(message), stderr }).toEqual({ code: expected, said: true, stderr });
  });
});
