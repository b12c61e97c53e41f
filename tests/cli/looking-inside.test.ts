/** `fovea look`, as a user runs it: what it prints, and the files it writes. */
import { beforeAll, describe, expect, it } from "vitest";
import { drawDigits } from "../../src/data/index.ts";
import { decodePng, encodePng, readPngText } from "../../src/image/index.ts";
import * as nn from "../../src/nn/index.ts";
import { workspace } from "./run.ts";

const { fovea, launch, read, text, write, at } = workspace();

beforeAll(async () => {
  const layer = nn.sequential({
    conv: nn.conv2d(4, { kernel: 5 }),
    act: nn.relu(),
    flat: nn.flatten(),
    fc: nn.linear(2),
  });
  await nn.Model.build(layer, { input: [1, 28, 28], classes: ["no", "yes"], seed: 1 }).save(at("net.safetensors"));
  const { images } = drawDigits({ count: 1 });
  await write(
    "digit.png",
    await encodePng({ width: 28, height: 28, channels: 1, data: images.data.slice(0, 784) as Uint8Array }),
  );
  await write("broken.png", "no picture");
});

describe("fovea look", () => {
  it("writes a picture that says how it was made, the same as SVG, and the numbers", async () => {
    const words = ["look", "maps", "net.safetensors", "digit.png", "--layer", "conv", "-o", "a b.png"];
    const { code, stdout, stderr } = await launch([...words, "-o", "a.svg", "-o", "a.json"]);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "conv of digit.png: 4 maps of 24×24\n",
      stderr: "wrote a b.png\nwrote a.svg\nwrote a.json\n",
    });
    const command = "fovea look maps net.safetensors digit.png --layer conv -o 'a b.png' -o a.svg -o a.json";
    expect(readPngText(read("a b.png"))).toMatchObject({ Comment: command });
    expect((await decodePng(read("a b.png"))).width).toBeGreaterThan(2 * 48);
    expect(text("a.svg")).toContain(`<desc>${command.replaceAll("'", "&#39;")}</desc>`);
    const numbers = JSON.parse(text("a.json"));
    expect([numbers.command, numbers.maps.shape, numbers.maps.data.length]).toEqual([command, [1, 4, 24, 24], 4 * 576]);
  });

  it("prints the numbers as JSON", async () => {
    const { stdout } = await fovea("look maps net.safetensors digit.png --layer act --json");
    expect(JSON.parse(stdout).maps.shape).toEqual([1, 4, 24, 24]);
  });

  it("attributes by several methods, with their curves and the sanity check", async () => {
    const words = "look attribute net.safetensors digit.png --method grad-cam,integrated-gradients --class yes";
    const { code, stdout } = await fovea(`${words} --steps 64 --curves --check -o why.png -o why.json`);
    expect(code).toBe(0);
    expect(stdout).toMatch(/digit\.png: grad-cam: yes .*layer act/);
    expect(stdout).toMatch(/integrated-gradients: yes .*gap .* %\)/);
    expect(stdout).toMatch(/deletion .*insertion/);
    expect(stdout).toMatch(/random from fc on: rank correlation/);
    const [first, second] = JSON.parse(text("why.json")).attributions;
    expect([first.layer, first.maps.input.shape, second.randomized.length]).toEqual(["act", [1, 1, 28, 28], 2]);
    expect((await decodePng(read("why.png"))).width).toBeGreaterThan(3 * 56);
  });

  it.each<[string, string, number]>([
    ["maps net.safetensors digit.png --layer cnv", "there is no value 'cnv' to tap; did you mean conv?", 2],
    ["maps net.safetensors broken.png --layer conv", "broken.png: ", 1],
    [
      "maps net.safetensors digit.png --layer conv -o a.gif",
      "Expected file names ending in .png, .svg, .html, .json.",
      2,
    ],
    ["maps net.safetensors --layer conv", "missing required argument 'picture'", 2],
    ["maps net.safetensors digit.png digit.png --layer conv", "too many arguments", 2],
    ["attribute net.safetensors digit.png --method gradcam", "There is no 'gradcam'; did you mean grad-cam?", 2],
    ["attribute net.safetensors digit.png --class maybe", "there is no class 'maybe'", 2],
    ["attribute net.safetensors digit.png --segments 9", "--segments is no option of integrated-gradients", 2],
    ["map net.safetensors", "unknown command 'map'", 2],
  ])("refuses %s", async (words, message, expected) => {
    const { code, stderr } = await fovea(`look ${words}`);
    expect({ code, said: stderr.includes(message), stderr }).toEqual({ code: expected, said: true, stderr });
  });
});
