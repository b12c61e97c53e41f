/** The `fovea` command as a user runs it, in an empty folder with nothing to inherit: in this process, or built in its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { drawDigits } from "../../src/data/index.ts";
import { writeIdx } from "../../src/formats/index.ts";
import { encodePng } from "../../src/image/index.ts";
import { environmentIn, type Finished, type Settings, told, wordsOf } from "./told.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const main = join(root, "dist", "cli", "main.js");

export interface LaunchSettings extends Settings {
  /** Hears what was written so far, whenever there is more. */
  readonly onOutput?: (text: string, process: ChildProcess) => void;
}

/** A fresh folder that lasts as long as the tests of a file, and the command run in it. */
export function workspace() {
  const folder = mkdtempSync(join(tmpdir(), "fovea-cli-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const at = (...names: string[]): string => join(folder, ...names);
  return {
    /** A path in the folder. */
    at,
    read: (...names: string[]): Buffer => readFileSync(at(...names)),
    text: (...names: string[]): string => readFileSync(at(...names), "utf8"),
    write: async (name: string, contents: Uint8Array | string): Promise<void> => {
      await mkdir(dirname(at(name)), { recursive: true });
      await writeFile(at(name), contents);
    },
    /** The contents of each file of a folder, in a form that compares well. */
    contents: (name: string): Record<string, string> =>
      Object.fromEntries(
        readdirSync(at(name))
          .sort()
          .map((file) => [file, readFileSync(at(name, file)).toString("base64")]),
      ),
    /** Runs `fovea` with these words in this process. */
    fovea: (words: string | readonly string[], settings?: Settings): Promise<Finished> => told(words, folder, settings),
    /** Runs the built `fovea` with these words in a process of its own. */
    launch: (words: string | readonly string[], settings?: LaunchSettings): Promise<Finished> =>
      launch(wordsOf(words), folder, settings),
  };
}

export type Workspace = ReturnType<typeof workspace>;

async function launch(
  words: readonly string[],
  cwd: string,
  { onOutput, ...settings }: LaunchSettings = {},
): Promise<Finished> {
  checkBuild();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...words], {
      cwd,
      env: environmentIn(cwd, settings),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const said = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        said[name] += text;
        onOutput?.(said[name], child);
      });
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...said }));
  });
}

/** What an incremental build leaves; a file's information is its hash, or has it among others. */
interface BuildNote {
  readonly fileNames: readonly string[];
  readonly fileInfos: readonly (string & { readonly version?: string })[];
}

/** Tests of an old build would be tests of nothing. The compiler notes the SHA-256 of every source that it has built. */
export function checkBuild(): void {
  const note = join(root, "dist", ".tsbuildinfo");
  if (!existsSync(note)) throw new Error("the command was never built: npm run build");
  const { fileNames, fileInfos }: BuildNote = JSON.parse(readFileSync(note, "utf8"));
  const built = new Set(
    fileNames.map((name, i) => `${join(root, "dist", name)} ${fileInfos[i].version ?? fileInfos[i]}`),
  );
  const isBuilt = (path: string): boolean =>
    built.has(`${path} ${createHash("sha256").update(readFileSync(path)).digest("hex")}`);
  const changed = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !isBuilt(join(root, "src", file)),
  );
  if (changed.length > 0) throw new Error(`not built as they are now: src/${changed.join(", src/")}; npm run build`);
}

/** Every line of JSON Lines. */
export const jsonLines = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

/** A folder with the four files of MNIST, holding the first built-in digits. */
export async function writeDigits({ write }: Workspace, folder: string, { train = 60, test = 20 } = {}): Promise<void> {
  for (const [stem, split, count] of [
    ["train", "train", train],
    ["t10k", "test", test],
  ] as const) {
    const { images, labels } = drawDigits({ count, split });
    await write(`${folder}/${stem}-images-idx3-ubyte`, writeIdx(images.reshape([count, 28, 28])));
    await write(`${folder}/${stem}-labels-idx1-ubyte`, writeIdx(labels.cast("u8")));
  }
}

/** A picture as a gray PNG. */
export const pngOf = (data: Uint8Array, side = 28): Promise<Uint8Array> =>
  encodePng({ width: side, height: side, channels: 1, data });
