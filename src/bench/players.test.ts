import { afterEach, describe, expect, it, vi } from "vitest";
import { findX64Support } from "../engines/cpu/x64/index.ts";
import { foveaPlayers } from "./players.ts";

const namesOf = async (engine: string, threads: readonly number[]): Promise<string[]> =>
  (await foveaPlayers(engine, threads)).players.map(({ by, threads }) => `${by} ${threads}`);

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("the engines that take part", () => {
  it.skipIf(!findX64Support().found)("are all that compile, best first, with each number of threads", async () => {
    expect(await namesOf("auto", [1, 2])).toEqual(["x64 1", "x64 2", "wasm 1", "wasm 2"]);
    expect(await namesOf("x64", [1])).toEqual(["x64 1"]);
  });

  it("are the one that is named", async () => {
    expect(await namesOf("wasm", [1, 2])).toEqual(["wasm 1", "wasm 2"]);
    expect(await namesOf("interpreter", [1])).toEqual(["interpreter 1"]);
  });

  it("are named once where they cannot, with the reason", async () => {
    vi.stubEnv("FOVEA_X64", "off");
    const { players, missing } = await foveaPlayers("auto", [1, 2]);
    expect(players.map(({ by }) => by)).toEqual(["wasm", "wasm"]);
    expect(missing).toEqual([{ by: "x64", reason: expect.stringContaining("FOVEA_X64 is off") }]);
  });
});
