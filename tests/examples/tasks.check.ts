/** Each program of `docs/examples/tasks` runs as users run it, fits on a page, and reaches its figures on unseen data. */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = "docs/examples/tasks";
const data = process.env.FOVEA_DATA ?? join(root, "../shared/data");

const MOST_LINES = 40;
const MOST_COLUMNS = 110;

interface Example {
  readonly file: string;
  /** What it reads, below the folder of data sets. */
  readonly needs?: string;
  /** What it prints, with a group for each figure. */
  readonly prints: RegExp;
  /** The figures that it must reach, in the order of the groups. */
  readonly atLeast?: readonly number[];
  readonly atMost?: readonly number[];
}

/** With these seeds the figures are the same on every run; the bars leave room for other engines. */
const examples: readonly Example[] = [
  {
    file: "autoencoder.ts",
    prints: /^mean squared error 0\.\d{4}, (\d+\.\d) times below that of the mean picture\n$/,
    atLeast: [5],
  },
  { file: "segmentation.ts", prints: /^mean IoU (0\.\d{3}), of digits (0\.\d{3})\n$/, atLeast: [0.9, 0.85] },
  { file: "class-and-box.ts", prints: /^class (\d+\.\d) %, box IoU (0\.\d{3})\n$/, atLeast: [97, 0.75] },
  { file: "ranking.ts", prints: /^pairs in the right order (\d+\.\d) %\n$/, atLeast: [95] },
  { file: "sentences.ts", needs: "sentences", prints: /^(\d+\.\d) % of the test questions\n$/, atLeast: [80] },
  {
    file: "characters.ts",
    needs: "shakespeare/input.txt",
    // A character that is drawn from their frequencies alone takes 4.8 bits.
    prints: /^(\d\.\d\d) bits per character\n[\s\S]{90,110}\n$/,
    atMost: [2.75],
  },
];

describe.each(examples)(`${folder}/$file`, ({ file, needs, prints, atLeast = [], atMost = [] }) => {
  const given = needs === undefined ? [] : [join(data, needs)];

  it.skipIf(!given.every(existsSync))(`reaches its figures on ${needs ?? "drawn digits"}`, async () => {
    const words = ["run", "-s", "recipe", "--", join(folder, file), ...given];
    const shell = process.platform === "win32";
    const { stdout, stderr } = await promisify(execFile)("npm", words, { cwd: root, shell });
    expect(stderr).toBe("");
    const [, ...figures] = prints.exec(stdout) ?? expect.fail(`prints ${stdout}, expected ${prints}`);
    for (const [i, bar] of atLeast.entries()) expect(Number(figures[i])).toBeGreaterThanOrEqual(bar);
    for (const [i, bar] of atMost.entries()) expect(Number(figures[i])).toBeLessThanOrEqual(bar);
  });

  it(`has at most ${MOST_LINES} lines of ${MOST_COLUMNS} columns`, () => {
    const lines = readFileSync(join(root, folder, file), "utf8")
      .trimEnd()
      .split("\n");
    expect(lines.length).toBeLessThanOrEqual(MOST_LINES);
    expect(lines.filter((line) => line.length > MOST_COLUMNS)).toEqual([]);
  });
});

it("all examples of tasks are run here", () => {
  expect(readdirSync(join(root, folder)).toSorted()).toEqual(examples.map(({ file }) => file).toSorted());
});
