/** What stays of a run when something goes wrong with it: everything that was there before, whole. */
import { beforeAll, describe, expect, it } from "vitest";
import { readSafetensors, writeSafetensors } from "../../src/formats/index.ts";
import { workspace, writeDigits } from "./run.ts";

const place = workspace();
const { fovea, read, text, write, contents } = place;
const FAILED = 1;
const USED_WRONGLY = 2;

/** With a rate that does not go by the length of the run, which can then be gone on with for longer. */
const begin = "train --data idx --validation 0 --epochs 1 --batch 30 --schedule constant --out run";

beforeAll(async () => {
  await writeDigits(place, "idx");
  expect((await fovea(begin)).code).toBe(0);
});

/** A copy of the run, to be spoilt. */
async function copyRun(name: string): Promise<void> {
  for (const [file, bytes] of Object.entries(contents("run")))
    await write(`${name}/${file}`, Buffer.from(bytes, "base64"));
}

async function expectFailure(words: string, code: number, message: string): Promise<void> {
  expect(await fovea(words)).toEqual({ code, stdout: "", stderr: `error: ${message}\n` });
}

describe("a run", () => {
  it("is not overwritten, even when the data cannot be read anyway", async () => {
    const before = contents("run");
    for (const data of ["idx", "./none"]) {
      await expectFailure(
        `train --data ${data} --out run`,
        FAILED,
        "run already holds a run (config.json); resume it, or choose another folder",
      );
    }
    expect(contents("run")).toEqual(before);
  });

  it("that is not there cannot be gone on with", () =>
    expectFailure("train --resume none", FAILED, "none holds no run: there is no config.json in it"));

  it("goes on with its own settings only, whose flags are named as they were typed", async () => {
    const before = contents("run");
    await expectFailure(
      "train --resume run --lr 0.1 --weight-decay 0.001 --data idx --out other",
      USED_WRONGLY,
      "--resume takes its settings from run; leave out --lr, --weight-decay, --data, --out (only --epochs may change)",
    );
    expect(contents("run")).toEqual(before);
  });

  it("whose settings or checkpoint are damaged cannot be gone on with, and stays as it is", async () => {
    const config = text("run", "config.json");
    const refuse = async (name: string, contentsOf: string | Uint8Array, message: RegExp) => {
      await copyRun("damaged");
      await write(`damaged/${name}`, contentsOf);
      const before = contents("damaged");
      const { code, stdout, stderr } = await fovea("train --resume damaged --epochs 2");
      expect({ code, stdout }).toEqual({ code: FAILED, stdout: "" });
      expect(stderr).toMatch(message);
      expect(contents("damaged")).toEqual(before);
    };
    const changed = /; the file was changed or is damaged\n$/;
    await refuse(
      "config.json",
      config.slice(0, 50),
      /^error: damaged\/config\.json: is not a JSON object; the file is damaged\n$/,
    );
    await refuse(
      "config.json",
      config.replace('"batch": 30', '"batch": -30'),
      /^error: damaged\/config\.json: batch must be an integer of at least 1, got -30; /,
    );
    await refuse("config.json", config.replace('"seed": 0', '"seed": 4294967296'), changed);
    await refuse("config.json", config.replace('"batch"', '"bath"'), changed);
    await refuse(
      "config.json",
      config.replace('"optimizer": "sgd"', '"optimizer": "sgd:momentm=1"'),
      /^error: damaged\/config\.json: optimizer must be one of 'sgd', .*, with options as in name:option=value, got "sgd:momentm=1"; /,
    );
    await refuse(
      "config.json",
      config.replace('"batch": 30', '"batch": 31'),
      /the checkpoint: belongs to another run: it was made with batch 30; this run has batch 31; /,
    );
    await refuse(
      "checkpoint.safetensors",
      read("run", "checkpoint.safetensors").subarray(0, 9000),
      /^error: the checkpoint: .*the file was cut off/m,
    );
  });

  it("whose numbers break keeps what earlier epochs left", async () => {
    await copyRun("broken");
    const { tensors, metadata } = readSafetensors(read("run", "checkpoint.safetensors"));
    tensors.get("model/11.bias")!.data[0] = Number.POSITIVE_INFINITY;
    await write("broken/checkpoint.safetensors", writeSafetensors(tensors, metadata));
    const before = contents("broken");
    const { code, stdout, stderr } = await fovea("train --resume broken --epochs 2");
    expect({ code, stdout }).toEqual({ code: FAILED, stdout: "" });
    expect(stderr).toMatch(
      /^error: training stopped at epoch 2, step 1: the loss is NaN; it first came up as Infinity in variable 11\.bias of layer 11 /m,
    );
    expect(contents("broken")).toEqual(before);
  });

  it("with a learning rate that is far too large stops, and leaves no half-written files", async () => {
    const { code, stdout, stderr } = await fovea("train --data idx --validation 0 --batch 20 --lr 1e39 --out fast");
    expect({ code, stdout }).toEqual({ code: FAILED, stdout: "" });
    expect(stderr).toMatch(
      /^error: training stopped at epoch 1, step 2: the loss is NaN; it first came up as -?Infinity in variable 0\.weight of layer 0 .* Try a smaller learning rate/m,
    );
    expect(Object.keys(contents("fast"))).toEqual(["config.json"]);
  });
});
