/** What a user reads when a command cannot do what it was asked: one message, the right exit code, nothing destroyed. */
import { existsSync, readdirSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { NdArray } from "../../src/array/index.ts";
import { sources } from "../../src/cli/sources.ts";
import { readSafetensors, writeIdx, writeSafetensors } from "../../src/formats/index.ts";
import * as nn from "../../src/nn/index.ts";
import { pngOf, workspace, writeDigits } from "../cli/run.ts";

const place = workspace();
const { fovea, at, read, write } = place;
const FAILED = 1;
const USED_WRONGLY = 2;

beforeAll(async () => {
  await writeDigits(place, "idx");
  expect((await fovea("train --data idx --validation 0 --epochs 1 --batch 30 --out run")).code).toBe(0);
  await write("blank.png", await pngOf(new Uint8Array(28 * 28)));
});

/** The command fails with this code and says this, and nothing else; commander's messages end with a hint. */
async function expectFailure(words: string, code: number, ...message: string[]): Promise<void> {
  expect(await fovea(words)).toEqual({ code, stdout: "", stderr: `error: ${message.join("\n")}\n` });
}

async function expectFailureIn(
  env: Readonly<Record<string, string>>,
  words: string,
  code: number,
  ...message: string[]
): Promise<void> {
  const result = await fovea(words, { env });
  expect(result).toEqual({ code, stdout: "", stderr: `error: ${message.join("\n")}\n` });
}
const expectMisuse = (words: string, ...message: string[]) =>
  expectFailure(words, USED_WRONGLY, ...message, "(--help shows the options)");

describe("an engine that cannot be used", () => {
  it("ends a command that asks for it", async () => {
    const message = "the engine x64 cannot be used: FOVEA_X64 is off; the engine wasm runs everywhere";
    await expectFailureIn({ FOVEA_X64: "off" }, "eval run --data idx --engine x64", FAILED, message);
  });

  it("ends a command that asks for one that there is none of", async () => {
    const message = "FOVEA_X64 must be one of avx512, avx2, off, got 'sse'";
    await expectFailureIn({ FOVEA_X64: "sse" }, "eval run --data idx", USED_WRONGLY, message);
  });
});

describe("a word that is misspelt", () => {
  it.each([
    ["trian", "unknown command 'trian'", "(Did you mean train?)"],
    ["data shwo idx", "unknown command 'shwo'", "(Did you mean show?)"],
    ["train --epoch 3", "unknown option '--epoch'", "(Did you mean --epochs?)"],
    [
      "train --model lenet",
      "option '--model <name>' argument 'lenet' is invalid. There is no 'lenet'; did you mean lenet5?",
    ],
    [
      "train --model vgg11:drop=0.3",
      "option '--model <name>' argument 'vgg11:drop=0.3' is invalid. vgg11: there is no option 'drop'; known: input, classes, dropout",
    ],
    [
      "train --optimizer adm",
      "option '--optimizer <name>' argument 'adm' is invalid. There is no 'adm'; did you mean adam?",
    ],
    [
      "eval run --data idx --engine interpretr",
      "option '--engine <name>' argument 'interpretr' is invalid. There is no 'interpretr'; did you mean interpreter?",
    ],
    [
      "eval run --data idx --split tests",
      "option '--split <name>' argument 'tests' is invalid. There is no 'tests'; did you mean test?",
    ],
    [
      "eval run --data idx --crops 5 --voting clases",
      "option '--voting <what>' argument 'clases' is invalid. There is no 'clases'; did you mean classes?",
    ],
    [
      "summary lenet5 --graph svg",
      "option '--graph <form>' argument 'svg' is invalid. There is no 'svg'; known: text, dot",
    ],
  ])("%s", (words, ...message) => expectMisuse(words, ...message));

  it.each([
    ["train --data mnits", "--data mnits: there is no data set or folder of this name; did you mean mnist?"],
    ["data show digist", "--data digist: there is no data set or folder of this name; did you mean digits?"],
    [
      "summary lenet",
      "summary lenet: there is no network, run folder or model file of this name; did you mean lenet5?",
    ],
  ])("%s", (words, message) => expectFailure(words, USED_WRONGLY, message));
});

describe("an optimizer, a schedule or a step of augmentation in words", () => {
  const wrong = (flag: string, value: string, message: string) =>
    `option '--${flag} <name>' argument '${value}' is invalid. ${message}`;
  it.each([
    ["optimizer", "sgd:momentm=0.9", "sgd: there is no option 'momentm'; did you mean momentum?"],
    ["optimizer", "adam:betas=0.9,1", "adam: betas must be two numbers from 0 up to but not including 1, got [0.9,1]"],
    ["optimizer", "adam:epsilon=small", 'adam: epsilon must be a number of at least 0, got "small"'],
    ["optimizer", "sgd:0.9", "'sgd:0.9': 0.9 must be option=value, each option once"],
    [
      "optimizer",
      "sgd:momentum=0.9,momentum=0.5",
      "'sgd:momentum=0.9,momentum=0.5': momentum=0.5 must be option=value, each option once",
    ],
    ["optimizer", "sgd:", "'sgd:' must be a name, or name:option=value,option=value"],
    ["augment", "flp", "There is no 'flp'; did you mean flip?"],
    ["augment", "flip:horizontal=2", "flip: horizontal must be a number from 0 to 1, got 2"],
    ["schedule", "cosin", "There is no 'cosin'; did you mean cosine?"],
    ["schedule", "step", "step: every must be an integer of at least 1, got nothing"],
    ["schedule", "step:evry=3", "step: there is no option 'evry'; did you mean every?"],
    ["schedule", "linear:floor=2", "linear: floor must be a number from 0 to 1, got 2"],
  ])("--%s %s", (flag, value, message) => expectMisuse(`train --${flag} ${value}`, wrong(flag, value, message)));

  it("that a run was begun with, when more epochs would make its rate jump", async () => {
    await expectFailure(
      "train --resume run --epochs 2",
      USED_WRONGLY,
      "--epochs 2: the schedule of this run, linear (floor 0), was laid out for --epochs 1, and with another number the learning rate would jump; " +
        "resume without --epochs, or begin a run with a schedule such as constant, step or plateau",
    );
  });
});

describe("a number or argument that is not acceptable", () => {
  const wrong = (flag: string, value: string, expected: string) =>
    `option '${flag}' argument '${value}' is invalid. Expected ${expected}.`;
  it.each([
    ["train --epochs -1", wrong("--epochs <n>", "-1", "an integer of at least 1")],
    ["train --epochs 0", wrong("--epochs <n>", "0", "an integer of at least 1")],
    ["train --batch two", wrong("--batch <n>", "two", "an integer of at least 1")],
    ["train --limit 2.5", wrong("--limit <n>", "2.5", "an integer of at least 1")],
    ["train --lr -0.1", wrong("--lr <rate>", "-0.1", "a number of at least 0")],
    ["train --lr fast", wrong("--lr <rate>", "fast", "a number of at least 0")],
    ["train --momentum 1.5", wrong("--momentum <m>", "1.5", "a number from 0 to 1")],
    ["train --clip-norm 0", wrong("--clip-norm <length>", "0", "a number above 0")],
    ["train --clip-value -1", wrong("--clip-value <size>", "-1", "a number above 0")],
    ["train --ema 1", wrong("--ema <decay>", "1", "a number from 0 up to but not including 1")],
    ["train --accumulate 0", wrong("--accumulate <n>", "0", "an integer of at least 1")],
    ["train --warmup -1", wrong("--warmup <epochs>", "-1", "a number of at least 0")],
    ["train --patience 0", wrong("--patience <epochs>", "0", "an integer of at least 1")],
    ["train --weight-decay -1", wrong("--weight-decay <d>", "-1", "a number of at least 0")],
    ["train --seed 4294967296", wrong("--seed <n>", "4294967296", "an integer from 0 to 4294967295")],
    ["train --validation -1", wrong("--validation <n>", "-1", "a share below 1, such as 0.2 or 1/12, or an integer")],
    ["train --validation 1.5", wrong("--validation <n>", "1.5", "a share below 1, such as 0.2 or 1/12, or an integer")],
    [
      "train --class-weights 1,-2",
      wrong("--class-weights <w,…>", "1,-2", "balanced, or a number of at least 0 for each class, such as 1,1,2.5"),
    ],
    ["predict run blank.png --top 0", wrong("--top <n>", "0", "an integer of at least 1")],
    ["summary lenet5 --input 28", wrong("--input <shape>", "28", "channels x height x width, such as 3x32x32")],
    [
      "summary lenet5 --input 1x28xhigh",
      wrong("--input <shape>", "1x28xhigh", "channels x height x width, such as 3x32x32"),
    ],
    ["train recipe.ts", "too many arguments for 'train'. Expected 0 arguments but got 1."],
  ])("%s", (words, message) => expectMisuse(words, message));

  it("predict without a picture", () =>
    expectFailure("predict run", USED_WRONGLY, "predict: name pictures, folders or archives after the model"));

  it.each([
    ["train --data idx --optimizer adam --momentum 0.5", "--momentum is for sgd, rmsprop; adam has none"],
    [
      "train --data idx --optimizer adam:weightDecay=0.1 --weight-decay 0.2",
      "--weight-decay and --optimizer adam:weightDecay=0.1 both say weightDecay; leave one out",
    ],
    [
      "train --data idx --optimizer sgd:nesterov=true --momentum 0",
      "sgd: nesterov looks ahead along the momentum, which is 0; set momentum, such as 0.9",
    ],
    [
      "train --data idx --batch 10 --accumulate 11",
      "--accumulate 11: a batch of 10 samples has no more parts than those",
    ],
    [
      "train --data idx --validation 0 --patience 2",
      "--patience counts on validation data; --validation 0 leaves none",
    ],
    [
      "train --data idx --validation 0 --schedule plateau:patience=3",
      "--schedule plateau:patience=3 looks at validation data; --validation 0 leaves none",
    ],
    [
      "train --data idx --validation 60",
      "--validation: 60 of 60 samples cannot be set aside; give a share below 1, or a count below 60",
    ],
    [
      "train --data idx --test 0.5",
      "--test 0.5: the data have a part to test with, idx/test; leave --test out, or name other data to test with",
    ],
  ])("%s", async (words, message) => {
    await expectFailure(`${words} --out refused`, USED_WRONGLY, message);
    expect(existsSync(at("refused"))).toBe(false);
  });

  it("no command at all shows what there is", async () => {
    const { code, stdout, stderr } = await fovea("");
    expect({ code, stdout }).toEqual({ code: USED_WRONGLY, stdout: "" });
    expect(stderr).toMatch(/^Usage: fovea .*\n(.*\n)*Commands:\n {2}train /);
  });
});

describe("a data folder", () => {
  it("that is not there", () =>
    expectFailure(
      "train --data ./none",
      FAILED,
      "--data ./none: there is no such folder or archive; give a folder with IDX files or pictures, an archive .tar or " +
        `.tar.gz of pictures, or a name: ${Object.keys(sources).join(", ")}`,
    ));

  it("that holds no data", async () => {
    await write("empty/notes.txt", "");
    await expectFailure(
      "eval run --data empty",
      FAILED,
      "empty: there are no pictures in it, and 1 file of another kind; expected folders CLASS/*.jpg, or train|val|test/CLASS/*.jpg",
    );
  });

  it("with a file that holds less than it says, or another number of labels than pictures", async () => {
    const images = read("idx", "train-images-idx3-ubyte");
    for (const name of readdirSync(at("idx"))) await write(`cut/${name}`, read("idx", name));
    await write("cut/train-images-idx3-ubyte", images.subarray(0, -100));
    await expectFailure(
      "train --data cut",
      FAILED,
      "cut/train-images-idx3-ubyte: its header promises [60,28,28], 47040 bytes of data; there are 46940: it was cut off, fetch it again",
    );
    await write("cut/train-images-idx3-ubyte", images);
    await write("cut/train-labels-idx1-ubyte", writeIdx(new NdArray(new Uint8Array(59), [59], "u8")));
    await expectFailure(
      "train --data cut",
      FAILED,
      "cut/train-images-idx3-ubyte has 60 pictures, cut/train-labels-idx1-ubyte has 59 labels; they must match",
    );
    expect(existsSync(at("runs"))).toBe(false);
  });
});

describe("an evaluation", () => {
  it("of crops that nobody votes over, or with votes that nobody casts", async () => {
    await expectFailure(
      "eval run --data idx --crop-padding 2",
      USED_WRONGLY,
      "--crop-padding is for votes over crops; add --crops 10, or leave it out",
    );
    await expectFailure(
      "eval run --data idx --crop-fill black",
      USED_WRONGLY,
      "--crop-fill is for votes over crops; add --crops 10, or leave it out",
    );
    await expectFailure(
      "eval run --data idx --voting classes",
      USED_WRONGLY,
      "--voting is for crops and for several runs; there is one run that looks at each picture once",
    );
  });

  it("of pictures that the model does not take, and of which there are no crops of its size", async () => {
    for (const side of [24, 32]) {
      const model = nn.Model.build(nn.sequential(nn.flatten(), nn.linear(10)), { input: [1, side, side] });
      await write(`${side}.safetensors`, await model.toBytes());
    }
    await expectFailure(
      "eval run 32.safetensors --data idx",
      FAILED,
      "32.safetensors cannot be tried on idx/test: the model takes inputs [1,32,32], got [1,28,28]; give it such, or crops of larger pictures",
    );
    await expectFailure(
      "eval 32.safetensors --data idx --crops 10",
      FAILED,
      "32.safetensors cannot be tried on idx/test: crops: 32×32 do not fit into pictures of 28×28 with a padding of 0; it takes 2",
    );
    // Crops of the larger pictures suit the smaller model, and each model is given its own.
    const { stdout } = await fovea("eval run 24.safetensors --data idx --crops 10 --json");
    expect(JSON.parse(stdout)).toMatchObject({ padding: [4, 0] });
  });

  it("by models that tell other classes apart", async () => {
    const classes = [..."1023456789"];
    const two = nn.Model.build(nn.sequential(nn.flatten(), nn.linear(2)), { input: [1, 28, 28] });
    const exchanged = nn.Model.build(nn.sequential(nn.flatten(), nn.linear(10)), { input: [1, 28, 28], classes });
    await write("two.safetensors", await two.toBytes());
    await write("exchanged.safetensors", await exchanged.toBytes());
    await expectFailure(
      "eval run two.safetensors --data idx",
      FAILED,
      "two.safetensors cannot be tried on idx/test: data set idx/test has 10 classes, 2 are told apart",
    );
    // The same classes in another order are matched by name.
    const { code, stdout } = await fovea("eval exchanged.safetensors --data idx --json");
    expect({ code, classes: JSON.parse(stdout).classes }).toEqual({ code: 0, classes });
  });

  it("of a part that the data do not have", () =>
    expectFailure(
      "eval run --data idx --split validation",
      USED_WRONGLY,
      "--split validation: idx has no such part; it has test, train, and all",
    ));

  it("of which the pictures cannot be written gives no results", async () => {
    const { code, stdout, stderr } = await fovea("eval run --data idx --mistakes blank.png/mistakes.png");
    expect({ code, stdout }).toEqual({ code: FAILED, stdout: "" });
    expect(stderr).toContain(
      "error: cannot write blank.png/mistakes.png: a part of the path is a file, not a folder\n",
    );
  });
});

describe("a model", () => {
  const commands = (name: string) => [`eval ${name} --data idx`, `predict ${name} blank.png`, `summary ${name}`];

  it("that is not there", async () => {
    for (const words of [...commands("runs/none"), ...commands("none.safetensors")]) {
      await expectFailure(
        words,
        FAILED,
        `${words.split(" ")[1]}: there is no run folder, model file or network of this name`,
      );
    }
  });

  it("that no epoch was finished for", async () => {
    await write("early/config.json", "{}");
    for (const words of commands("early")) {
      await expectFailure(
        words,
        FAILED,
        "early holds no trained model: there is no model.safetensors in it; a run writes it after its first epoch",
      );
    }
  });

  it("that was cut off", async () => {
    await write("cut.safetensors", read("run", "model.safetensors").subarray(0, 5000));
    for (const words of commands("cut.safetensors")) {
      const { code, stdout, stderr } = await fovea(words);
      expect({ code, stdout }).toEqual({ code: FAILED, stdout: "" });
      expect(stderr).toMatch(
        /^error: cut\.safetensors: tensor "3\.weight": its data end at byte \d+, only \d+ are there; the file was cut off, fetch or save it again\n$/,
      );
    }
  });

  it("whose tensors are not those of its architecture", async () => {
    const { tensors, metadata } = readSafetensors(read("run", "model.safetensors"));
    await write(
      "lying.safetensors",
      writeSafetensors(tensors, { fovea: metadata.fovea.replace('"units":120', '"units":121') }),
    );
    for (const words of commands("lying.safetensors")) {
      await expectFailure(words, FAILED, "lying.safetensors: tensor '7.weight' is f32[120,400], expected f32[121,400]");
    }
  });

  it("that is a file of tensors, or a checkpoint", async () => {
    for (const words of commands("run/checkpoint.safetensors")) {
      await expectFailure(
        words,
        FAILED,
        "run/checkpoint.safetensors: holds tensors but no Fovea model (no metadata 'fovea'); save it with model.save()",
      );
    }
  });
});

describe("a picture", () => {
  /** Alone, and after one that can be read, which is answered. */
  const predict = async (name: string, message: string) => {
    await expectFailure(`predict run ${name}`, FAILED, message);
    const { code, stdout, stderr } = await fovea(`predict run blank.png ${name}`);
    expect({ code, stderr }).toEqual({
      code: FAILED,
      stderr: `error: ${message}\nerror: 1 of 2 files cannot be answered\n`,
    });
    expect(stdout).toMatch(/^blank\.png\n/);
  };

  // The good picture before the bad one is not answered for: nothing is on stdout.
  it("that is not there", () => predict("none.png", "cannot read none.png: no such file"));

  it("of another size", async () => {
    await write("large.png", await pngOf(new Uint8Array(56 * 56), 56));
    await predict("large.png", "large.png is 56×56, the model takes 28×28; --resize scales it");
  });

  it("that is text under another name", async () => {
    await write("text.png", "seven");
    await predict(
      "text.png",
      'text.png: it looks like text beginning with "seven", expected a picture: PNG, JPEG, GIF, WebP, BMP, TIFF, AVIF',
    );
  });

  it("that is broken", async () => {
    await write("broken.png", read("blank.png").subarray(0, -20));
    const { code, stdout, stderr } = await fovea("predict run broken.png");
    expect({ code, stdout }).toEqual({ code: FAILED, stdout: "" });
    expect(stderr).toMatch(/^error: broken\.png: the PNG is .*\n$/);
  });
});

describe("a picture to be filtered, or searched", () => {
  const kernel = (value: string, message: string) =>
    `option '--kernel <kernel>' argument '${value}' is invalid. ${message}`;
  const grid = "Expected a kernel's name, or rows of equally many numbers: 0,-1,0;-1,5,-1;0,-1,0.";

  it.each([
    ["filter blank.png out.png", "required option '--kernel <kernel>' not specified"],
    ["filter blank.png out.png --kernel sharpn", kernel("sharpn", "There is no 'sharpn'; did you mean sharpen?")],
    [
      "filter blank.png out.png --kernel gaussian:sigma=0",
      kernel("gaussian:sigma=0", "kernel gaussian: sigma must be a number above 0, of at most 166, got 0"),
    ],
    ["filter blank.png out.png --kernel 1,2;3", kernel("1,2;3", grid)],
    ["filter blank.png out.png --kernel 1,,2", kernel("1,,2", grid)],
    [
      "filter blank.png out.png --kernel blur --border mirror",
      "option '--border <name>' argument 'mirror' is invalid. Expected one of 'valid', 'zero', 'reflect', 'replicate'.",
    ],
    [
      "filter blank.png out.png --kernel blur --step 1,2,3",
      "option '--step <n>' argument '1,2,3' is invalid. Expected one integer, or two: down and across.",
    ],
    [
      "canny blank.png edges.gif",
      "command-argument value 'edges.gif' is invalid for argument 'out'. Expected a file name ending in .png, .jpg, .jpeg, .webp, .avif.",
    ],
    ["harris blank.png", "missing required argument 'out'"],
    [
      "harris blank.png out.png --threshold 2",
      "option '--threshold <share>' argument '2' is invalid. Expected a number from 0 to 1.",
    ],
    [
      "harris blank.png out.png --aperture 4",
      "option '--aperture <n>' argument '4' is invalid. Expected an odd integer from 1 to 7.",
    ],
  ])("image %s", (words, message) => expectMisuse(`image ${words}`, message));

  it.each([
    ["canny blank.png out.png --low 300", USED_WRONGLY, "canny: low 300 is above high 200; exchange them"],
    [
      "filter blank.png out.png --kernel box:size=29 --border valid",
      FAILED,
      "filter: the kernel of 29 rows and 29 columns does not fit into the picture of 28 rows and 28 columns; choose another border than 'valid'",
    ],
    ["canny none.png out.png", FAILED, "cannot read none.png: no such file"],
  ])("image %s", async (words, code, message) => {
    await expectFailure(`image ${words}`, code, message);
    expect(existsSync(at("out.png"))).toBe(false);
  });
});
