import { afterEach, describe, expect, it, vi } from "vitest";
import { findX64Support } from "../engines/cpu/x64/support.ts";
import { foveaPlayers } from "./players.ts";

const namesOf = (engine: string, threads: readonly number[]): string[] =>
  foveaPlayers(engine, threads).players.map(({ by, threads }) => `${by} ${threads}`);

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("the engines that take part", () => {
  it.skipIf(!findX64Support().found)("are all that compile, best first, with each number of threads", () => {
    expect(namesOf("auto", [1, 2])).toEqual(["x64 1", "x64 2", "wasm 1", "wasm 2"]);
    expect(namesOf("x64", [1])).toEqual(["x64 1"]);
  });

  it("are the one that is named", () => {
    expect(namesOf("wasm", [1, 2])).toEqual(["wasm 1", "wasm 2"]);
    expect(namesOf("interpreter", [1])).toEqual(["interpreter 1"]);
  });

  it("are named once where they cannot, with the reason", () => {
    vi.stubEnv("FOVEA_X64", "off");
    const { players, missing } = foveaPlayers("auto", [1, 2]);
    expect(players.map(({ by }) => by)).toEqual(["wasm", "wasm"]);
    expect(missing).toEqual([{ by: "x64", reason: expect.stringContaining("FOVEA_X64 is off") }]);
  });
});
