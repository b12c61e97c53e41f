import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { afterAll, describe, expect, it } from "vitest";
import { readPicture, type SiftFeatures, sift } from "../../image/index.ts";
import type { Output } from "../io.ts";
import { siftCommand } from "./image-sift.ts";

const folder = mkdtempSync(join(tmpdir(), "fovea-sift-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
for (const name of ["rocket", "coffee"]) {
  const path = `../../../tests/fixtures/pictures/${name}.png`;
  copyFileSync(fileURLToPath(new URL(path, import.meta.url)), at(`${name}.png`));
}

/** Runs the command below a parent, as the whole program does. */
async function run(...words: string[]): Promise<{ readonly printed: string[]; readonly logged: string[] }> {
  const [printed, logged]: string[][] = [[], []];
  const output: Output = {
    print: (line = "") => printed.push(line),
    log: (line) => logged.push(line),
    write: () => {},
    status: () => undefined,
    isTerminal: false,
    columns: 80,
    paint: (_, text) => text,
  };
  const parent = new Command("image").addCommand(siftCommand(output));
  for (const command of [parent, ...parent.commands])
    command.exitOverride().configureOutput({ writeErr: () => undefined });
  await parent.parseAsync(["sift", ...words], { from: "user" });
  return { printed, logged };
}

const read = async (name: string) => readPicture(readFileSync(at(name)), name);
const found: SiftFeatures = sift(await read("rocket.png"));

describe("fovea image sift", () => {
  it("draws the keypoints and says how many there are", async () => {
    const { printed, logged } = await run(at("rocket.png"), at("new/out.png"));
    expect(printed).toEqual([`${at("rocket.png")}: ${found.keypoints.length} keypoints`]);
    expect(logged).toEqual([`drawn to ${at("new/out.png")}`]);
    expect(await read("new/out.png")).toMatchObject({ width: 240, height: 160, channels: 3 });
  });

  it("keeps the strongest, and those with enough contrast", async () => {
    expect((await run(at("rocket.png"), at("few.png"), "--count", "5")).printed[0]).toContain(": 5 keypoints");
    const strong = found.keypoints.filter(({ response }) => response * 3 >= 0.1).length;
    expect(strong).toBeLessThan(found.keypoints.length);
    const { printed } = await run(at("rocket.png"), at("few.png"), "--contrast", "0.1");
    expect(printed[0]).toContain(`: ${strong} keypoints`);
  });

  it("prints them as JSON, with descriptors when asked", async () => {
    const { printed } = await run(at("rocket.png"), at("json.png"), "--json");
    expect(printed).toHaveLength(1);
    expect(JSON.parse(printed[0])).toEqual({
      image: at("rocket.png"),
      width: 240,
      height: 160,
      keypoints: found.keypoints,
      drawing: at("json.png"),
    });
    const whole = JSON.parse((await run(at("rocket.png"), at("json.png"), "--json", "--descriptors")).printed[0]);
    expect(whole.keypoints[3]).toEqual({
      ...found.keypoints[3],
      descriptor: Array.from(found.descriptors.row(3).data),
    });
  });

  it("matches two pictures and draws them side by side", async () => {
    const { printed } = await run(at("rocket.png"), at("both.png"), "--with", at("rocket.png"));
    expect(await read("both.png")).toMatchObject({ width: 480, height: 160, channels: 3 });
    const count = Number(/^(\d+) matches$/.exec(printed[2])?.[1]);
    expect(count).toBeGreaterThan(0.9 * found.keypoints.length);
    const other = await run(at("rocket.png"), at("both.png"), "--with", at("coffee.png"), "--json", "--ratio", "1");
    const mutual = await run(
      at("rocket.png"),
      at("b.png"),
      "--with",
      at("coffee.png"),
      "--json",
      "--ratio",
      "1",
      "--mutual",
    );
    const [all, some] = [other, mutual].map((one) => JSON.parse(one.printed[0]));
    expect(all.with.image).toBe(at("coffee.png"));
    expect(all.matches).toHaveLength(found.keypoints.length);
    expect(some.matches.length).toBeLessThan(all.matches.length);
    expect(Object.keys(some.matches[0])).toEqual(["a", "b", "distance"]);
  });

  it.each([
    [["--ratio", "0.7"], "image sift: --ratio goes with --with only; add it, or leave --ratio out"],
    [["--mutual"], "image sift: --mutual goes with --with only"],
    [["--descriptors"], "image sift: --descriptors goes with --json only"],
    [["--ratio", "0"], "Expected a number above 0, up to 1."],
    [["--count", "0"], "Expected an integer of at least 1."],
  ])("refuses %s alone, and writes nothing", async (words, message) => {
    await expect(run(at("rocket.png"), at("nothing.png"), ...words)).rejects.toThrow(message);
    expect(existsSync(at("nothing.png"))).toBe(false);
  });

  it("says which file is missing", async () => {
    await expect(run(at("no.png"), at("nothing.png"))).rejects.toThrow(`cannot read ${at("no.png")}: no such file`);
  });
});
