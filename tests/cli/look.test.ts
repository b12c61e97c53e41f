/** The commands that only look: `summary`, `data`, `doctor`, and the help of all. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { sources } from "../../src/cli/sources.ts";
import { drawDigits } from "../../src/data/index.ts";
import { crop, decodePng } from "../../src/image/index.ts";
import * as nn from "../../src/nn/index.ts";
import { jsonLines, workspace, writeDigits } from "./run.ts";

const place = workspace();
const { fovea, launch, at, read, write } = place;
const lines = (text: string): string[] => text.trimEnd().split("\n");

describe("fovea summary", () => {
  it("shows LeNet-5 layer by layer", async () => {
    const { code, stdout, stderr } = await fovea("summary lenet5");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const rows = lines(stdout)
      .filter((line) => line.startsWith("│"))
      .map((line) =>
        line
          .split("│")
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    expect(rows[0]).toEqual(["layer", "type", "output", "parameters", "multiply-adds", "memory", "receptive field"]);
    expect(rows[2]).toEqual(["0", "conv2d", "6 × 28 × 28", "156", "117 600", "18.8 KB", "5 × 5"]);
    expect(rows[7]).toEqual(["5", "maxPool2d", "16 × 5 × 5", "", "", "1.6 KB", "16 × 16"]);
    expect(rows[9]).toEqual(["7", "linear", "120", "48 120", "48 000", "480 B", "all"]);
    expect(rows.at(-1)).toEqual(["", "total", "", "61 706", "416 520", expect.stringMatching(/ KB$/), ""]);
    expect(lines(stdout).at(-1)).toMatch(/^61 706 parameters, 6 518 units .*, 416 520 connections \(products\)$/);
  });

  it("tells machines the same", async () => {
    const summary = JSON.parse((await fovea("summary lenet5 --json")).stdout);
    expect(summary).toMatchObject({ input: [1, 28, 28], parameters: 61_706, multiplyAdds: 416_520 });
    expect(summary.layers).toHaveLength(12);
    expect(summary.layers[3]).toMatchObject({
      path: "3",
      type: "conv2d",
      output: [16, 10, 10],
      receptiveField: [14, 14],
    });
  });

  it("says how the counts of AlexNet differ from published ones", async () => {
    const { notes, ...summary } = JSON.parse((await fovea("summary alexnet_2012 --json")).stdout);
    expect(summary).toMatchObject({ parameters: 60_965_224, units: 659_272, multiplyAdds: 724_406_816 });
    expect(notes).toContain("60,965,224 and 659,272");
    expect(notes).toContain("724,406,816");
  });

  it("takes options of a network's family", async () => {
    const { code, stdout } = await fovea("summary squeezenet1_1:dropout=0.25 --classes 2 --input 1x32x32 --json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout).layers.at(-1)).toMatchObject({ path: "classifier.3", output: [2] });
  });

  it("takes another input and another number of classes", async () => {
    const summary = async (words: string) => JSON.parse((await fovea(`summary lenet5 --json ${words}`)).stdout);
    const large = await summary("--input 1x32x32");
    expect(large).toMatchObject({ input: [1, 32, 32], parameters: 61_706 });
    expect(large.layers[0].output).toEqual([6, 28, 28]);
    expect((await summary("--input 3x32x32")).layers[0].parameters).toBe(6 * (3 * 25 + 1));
    expect((await summary("--classes 26")).layers[11]).toMatchObject({ output: [26], parameters: 26 * 85 });
  });

  it("prints the graph, as text and for Graphviz", async () => {
    const text = lines((await fovea("summary lenet5 --graph text")).stdout);
    expect(text[0]).toMatch(/^%0 = /);
    expect(text.some((line) => /= conv2d\(.*: f32\[1,6,28,28\] {2}# 0$/.test(line))).toBe(true);
    expect(text.at(-1)).toMatch(/^return %\d+$/);
    const dot = lines((await fovea("summary lenet5 --graph dot")).stdout);
    expect(dot[0]).toBe("digraph fovea {");
    expect(dot.at(-1)).toBe("}");
    expect(dot.filter((line) => line.includes("->")).length).toBeGreaterThan(20);
  });

  it("shows a network of several inputs, and draws it", async () => {
    const net = nn.network({ left: [1, 6, 6], right: [1, 6, 6] }, ({ left, right }) => {
      const filters = nn.conv2d(2, { kernel: 3 });
      return { maps: filters(left).add(filters(right)), far: left };
    });
    await nn.Model.build(net).save(at("pair.safetensors"));
    const cells = lines((await fovea("summary pair.safetensors")).stdout)
      .filter((line) => line.startsWith("│"))
      .map((line) => line.split("│").slice(1, -1));
    expect(
      cells.map(([path, , from, , parameters, , , field]) =>
        [path, from, parameters, field].map((text) => text.trim()),
      ),
    ).toEqual([
      ["layer", "from", "parameters", "receptive field"],
      ["left", "", "", ""],
      ["right", "", "", ""],
      ["conv2d", "left", "20", "left 3 × 3"],
      ["conv2d_2", "right", "", "right 3 × 3"],
      ["add", "conv2d, conv2d_2", "", "left 3 × 3, right 3 × 3"],
      ["", "", "20", ""],
    ]);
    const dot = lines((await fovea("summary pair.safetensors --dot")).stdout);
    expect([dot[0], dot.at(-1)]).toEqual(["digraph fovea {", "}"]);
    expect(dot).toContain('  "input left" -> "layer conv2d";');
    expect(lines((await fovea("summary pair.safetensors --graph text")).stdout)[0]).toMatch(/^%0 = /);
    const { code, stderr } = await fovea("summary pair.safetensors --dot --json");
    expect([code, stderr.includes("cannot be used with option")]).toEqual([2, true]);
  });
});

describe("fovea data", () => {
  beforeAll(() => writeDigits(place, "sets/mnist", { train: 12, test: 5 }));

  const names = Object.keys(sources);

  it("lists the data sets by name, one a line", async () => {
    const { code, stdout } = await launch("data list");
    expect(code).toBe(0);
    expect(lines(stdout).map((line) => line.split(" ")[0])).toEqual(names);
    const listed = jsonLines((await fovea("data list --json")).stdout);
    expect(listed.map(({ name }) => name)).toEqual(names);
    expect(stdout).toContain(listed[0].summary);
  });

  it("says what a data set holds once it is there", async () => {
    const { code, stdout } = await fovea("data fetch digits");
    expect(code).toBe(0);
    expect(lines(stdout)).toEqual([
      "digits/train: 30 000 pictures [1,28,28], 10 classes",
      "digits/test: 5 000 pictures [1,28,28], 10 classes",
    ]);
  });

  it("finds MNIST in the folder that FOVEA_DATA names, and fetches nothing then", async () => {
    const { code, stdout, stderr } = await fovea("data fetch mnist", { env: { FOVEA_DATA: "sets" } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(lines(stdout)).toEqual([
      "mnist/train: 12 pictures [1,28,28], 10 classes",
      "mnist/test: 5 pictures [1,28,28], 10 classes",
    ]);
  });

  it("says that a folder has data sets in it", async () => {
    const { code, stderr } = await fovea("data show sets");
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "error: --data sets: it has folders of data sets, mnist; name one: --data sets/mnist\n",
    });
  });

  it("draws pictures as text, side by side under their classes", async () => {
    const { code, stdout, stderr } = await fovea("data show digits --count 2");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [classes, ...rows] = lines(stdout);
    expect(classes).toMatch(/^5 {29}4$/);
    expect(rows.length).toBeLessThanOrEqual(14);
    expect(stdout).toMatch(/█/);
  });

  it("writes pictures as a PNG sheet with every pixel in its place", async () => {
    const { code, stdout, stderr } = await fovea("data show sets/mnist --split test --count 5 --png sheets/five.png");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toBe("5 pictures of mnist/test in sheets/five.png\n");
    const sheet = await decodePng(read("sheets", "five.png"));
    // Three in a row and two rows, twice as large, with a line of text under each.
    const [pitch, top, rowHeight] = [56 + 8, 8, 56 + 2 + 10 + 8];
    expect([sheet.width, sheet.height, sheet.channels]).toEqual([3 * pitch + 8, top + 2 * rowHeight, 1]);
    const { images } = drawDigits({ count: 5, split: "test" });
    for (let i = 0; i < 5; i++) {
      const [x, y] = [8 + pitch * (i % 3), top + rowHeight * Math.floor(i / 3)];
      const shown = crop(sheet, { x, y, width: 56, height: 56 });
      expect(shown.data.filter((_, k) => k % 2 === 0 && Math.floor(k / 56) % 2 === 0)).toEqual(images.row(i).data);
      // The class's name has ink.
      expect(crop(sheet, { x, y: y + 58, width: 56, height: 7 }).data).toContain(0);
    }
    expect(sheet.data[0]).toBe(255);
  });

  it("clears the cache, and says how much was freed", async () => {
    const env = { FOVEA_CACHE: at("cleared") };
    const put = async () => {
      await write("cleared/mnist/t10k-labels-idx1-ubyte.gz", "x".repeat(1500));
      await write("cleared/cifar10/cifar-10-binary.tar.gz", "x".repeat(500));
    };
    await put();
    const { code, stdout } = await fovea("data clear mnist --json", { env });
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      { files: [at("cleared/mnist/t10k-labels-idx1-ubyte.gz")], bytes: 1500 },
    ]);
    await put();
    expect((await fovea("data clear --pictures", { env })).stdout).toBe("0 files removed, 0 B freed\n");
    expect((await fovea("data clear", { env })).stdout).toBe("2 files removed, 2.0 KB freed\n");
  });

  it("is content with a reader that goes away", async () => {
    const { code, stderr } = await launch("data show digits --count 2000", {
      onOutput: (_, child) => {
        child.stdout?.destroy();
      },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});

describe("fovea doctor", () => {
  it("tells what was found, and what it brings", async () => {
    const { code, stdout } = await launch("doctor", { env: { FOVEA_DATA: "somewhere" } });
    expect(code).toBe(0);
    for (const line of lines(stdout)) expect(line).toMatch(/^[✓–] \S.{15,} \S/);
    expect(stdout).toMatch(/^✓ engine interpreter .*the reference meaning/m);
    expect(stdout).toMatch(/^(✓ engine x64 .* machine code with AVX|– engine x64 .* cannot be used: )/m);
    expect(stdout).toMatch(/^✓ FOVEA_DATA +somewhere$/m);
    const findings = jsonLines((await fovea("doctor --json")).stdout);
    expect(findings.find(({ what }) => what === "node")).toMatchObject({
      found: true,
      detail: expect.stringContaining(process.versions.node),
    });
    expect(findings.find(({ what }) => what === "FOVEA_DATA")).toMatchObject({ found: false });
    expect(findings.find(({ what }) => what === "cache")).toMatchObject({ found: true, detail: at("cache") });
  });
});

describe("fovea doctor, where an engine cannot be used", () => {
  it("says why", async () => {
    const { code, stdout } = await fovea("doctor", { env: { FOVEA_X64: "off" } });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^– engine x64 +the engine x64 cannot be used: FOVEA_X64 is off; the engine wasm runs everywhere$/m,
    );
    expect((await fovea("doctor", { env: { FOVEA_X64: "sse" } })).stdout).toMatch(
      /^– engine x64 +FOVEA_X64 must be one of avx512, avx2, off, got 'sse'$/m,
    );
  });
});

describe("help", () => {
  it.each(["", "data show"])("of fovea %s says how it is used, with examples", async (command) => {
    const { code, stdout, stderr } = await fovea([...command.split(" ").filter(Boolean), "--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(new RegExp(`^Usage: fovea ${command}`));
    const [, examples] = stdout.split("Examples:\n");
    expect(lines(examples).every((line) => line.startsWith("  $ fovea "))).toBe(true);
  });

  it("knows its version", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    for (const flag of ["--version", "-V"])
      expect(await launch(flag)).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });
});
