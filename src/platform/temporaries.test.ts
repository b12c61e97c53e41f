import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as node from "./node.ts";
import { sweepTemporaries, temporaryBeside } from "./temporaries.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-temporaries-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** The name of a process's temporary file. */
const nameOf = (pid: number): string => basename(temporaryBeside("x.bin")).replace(`-${process.pid}-`, `-${pid}-`);
const put = (name: string) => writeFile(join(folder, name), "half");
const dead = spawnSync(process.execPath, ["-e", ""]).pid;

describe("temporary files", () => {
  it("of dead processes are removed, and nothing else", async () => {
    const kept = [
      nameOf(process.pid),
      nameOf(process.ppid),
      nameOf(dead).replace(/\.[0-9a-f]{8}-/, ".00000000-"), // of another host
      `.x.bin.${dead}.tmp`,
      "x.bin",
      ".hidden.tmp",
    ];
    for (const name of [...kept, nameOf(dead), `.x.bin.${dead}-0123456789ab.tmp`]) await put(name);
    await sweepTemporaries(folder);
    expect((await readdir(folder)).sort()).toEqual(kept.sort());
    await sweepTemporaries(join(folder, "none"));
  });

  it("of an earlier process with this one's number are removed", async () => {
    const [old, current] = [nameOf(process.pid), nameOf(process.pid)];
    await put(old);
    await put(current);
    await utimes(join(folder, old), 1000, 1000);
    await sweepTemporaries(folder);
    expect(await readdir(folder)).toEqual([current]);
  });

  it("are removed by the first that is written beside them", async () => {
    await put(nameOf(dead));
    await node.writeFileAtomic(join(folder, "y.bin"), new Uint8Array(1));
    expect(await readdir(folder)).toEqual(["y.bin"]);
  });

  it("of a process stay as long as it lives", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await put(nameOf(child.pid!));
    await sweepTemporaries(folder);
    expect(await readdir(folder)).toHaveLength(1);
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
    await (await node.createFile(join(folder, "y.bin"))).finish();
    expect(await readdir(folder)).toEqual(["y.bin"]);
  });
});
