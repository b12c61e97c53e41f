import { existsSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { augmentations } from "../../src/data/index.ts";
import { optimizers, schedules } from "../../src/optim/index.ts";
import { jsonLines, workspace, writeDigits } from "./run.ts";

const place = workspace();
const { fovea, launch, at, read, text, contents } = place;
const files = ["checkpoint.safetensors", "config.json", "metrics.jsonl", "model.safetensors"];

beforeAll(() => writeDigits(place, "idx"));

describe("fovea train", () => {
  it("trains on built-in digits and keeps the run, with results on stdout and progress on stderr", async () => {
    const { code, stdout, stderr } = await launch("train --limit 300 --epochs 2 --seed 1");
    expect(code).toBe(0);
    expect(Object.keys(contents("runs/lenet5-digits"))).toEqual(files);
    expect(stderr.trimEnd().split("\n")).toEqual([
      "holding out 25 of 300 samples of digits/train to choose the best epoch by (--validation 1/12)",
      "digits/train (held out) has no samples of 4, 6",
      "lenet5 on digits/train: 275 samples, 25 to choose the best epoch by, 2 epochs",
      expect.stringMatching(/^engine \w+, seed 1, run folder runs\/lenet5-digits$/),
      expect.stringMatching(
        /^epoch 1\/2 {2}loss \d\.\d{4} {2}accuracy \d+\.\d\d % {2}validation loss \d\.\d{4} accuracy \d+\.\d\d % best {2}\d:\d\d$/,
      ),
      expect.stringMatching(/^epoch 2\/2 /),
    ]);
    expect(stdout).toMatch(/^test accuracy \d+\.\d\d % \(\d[ \d]* of 5 000\), loss \d\.\d{4}, on digits\/test$/m);
    expect(stdout).toMatch(/^model runs\/lenet5-digits\/model\.safetensors$/m);
    // Ten classes at random would get 10 %.
    expect(Number(/test accuracy (\S+) %/.exec(stdout)?.[1])).toBeGreaterThan(30);
  });

  it("writes down every setting, those that were not given too", async () => {
    const { code } = await fovea("train --data idx --epochs 1 --batch 30 --validation 0.25 --out first");
    expect(code).toBe(0);
    expect(JSON.parse(text("first", "config.json"))).toEqual({
      fovea: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      arithmetic: expect.stringMatching(/^(x64|wasm)/),
      ...{ pretrained: null, init: null, freeze: [] },
      model: "lenet5",
      data: at("idx"),
      limit: 0,
      size: null,
      gray: false,
      strict: false,
      validation: 0.25,
      test: null,
      epochs: 1,
      batch: 30,
      seed: 0,
      augment: [],
      optimizer: "sgd",
      schedule: "linear",
      warmup: 0,
      learningRate: null,
      momentum: null,
      weightDecay: null,
      clipNorm: null,
      clipValue: null,
      average: null,
      accumulate: 1,
      task: "classification",
      classWeights: null,
      patience: 0,
      statistics: null,
    });
    expect(jsonLines(text("first", "metrics.jsonl"))).toEqual([
      {
        epoch: 1,
        training: { loss: expect.any(Number), accuracy: expect.any(Number) },
        validation: { loss: expect.any(Number), accuracy: expect.any(Number) },
        seconds: expect.any(Number),
      },
    ]);
  });

  it("speaks to machines in JSON Lines, and says beside them what was held out", async () => {
    const { code, stdout, stderr } = await fovea(
      "train --data idx --epochs 2 --batch 20 --validation 10 --out machine --json",
    );
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: "holding out 10 of 60 samples of idx/train to choose the best epoch by (--validation 10)\n",
    });
    const events = jsonLines(stdout);
    expect(events.map(({ event }) => event)).toEqual(["run", "step", "epoch", "step", "epoch", "test"]);
    expect(events[0]).toEqual({
      event: "run",
      folder: "machine",
      engine: expect.any(String),
      samples: { train: 50, validation: 10, test: 20 },
      config: expect.objectContaining({ model: "lenet5", data: at("idx"), epochs: 2, batch: 20, seed: 0 }),
    });
    expect(events[1]).toMatchObject({ epoch: 1, step: 3, steps: 3, samples: 10, gradientNorm: expect.any(Number) });
    expect(events[4]).toMatchObject({
      epoch: 2,
      epochs: 2,
      isBest: expect.any(Boolean),
      validation: { loss: expect.any(Number), accuracy: expect.any(Number) },
    });
    expect(events[5]).toMatchObject({ data: "idx/test", count: 20, model: "machine/model.safetensors" });
    expect(Number(events[5].correct) / 20).toBe(events[5].accuracy);
  });

  it("gives the same bytes for the same seed, in any process, and numbers its folders", async () => {
    for (const [run, seed] of [
      [fovea, 7],
      [launch, 7],
      [fovea, 8],
    ] as const)
      expect((await run(`train --data idx --epochs 1 --limit 40 --seed ${seed}`)).code).toBe(0);
    const model = (n: string) => read("runs", `lenet5-idx${n}`, "model.safetensors");
    expect(model("-2").equals(model(""))).toBe(true);
    expect(model("-3").equals(model(""))).toBe(false);
    const checkpoint = (n: string) => read("runs", `lenet5-idx${n}`, "checkpoint.safetensors");
    expect(checkpoint("-2").equals(checkpoint(""))).toBe(true);
  });

  it("goes on with a run that is done, when more epochs are asked for", async () => {
    const begin = (folder: string, epochs: number) =>
      fovea(`train --data idx --limit 40 --schedule constant --epochs ${epochs} --out ${folder}`);
    expect((await begin("done", 1)).code).toBe(0);
    const more = await launch("train --resume done --epochs 2");
    expect(more.code).toBe(0);
    expect(more.stderr).toMatch(/^epoch 2\/2 /m);
    expect(more.stderr).not.toMatch(/^epoch 1/m);
    expect((await begin("whole", 2)).code).toBe(0);
    for (const name of ["model.safetensors", "checkpoint.safetensors"]) {
      expect(read("done", name).equals(read("whole", name)), name).toBe(true);
    }
    expect(jsonLines(text("done", "metrics.jsonl")).map(({ epoch }) => epoch)).toEqual([1, 2]);
  });

  it("takes every option of optimizers and schedules, and resumes with them to the same bytes", async () => {
    const words =
      "--optimizer rmsprop:smoothing=0.9,centered=true --lr 0.002 --momentum 0.5 --weight-decay 0.001 --clip-norm 2 " +
      "--clip-value 0.5 --ema 0.8 --schedule multiStep:milestones=1,2,factor=0.5 --warmup 0.5 --accumulate 3 --patience 9";
    const begin = (folder: string, epochs: number) =>
      fovea(`train --data idx --limit 60 --batch 20 --epochs ${epochs} --out ${folder} ${words}`);
    expect((await begin("options", 1)).code).toBe(0);
    expect(JSON.parse(text("options", "config.json"))).toMatchObject({
      optimizer: "rmsprop:smoothing=0.9,centered=true",
      schedule: "multiStep:milestones=1,2,factor=0.5",
      ...{ warmup: 0.5, learningRate: 0.002, momentum: 0.5, weightDecay: 0.001, clipNorm: 2, clipValue: 0.5 },
      ...{ average: 0.8, accumulate: 3, patience: 9 },
    });
    expect((await fovea("train --resume options --epochs 2")).code).toBe(0);
    expect((await begin("options-whole", 2)).code).toBe(0);
    for (const name of ["model.safetensors", "checkpoint.safetensors"])
      expect(read("options", name).equals(read("options-whole", name)), name).toBe(true);
  });

  it.each([
    "--lr 0.01",
    "--momentum 0.5",
    "--weight-decay 0.1",
    "--clip-norm 0.1",
    "--clip-value 0.001",
    "--ema 0.9",
    "--warmup 1",
    "--schedule constant",
    "--schedule linear:floor=0.5",
    "--optimizer sgd:nesterov=true",
    "--optimizer sgd:dampening=0.5",
    "--optimizer lion",
    "--optimizer adagrad",
    "--optimizer adadelta",
    "--augment flip",
    "--class-weights balanced",
    "--augment cutout:size=4",
  ])("has no option that makes no difference: %s", async (words) => {
    const train = async (folder: string, more: string) => {
      const { code, stderr } = await fovea(
        `train --data idx --validation 0 --test 0 --epochs 1 --batch 15 --limit 45 --out ${folder} ${more}`,
      );
      expect({ code, error: /error.*/.exec(stderr) }).toEqual({ code: 0, error: null });
      return read(folder, "model.safetensors");
    };
    const folder = words.replace(/\W+/g, "-");
    if (!existsSync(at("plain"))) await train("plain", "");
    expect((await train(`with${folder}`, words)).equals(read("plain", "model.safetensors"))).toBe(false);
  });

  it("augments with steps in their order, and resumes with them to the same bytes", async () => {
    const steps = ["randomCrop:padding=2,3,fill=0", "lecture:fill=replicate", "mixup:alpha=0.4"];
    const words = steps.map((step) => `--augment ${step}`).join(" ");
    const begin = (folder: string, epochs: number, more: string) =>
      fovea(`train --data idx --limit 40 --schedule constant --epochs ${epochs} --out ${folder} ${more}`);
    expect((await begin("augmented", 1, words)).code).toBe(0);
    expect(JSON.parse(text("augmented", "config.json"))).toMatchObject({ augment: steps });
    expect((await fovea("train --resume augmented --epochs 2")).code).toBe(0);
    expect((await begin("augmented-whole", 2, words)).code).toBe(0);
    for (const name of ["model.safetensors", "checkpoint.safetensors"])
      expect(read("augmented", name).equals(read("augmented-whole", name)), name).toBe(true);
    expect((await begin("augmented-less", 2, "--augment lecture")).code).toBe(0);
    expect(read("augmented", "model.safetensors").equals(read("augmented-less", "model.safetensors"))).toBe(false);
  });

  it("validates and tests on the middles where steps make pictures smaller", async () => {
    const { code, stdout } = await fovea("train --data idx --epochs 1 --augment randomCrop:size=24 --out cropped");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^test accuracy /m);
    expect(text("cropped", "metrics.jsonl")).toContain('"validation":{"loss"');
    const [, accuracy] = /^test accuracy ([\d.]+ %)/m.exec(stdout) ?? [];
    const again = await fovea("eval cropped --data idx");
    expect(again.stdout).toContain(`accuracy ${accuracy} `);
    expect(again.stderr).toContain("cropped takes pictures of 24×24: it looks at the middle of each\n");
  });

  it("lists the tasks where there is none of the name, and leaves no run folder behind", async () => {
    const { code, stderr } = await fovea("train --data idx --task knitting --out lacking");
    expect(code).toBe(2);
    expect(stderr).toMatch(/argument 'knitting' is invalid\. There is no 'knitting'; known: classification\b/);
    expect(existsSync(at("lacking"))).toBe(false);
  });

  it("writes statistics of layers while it trains", async () => {
    const begin = "train --data idx --test 0 --batch 20 --schedule constant --epochs 1 --statistics 2 --out measured";
    expect((await fovea(begin)).code).toBe(0);
    expect((await fovea("train --resume measured --epochs 2")).code).toBe(0);
    const lines = jsonLines(text("measured", "metrics.jsonl"));
    // 55 samples are three steps; those of an epoch come before its line.
    expect(lines.map(({ epoch, step, training }) => [epoch, step, training !== undefined])).toEqual([
      [1, 2, false],
      [1, undefined, true],
      [2, 1, false],
      [2, 3, false],
      [2, undefined, true],
    ]);
    expect(lines[2].statistics).toMatchObject({ samples: 20, layers: { length: 12 }, parameters: { length: 10 } });
    const words = "train --data idx --limit 40 --validation 0 --test 0 --epochs 2 --batch 20 --statistics --json";
    const events = jsonLines((await fovea(words)).stdout).filter(({ event }) => event === "statistics");
    expect(events.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 2],
      [2, 2],
    ]);
  });

  it("gives the library's task its options", async () => {
    const { code } = await fovea("train --data idx --task classification:loss=multiMargin --epochs 1 --out margin");
    expect(code).toBe(0);
    expect(JSON.parse(text("margin", "config.json"))).toMatchObject({ task: "classification:loss=multiMargin" });
    expect((await fovea("train --resume margin")).code).toBe(0);
  });

  it("stops early when no epoch is better, and says so to people and machines", async () => {
    // With a rate of 0 all epochs are alike, and the first is the best.
    const words = "train --data idx --epochs 9 --lr 0 --validation 10 --patience 2";
    const people = await fovea(`${words} --out patient`);
    expect(people.code).toBe(0);
    expect(people.stderr).toMatch(/^epoch 3\/9 .*\nstopped early: no epoch was better than epoch 1$/m);
    const machines = jsonLines((await fovea(`${words} --out patient-2 --json`)).stdout);
    expect(machines.filter(({ event }) => event === "stopped early")).toEqual([
      { event: "stopped early", bestEpoch: 1 },
    ]);
    expect(machines.filter(({ event }) => event === "epoch")).toHaveLength(3);
  });

  it("lists every optimizer, schedule and step of augmentation with its options in its help", async () => {
    const { stdout } = await fovea("train --help");
    const { normalize: _, ...steps } = augmentations;
    for (const name of [...Object.keys(optimizers), ...Object.keys(schedules), ...Object.keys(steps)])
      expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, "m"));
    expect(stdout).toMatch(/^ {2}multiStep {3}milestones, factor$/m);
    expect(stdout).toMatch(/^ {2}randomResizedCrop size, area, aspect$/m);
  });

  it("tells again how good a run is that is done, and changes nothing", async () => {
    await fovea("train --data idx --limit 40 --epochs 1 --out again");
    const before = contents("again");
    const { code, stdout } = await fovea("train --resume again");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^test accuracy /m);
    expect(contents("again")).toEqual(before);
  });
});
