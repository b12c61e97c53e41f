/** Networks that begin with weights: of a run, of a file, published ones. */
import { beforeAll, describe, expect, it } from "vitest";
import { drawDigit } from "../../src/data/index.ts";
import { readSafetensors, writeSafetensors } from "../../src/formats/index.ts";
import { pngOf, workspace, writeDigits } from "./run.ts";

const place = workspace();
const { fovea, write, read, text, at } = place;
const words = "--data idx --validation 0 --test 0 --epochs 1 --batch 16";

beforeAll(async () => {
  await writeDigits(place, "idx", { train: 40, test: 10 });
  expect((await fovea(`train ${words} --out first`)).code).toBe(0);
  await write("7.png", await pngOf(drawDigit(7, 0, "train", 3)));
  // As PyTorch's programs write it: without a description, under a prefix.
  const { tensors } = readSafetensors(read("first", "model.safetensors"));
  await write("net.safetensors", writeSafetensors(Array.from(tensors, ([name, value]) => [`module.${name}`, value])));
});

const tensorsIn = (folder: string) => readSafetensors(read(folder, "model.safetensors")).tensors;

describe("a network with weights", () => {
  it("predicts with those of a file", async () => {
    const expected = await fovea("predict first 7.png --json");
    expect(await fovea("predict lenet5:weights=first/model.safetensors 7.png --json")).toEqual(expected);
    const { code, stdout } = await fovea("predict lenet5:weights=net.safetensors,classes=10 7.png --json");
    expect([code, JSON.parse(stdout).classes.length]).toEqual([0, 3]);
  });

  it("is trained further from a run, or from a file, with layers frozen", async () => {
    for (const init of ["first", "net.safetensors"]) {
      const out = `from-${init.split(".")[0]}`;
      const { code } = await fovea(`train ${words} --init ${init} --freeze 0 --freeze 3.* --lr 0.1 --out ${out}`);
      expect(code).toBe(0);
      const [before, after] = [tensorsIn("first"), tensorsIn(out)];
      const changed = [...after.keys()].filter(
        (name) => !Buffer.from(after.get(name)!.data.buffer).equals(Buffer.from(before.get(name)!.data.buffer)),
      );
      expect(changed).toEqual(["7.weight", "7.bias", "9.weight", "9.bias", "11.weight", "11.bias"]);
      expect(JSON.parse(text(out, "config.json"))).toMatchObject({ init: at(init), freeze: ["0", "3.*"] });
    }
  });

  it.each<[string, RegExp]>([
    ["predict lenet5 7.png", /^error: lenet5: no weights are published for it; give a file, lenet5:weights=PATH/],
    ["predict resnet18:weights=imgenet 7.png", /no weights 'imgenet'; did you mean imagenet\?/],
    [`train ${words} --freeze 4 --out none`, /freeze: no layer or parameter matches "4"/],
    [`train ${words} --pretrained --out none`, /lenet5: no weights are published for it/],
    [`train ${words} --init 7.png --out none`, /7\.png: expected safetensors, a PyTorch file/],
    [
      `train ${words} --model torch-tutorial --init net.safetensors --out none`,
      /do not fit the network:[\s\S]*0\.weight is f32/,
    ],
  ])("%s is refused", async (words, message) => {
    const { code, stderr } = await fovea(words);
    expect(stderr).toMatch(message);
    expect(code).not.toBe(0);
    expect(() => text("none", "config.json")).toThrow();
  });

  it("says in a summary which weights are published", async () => {
    const { stdout } = await fovea("summary resnet20");
    expect(stdout).toContain("published weights: cifar10 (accuracy 91.73 %)");
  });
});
