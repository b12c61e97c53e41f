/** What the studio was started with: it serves that and nothing else. */
import { existsSync } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { DataError } from "../../array/index.ts";
import { configPath } from "../../train/index.ts";

export interface Named {
  /** The folder with run folders; it need not exist yet. Absent for a model. */
  readonly folder?: string;
  /** The only run of the folder that is served. Absent: all of them. */
  readonly run?: string;
  /** The path of a model file. */
  readonly model?: string;
  /** As the page shows it. */
  readonly title: string;
}

/** Where `fovea train` puts runs. */
const RUNS = "runs";

/**
 * A run folder, a folder of run folders, or a model file. Without a path: the folder where `fovea train` puts runs, even if it is yet to come.
 * @throws DataError when there is nothing at the path, or a file that is no model
 */
export async function whatIsNamed(path: string | undefined): Promise<Named> {
  if (path === undefined) return { folder: resolve(RUNS), title: RUNS };
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new DataError(`${path}: there is no run folder, folder of runs or model file here`);
  const real = await realpath(path);
  if (!found.isDirectory()) return modelFile(path, real);
  if (!existsSync(configPath(real))) return { folder: real, title: basename(real) };
  return { folder: dirname(real), run: basename(real), title: basename(real) };
}

function modelFile(path: string, real: string): Named {
  if (real.endsWith(".safetensors")) return { model: real, title: basename(real) };
  const run = basename(path) === "config.json" ? `; for the run, name its folder: ${join(path, "..")}` : "";
  throw new DataError(`${path}: a model file ends with .safetensors${run}`);
}
