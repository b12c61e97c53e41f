import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { digest, halves, smallNetwork } from "../../tests/support/training.ts";
import { DataError, FormatError, StateError } from "../array/index.ts";
import { Model } from "../nn/index.ts";
import { createNextRunFolder, createRunFolder, fit, modelPath, openRunFolder } from "./index.ts";

const data = halves(20);
const options = { epochs: 3, batch: 8, validation: halves(12, { name: "held out" }) };
const config = { model: "small", seed: 0 };

let place = "";
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "fovea-runs-"));
});
afterEach(() => rm(place, { recursive: true }));

const contents = async (folder: string) => {
  const names = (await readdir(folder)).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, digest(await readFile(join(folder, name)))])),
  );
};
const metrics = async (folder: string) =>
  (await readFile(join(folder, "metrics.jsonl"), "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("a run folder", () => {
  it("holds the settings, a line an epoch, the best model and the latest checkpoint, and nothing else", async () => {
    const folder = join(place, "runs", "first");
    const store = await createRunFolder(folder, config);
    const { model, history } = await fit(smallNetwork(), data, { ...options, store });
    expect(await readdir(folder).then((names) => names.sort())).toEqual([
      "checkpoint.safetensors",
      "config.json",
      "metrics.jsonl",
      "model.safetensors",
    ]);
    expect(JSON.parse(await readFile(join(folder, "config.json"), "utf8"))).toEqual(config);
    const lines = await metrics(folder);
    expect(lines).toMatchObject(history);
    for (const { seconds } of lines) expect(seconds).toBeGreaterThan(0);
    expect(digest(await (await Model.load(modelPath(folder))).toBytes())).toBe(digest(await model.toBytes()));
  });

  it("is not made over another run, which stays as it is", async () => {
    const folder = join(place, "first");
    await fit(smallNetwork(), data, { ...options, store: await createRunFolder(folder, config) });
    const before = await contents(folder);
    await expect(createRunFolder(folder, { model: "other" })).rejects.toThrow(
      new StateError(`${folder} already holds a run (config.json); resume it, or choose another folder`),
    );
    expect(await contents(folder)).toEqual(before);
  });

  it("is not made over files that a run would replace, whoever put them there", async () => {
    for (const name of ["model.safetensors", "checkpoint.safetensors", "metrics.jsonl"]) {
      const folder = await mkdtemp(join(place, "taken-"));
      await writeFile(join(folder, name), "mine");
      await expect(createRunFolder(folder, config)).rejects.toThrow(`${folder} already holds a run (${name})`);
      expect(await readdir(folder)).toEqual([name]);
    }
  });

  it("goes to one of several that ask at the same time", async () => {
    const folder = join(place, "contested");
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map((run) => createRunFolder(folder, { ...config, run })));
    const got = outcomes.flatMap((outcome, i) => (outcome.status === "fulfilled" ? [i + 1] : []));
    expect(got).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === "rejected") expect(outcome.reason).toBeInstanceOf(StateError);
    expect((await openRunFolder(folder)).config.run).toBe(got[0]);
    expect(await readdir(folder)).toEqual(["config.json"]);
  });

  it("gets a number where the name is taken, whoever asks", async () => {
    const folder = join(place, "numbered");
    const made = await Promise.all([1, 2, 3].map(() => createNextRunFolder(folder, config)));
    expect(made.map(({ path }) => path).sort()).toEqual([folder, `${folder}-2`, `${folder}-3`]);
    await mkdir(`${folder}-4`);
    expect((await createNextRunFolder(folder, config)).path).toBe(`${folder}-5`);
  });

  it("is refused where a line of its metrics is damaged", async () => {
    const folder = join(place, "damaged");
    await fit(smallNetwork(), data, { ...options, store: await createRunFolder(folder, config) });
    const path = join(folder, "metrics.jsonl");
    await writeFile(path, (await readFile(path, "utf8")).replace(/"epoch":2/, "epoch:2"));
    await expect(openRunFolder(folder)).rejects.toThrow(`${path}: line 2: is not a JSON object; the file is damaged`);
  });

  it("has statistics of steps before the line of their epoch, and drops what comes after the line that is written", async () => {
    const folder = join(place, "measured");
    const store = await createRunFolder(folder, config);
    const statistics = (epoch: number, step: number) => store.logStatistics!({ epoch, step, statistics: {} });
    const epoch = (to: { logEpoch: typeof store.logEpoch }, epoch: number) =>
      to.logEpoch({ epoch, training: { loss: 1 }, seconds: 1 });
    for (const step of [2, 4]) await statistics(1, step);
    await epoch(store, 1);
    for (const step of [2, 4]) await statistics(2, step);
    const places = async () => (await metrics(folder)).map(({ epoch, step }) => [epoch, step]);
    expect(await places()).toEqual([
      [1, 2],
      [1, 4],
      [1, undefined],
      [2, 2],
      [2, 4],
    ]);
    const again = await openRunFolder(folder);
    await again.logStatistics!({ epoch: 2, step: 4, statistics: {} });
    expect(await places()).toHaveLength(5);
    await epoch(again, 1);
    expect(await places()).toEqual([
      [1, 2],
      [1, 4],
      [1, undefined],
    ]);
    const path = join(folder, "metrics.jsonl");
    await writeFile(path, '{"epoch":"1"}\n');
    await expect(openRunFolder(folder)).rejects.toThrow(`${path}: line 1: is about no epoch or step`);
  });

  it("may be a folder that holds other things", async () => {
    await writeFile(join(place, "notes.txt"), "mine");
    await createRunFolder(place, config);
    expect(await readFile(join(place, "notes.txt"), "utf8")).toBe("mine");
  });

  it("is opened with its settings, before and after its first checkpoint", async () => {
    const folder = join(place, "first");
    const store = await createRunFolder(folder, config);
    const early = await openRunFolder(folder);
    expect(early.config).toEqual(config);
    expect(early.path).toBe(folder);
    expect(await early.readCheckpoint()).toBeUndefined();
    await fit(smallNetwork(), data, { ...options, store });
    const checkpoint = await readFile(join(folder, "checkpoint.safetensors"));
    expect(digest((await (await openRunFolder(folder)).readCheckpoint())!)).toBe(digest(checkpoint));
  });

  it("cannot be opened where there is none, or when its settings are damaged", async () => {
    await expect(openRunFolder(join(place, "none"))).rejects.toThrow(
      new DataError(`${join(place, "none")} holds no run: there is no config.json in it`),
    );
    await expect(openRunFolder(place)).rejects.toThrow(DataError);
    for (const text of ["", '{"model": "small"', "[]", "null"]) {
      await writeFile(join(place, "config.json"), text);
      await expect(openRunFolder(place)).rejects.toThrow(
        new FormatError(`${join(place, "config.json")}: is not a JSON object; the file is damaged`),
      );
    }
  });

  it("loses the epochs that came after the checkpoint from which it goes on, and writes them again", async () => {
    const folder = join(place, "first");
    await fit(smallNetwork(), data, { ...options, epochs: 1, store: await createRunFolder(folder, config) });
    const resume = new Uint8Array(await readFile(join(folder, "checkpoint.safetensors")));
    // A crash between the last line and the last checkpoint leaves the older checkpoint.
    await fit(smallNetwork(), data, { ...options, resume, store: await openRunFolder(folder) });
    const whole = await contents(folder);
    const lines = await metrics(folder);
    expect(lines.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    await writeFile(join(folder, "checkpoint.safetensors"), resume);
    await fit(smallNetwork(), data, { ...options, resume, store: await openRunFolder(folder) });
    const again = await metrics(folder);
    const timeless = (records: typeof lines) => records.map(({ seconds: _, ...record }) => record);
    expect(timeless(again)).toEqual(timeless(lines));
    expect({ ...(await contents(folder)), "metrics.jsonl": "" }).toEqual({ ...whole, "metrics.jsonl": "" });
  });
});
