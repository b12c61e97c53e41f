import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { array, FormatError, NdArray, OptionError, zeros } from "../../array/index.ts";
import { writeSafetensors } from "../../formats/index.ts";
import * as nn from "../../nn/index.ts";
import { architectures, defineArchitecture, loadWeights, publishedWeights, weightsOf } from "../index.ts";
import { fetchWeights } from "./find-weights.ts";
import { imagenetClasses } from "./imagenet-classes.ts";
import { fromLayout, type LayoutName } from "./layouts.ts";

const tiny = defineArchitecture({
  name: "tiny",
  summary: "a convolution, batch normalization, and a linear classifier",
  input: [3, 4, 4],
  classes: 4,
  network: ({ classes }) =>
    nn.sequential({
      stem: nn.conv2d(2, { kernel: 3 }),
      bn: nn.batchNorm2d(),
      flat: nn.flatten(),
      fc: nn.linear(classes),
    }),
});

const build = (classes = 4, seed = 0) => nn.Model.build(tiny({ classes }), { input: [3, 4, 4], seed });
type Tensors = Map<string, NdArray>;
const tensorsOf = (model: nn.Model): Tensors => new Map(model.variables.map(({ name, value }) => [name, value]));
const values = (model: nn.Model) => Object.fromEntries(tensorsOf(model));
const renamed = (tensors: Tensors, rename: (name: string) => string): Tensors =>
  new Map(Array.from(tensors, ([name, value]) => [rename(name), value]));

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-weights-"));
  vi.stubEnv("FOVEA_DATA", "");
  vi.stubEnv("FOVEA_CACHE", join(folder, "cache"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** Writes tensors into a file; gives its path. */
async function fileOf(tensors: Tensors, name = "net.safetensors"): Promise<string> {
  await writeFile(join(folder, name), writeSafetensors(tensors));
  return join(folder, name);
}

describe("loading weights", () => {
  const source = build(4, 7);

  it.each<[string, (name: string) => string]>([
    ["as they are", (name) => name],
    ["of data-parallel training", (name) => `module.${name}`],
    ["of a compiled part of a program", (name) => `net._orig_mod.${name}`],
  ])("takes names %s, from tensors, bytes and files", async (_, rename) => {
    const tensors = renamed(tensorsOf(source), rename);
    for (const given of [tensors, writeSafetensors(tensors), await fileOf(tensors)]) {
      const model = build();
      const { loaded, kept, unused } = await loadWeights(model, given);
      expect(values(model)).toEqual(values(source));
      expect([loaded.length, kept, unused]).toEqual([model.variables.length, [], []]);
    }
  });

  it("does without counters of batches, and takes doubles", async () => {
    const tensors = tensorsOf(source);
    tensors.delete("bn.num_batches_tracked");
    tensors.set("fc.bias", array([1, 2, 3, 4]).cast("f64"));
    const model = build();
    await loadWeights(model, tensors);
    expect(values(model)["fc.bias"]).toEqual(array([1, 2, 3, 4]));
  });

  it("follows a translation: names, layouts, and what is not used", async () => {
    const tensors = renamed(tensorsOf(source), (name) => name.replace("stem.weight", "conv/kernel"));
    const kernel = tensors.get("conv/kernel") as NdArray;
    tensors.set("conv/kernel", fromLayout("tfliteConv", kernel, "")); // [2, 3, 3, 3]: one more turn gives it back
    tensors.set("optimizer.step", zeros([]));
    const model = build();
    await loadWeights(model, tensors, {
      translation: {
        names: [[/^conv\/kernel$/, "stem.weight"]],
        unused: /^optimizer\./,
        layouts: [[/^stem\.weight$/, "tfliteConv"]],
      },
    });
    expect(values(model)["stem.weight"]).toEqual(fromLayout("tfliteConv", fromLayout("tfliteConv", kernel, ""), ""));
  });

  it("changes nothing, and lists what is missing, left over and of another shape", async () => {
    const tensors = tensorsOf(source);
    tensors.delete("stem.bias");
    tensors.set("head.weight", zeros([1]));
    tensors.set("fc.weight", zeros([4, 9]));
    tensors.set("bn.bias", zeros([2], "i32"));
    const model = build();
    const before = values(model);
    const failure = await loadWeights(model, tensors, { name: "net.pth" }).catch((error) => error);
    expect(failure).toBeInstanceOf(FormatError);
    expect(failure.message.split("\n")).toEqual([
      "net.pth: the weights do not fit the network:",
      "  of another shape:",
      "    bn.bias is i32[2], expected f32[2]",
      "    fc.weight is f32[4,9], expected f32[4,8]",
      "  missing in the file:",
      "    stem.bias f32[2]",
      "  in the file, but not in the network:",
      "    head.weight",
    ]);
    expect(values(model)).toEqual(before);
  });

  it("leaves the head for new classes, and what is partial, with a notice", async () => {
    const tensors = tensorsOf(source);
    tensors.delete("stem.bias");
    tensors.set("aux.weight", zeros([1]));
    const notices: string[] = [];
    const model = build(3);
    const fresh = values(build(3));
    const result = await loadWeights(model, tensors, {
      ...{ newClasses: true, partial: true, name: "net.pth" },
      onNotice: (text) => notices.push(text),
    });
    expect(result).toMatchObject({ kept: ["stem.bias", "fc.weight", "fc.bias"], unused: ["aux.weight"] });
    expect(values(model)).toEqual({
      ...values(source),
      ...{ "stem.bias": fresh["stem.bias"], "fc.weight": fresh["fc.weight"], "fc.bias": fresh["fc.bias"] },
    });
    expect(notices).toEqual([
      "net.pth has 4 classes, the network 3: fc.weight, fc.bias keep their initial values",
      "net.pth lacks stem.bias, which keep their values",
      "net.pth: not used are aux.weight",
    ]);
  });

  it("refuses two tensors for one place, and what is no weights", async () => {
    const twice = new Map([...tensorsOf(source), ["fc.bias2", zeros([4])]] as const);
    const translation = { names: [[/bias2$/, "bias"]] as const };
    await expect(loadWeights(build(), twice, { translation })).rejects.toThrow(
      "the weights: fc.bias and fc.bias2 are both for fc.bias",
    );
    await expect(loadWeights(build(), [1] as never)).rejects.toThrow(OptionError);
  });
});

it.each<[LayoutName, number[], number[], number[]]>([
  // Elements are numbered in the file's order; ours are listed in the order of [filters, channels, height, width].
  ["tfliteConv", [1, 1, 2, 3], [1, 3, 1, 2], [0, 3, 1, 4, 2, 5]],
  ["tfliteDepthwise", [1, 2, 1, 3], [3, 1, 2, 1], [0, 3, 1, 4, 2, 5]],
  ["tensorflowConv", [1, 1, 2, 3], [3, 2, 1, 1], [0, 3, 1, 4, 2, 5]],
  ["tensorflowDepthwise", [2, 1, 3, 1], [3, 1, 2, 1], [0, 3, 1, 4, 2, 5]],
  ["tensorflowDense", [2, 3], [3, 2], [0, 3, 1, 4, 2, 5]],
  ["blueGreenRed", [1, 3, 1, 2], [1, 3, 1, 2], [4, 5, 2, 3, 0, 1]],
])("the layout %s of [%j] becomes ours", (name, shape, ours, order) => {
  const given = new NdArray(
    Float32Array.from({ length: 6 }, (_, i) => i),
    shape,
    "f32",
  );
  expect(fromLayout(name, given, "x")).toEqual(new NdArray(Float32Array.from(order), ours, "f32"));
  expect(() => fromLayout(name, zeros([2]), "x")).toThrow(/^x: has the shape \[2\], expected [24] axes/);
});

describe("an architecture with weights", () => {
  it("is a model: a file's weights, names of classes, normalization and a new head as asked for", async () => {
    const weights = await fileOf(tensorsOf(build(4, 7)));
    const normalization = { mean: [0.5, 0.5, 0.5], std: [1, 1, 1] };
    const model = await tiny({ weights, normalization, classNames: ["a", "b", "c", "d"] });
    expect(values(model)).toEqual(values(build(4, 7)));
    expect([model.normalization, model.classes, model.input]).toEqual([normalization, ["a", "b", "c", "d"], [3, 4, 4]]);
    const fresh = await tiny({ weights, classes: 2, seed: 5 });
    expect(values(fresh)["stem.weight"]).toEqual(values(build(4, 7))["stem.weight"]);
    expect(values(fresh)["fc.weight"]).toEqual(values(build(2, 5))["fc.weight"]);
    await expect(tiny({ weights, input: [1, 4, 4] })).rejects.toThrow(
      "stem.weight is f32[2,3,3,3], expected f32[2,1,3,3]",
    );
  });

  it("takes normalization and classes from a model that was saved", async () => {
    const normalization = { mean: [0.5, 0.4, 0.3], std: [1, 2, 3] };
    const saved = nn.Model.build(tiny(), { input: [3, 4, 4], normalization, classes: ["a", "b", "c", "d"] });
    const weights = join(folder, "model.safetensors");
    await saved.save(weights);
    const model = await tiny({ weights });
    expect([model.normalization, model.classes]).toEqual([normalization, ["a", "b", "c", "d"]]);
    await expect(tiny({ weights, input: [1, 4, 4] })).rejects.toThrow(
      `tiny: the weights of ${weights} are for pictures of 3 channels, got 1; give such pictures, or train without these weights`,
    );
    const reordered = await tiny({ weights, classNames: ["d", "c", "b", "a"] });
    expect(reordered.classes).toEqual(["a", "b", "c", "d"]);
  });

  it.each<[object, RegExp]>([
    [
      { weights: "imagent" },
      /^resnet50: there are no weights 'imagent'; did you mean imagenet\?; there are imagenet, /,
    ],
    [{ weights: "imagenet", classes: 3, classNames: ["a"] }, /^resnet50: there are 1 classNames, but classes is 3/],
    [
      { weights: "./a.pth", file: "b.pth" },
      /^resnet50: file is another copy of published weights; weights must then be/,
    ],
    [{ weights: "imagenet", offline: true }, /^weights: resnet50-0676ba61\.pth is not in the cache \(.*weights\)/],
    [{ weights: "imagenet", depth: 3 }, /^resnet50: there is no option 'depth'/],
  ])("refuses %j", async (options, message) => {
    await expect(architectures.resnet50(options as { weights: string })).rejects.toThrow(message);
  });
});

describe("published weights", () => {
  it("are for architectures that there are, each with a name of its own and a checksum from the file's name", () => {
    const keys = publishedWeights.map(({ architecture, name }) => `${architecture} ${name}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { architecture, file, url, sha256, page } of publishedWeights) {
      expect(Object.keys(architectures)).toContain(architecture);
      expect(file).toMatch(new RegExp(`-${sha256}\\.(pth|th)$`));
      expect(sha256).toMatch(/^[0-9a-f]{8}$/);
      expect(url).toMatch(new RegExp(`^https://.*/${file}$`));
      expect(page).toMatch(/^https:/);
    }
    expect(weightsOf("resnet50").map(({ name }) => name)).toEqual(["imagenet", "imagenet_v2"]);
  });

  it("name a thousand classes of ImageNet", () => {
    expect([imagenetClasses.length, new Set(imagenetClasses).size]).toEqual([1000, 1000]);
    expect([0, 134, 517, 999].map((i) => imagenetClasses[i])).toEqual([
      "tench",
      "crane bird",
      "crane",
      "toilet tissue",
    ]);
  });

  it("are taken from the folder of FOVEA_DATA or one in it, if they are the right ones", async () => {
    const bytes = Buffer.from("weights");
    const sha256 = createHash("sha256").update(bytes).digest("hex").slice(0, 8);
    const row = { ...publishedWeights[0], file: `net-${sha256}.pth`, sha256, url: "http://127.0.0.1:1/net.pth" };
    vi.stubEnv("FOVEA_DATA", folder);
    await mkdir(join(folder, "a"));
    await writeFile(join(folder, "a", row.file), bytes);
    expect(Buffer.from(await fetchWeights(row))).toEqual(bytes);
    await writeFile(join(folder, row.file), "others");
    await expect(fetchWeights(row)).rejects.toThrow(
      /is another file than the published one: its SHA-256 is \w+, expected/,
    );
    vi.stubEnv("FOVEA_DATA", "");
    await expect(fetchWeights(row)).rejects.toThrow(
      new RegExp(`^cannot download ${row.file}:[\\s\\S]*put the file into FOLDER/weights and set FOVEA_DATA=FOLDER$`),
    );
  });
});
