/** The files of a run folder, as they are at the moment. `fovea train` replaces them whole, other programs may append. */
import { readdir, readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { isRecord } from "../../formats/index.ts";
import { configPath, metricsPath, modelPath } from "../../train/index.ts";
import type { RunSummary } from "./contract.ts";
import { inside } from "./inside.ts";
import type { Named } from "./named.ts";

/** Files of settings and logs beyond this are not read. */
const MOST_BYTES = 64 * 2 ** 20;

/** The names of the folders that may be runs, in order. */
export async function runNames({ folder, run }: Named): Promise<string[]> {
  if (folder === undefined) return [];
  if (run !== undefined) return [run];
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map(({ name }) => name)
    .sort(new Intl.Collator("en", { numeric: true }).compare);
}

/** Where the files of a run lie; those that do not exist or lie outside of `folder` are absent. */
export interface RunFiles {
  readonly config?: string | undefined;
  readonly metrics?: string | undefined;
  readonly model?: string | undefined;
}

const files = { config: configPath, metrics: metricsPath, model: modelPath } as const;

export async function filesOf(folder: string, run: string): Promise<RunFiles> {
  const found = Object.entries(files).map(async ([key, pathIn]) => [
    key,
    await inside(folder, run, basename(pathIn(run))),
  ]);
  return Object.fromEntries(await Promise.all(found));
}

/** Changes whenever the file does; `undefined` where there is none. */
export async function stampOf(path: string | undefined): Promise<string | undefined> {
  const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
  return found && `${found.ino} ${found.size} ${found.mtimeMs}`;
}

async function textOf(path: string | undefined): Promise<string | undefined> {
  const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
  if (path === undefined || found === undefined || !found.isFile() || found.size > MOST_BYTES) return undefined;
  return readFile(path, "utf8").catch(() => undefined);
}

/** The settings; `undefined` where the file has none, which is then no run. */
export async function readRunConfig(path: string | undefined): Promise<RunSummary["config"] | undefined> {
  const text = await textOf(path);
  const value = text === undefined ? undefined : parsed(text);
  return isRecord(value) ? value : undefined;
}

/** The lines that are whole and hold an object, as text. */
export async function readMetrics(path: string | undefined): Promise<string[]> {
  const lines = (await textOf(path))?.split("\n").slice(0, -1) ?? [];
  return lines.filter((line) => isRecord(parsed(line)));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
