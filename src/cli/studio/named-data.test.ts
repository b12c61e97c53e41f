/** Data sets as the page reads them: the library's own bytes, and nothing that would have to be downloaded. */
import { afterEach, expect, it, vi } from "vitest";
import { readSet } from "../../../studio/src/worker/data/sources/found.ts";
import { workspace, writeDigits } from "../../../tests/cli/run.ts";
import { firstSamples, loadSamples, mnist } from "../../data/index.ts";
import { NamedData } from "./named-data.ts";

const place = workspace();
afterEach(() => vi.unstubAllEnvs());

it("gives the first samples of a part, with classes and normalization", async () => {
  await writeDigits(place, "data/mnist", { train: 30, test: 12 });
  vi.stubEnv("FOVEA_DATA", place.at("data"));
  const data = new NamedData();
  for (const [part, count] of [
    ["train", 20],
    ["test", 100],
  ] as const) {
    const given = readSet(await data.bytes("mnist", part, String(count)), "mnist");
    expect(given).toEqual(await loadSamples(firstSamples((await mnist())[part], count)));
  }
});

it("says what is there, and why the rest is not", async () => {
  await writeDigits(place, "some/mnist", { train: 30, test: 12 });
  vi.stubEnv("FOVEA_DATA", place.at("some"));
  vi.stubEnv("XDG_CACHE_HOME", place.at("cache"));
  const [found, ...others] = await new NamedData().list();
  expect(found).toMatchObject({ name: "mnist", samples: { train: 30, test: 12 }, input: [1, 28, 28] });
  expect(others.map(({ name }) => name)).toEqual(["fashion-mnist", "kmnist", "cifar10"]);
  for (const { problem } of others) expect(problem).toContain("offline was asked for");
});

it.each([
  ["validation", "10", "part: expected train or test"],
  ["train", "0", "count: expected an integer of at least 1"],
  ["train", "1e3", "count: expected an integer of at least 1"],
  ["train", "-1", "count: expected an integer of at least 1"],
])("refuses part %s, count %s", async (part, count, message) => {
  await expect(new NamedData().bytes("mnist", part, count)).rejects.toThrow(message);
});
