/**
 * A run on disk: `config.json` (every setting, resolved), `metrics.jsonl` (a line an epoch, and one for
 * each step with statistics), `model.safetensors` (the
 * best) and `checkpoint.safetensors` (the latest, to resume from). Each file is written whole or not at all.
 */

import { fileExists, folderExists, joinPath, readFile, writeFileAtomic, writeNewFile } from "#platform";
import { checkPath, DataError, describeGiven, FormatError, OptionError, StateError } from "../array/index.ts";
import { isCount } from "../formats/index.ts";
import type { EpochRecord } from "./checkpoint.ts";
import type { RunStore } from "./fit.ts";
import type { StatisticsRecord } from "./step-statistics.ts";

const files = {
  config: "config.json",
  metrics: "metrics.jsonl",
  model: "model.safetensors",
  checkpoint: "checkpoint.safetensors",
} as const;

/** Settings as JSON; their meaning is up to the caller. */
export type RunConfig = Readonly<Record<string, unknown>>;

/** A folder with a run's checkpoints, log and best model. */
export interface RunFolder extends RunStore {
  /** The path of the folder. */
  readonly path: string;
  /** The settings that the run was started with. */
  readonly config: RunConfig;
  /** The latest checkpoint; `undefined` before there is one. */
  readCheckpoint(): Promise<Uint8Array | undefined>;
  /** Keeps a document beside the run, as JSON in `NAME.json`: what a model needs besides its weights, such as a tokenizer. */
  keep(name: string, document: unknown): Promise<void>;
  /** A document that was kept; `undefined` where there is none. */
  kept(name: string): Promise<unknown>;
}

/** The best model's file in a run folder. */
export const modelPath = (folder: string): string => joinPath(folder, files.model);

/** The settings in a run folder. */
export const configPath = (folder: string): string => joinPath(folder, files.config);

/** The log in a run folder. */
export const metricsPath = (folder: string): string => joinPath(folder, files.metrics);

/**
 * Checks that a run can begin in a folder.
 * @throws StateError when the folder has a file that a run would overwrite
 */
export async function checkFree(path: string): Promise<void> {
  checkPath("createRunFolder", path);
  for (const name of Object.values(files)) {
    if (await fileExists(joinPath(path, name))) throw taken(path, name);
  }
}

const taken = (path: string, name: string): StateError =>
  new StateError(`${path} already holds a run (${name}); resume it, or choose another folder`);

/**
 * Begins a run in a folder without one; of several concurrent processes, one gets the folder.
 * @throws StateError when there is a run: nothing is overwritten
 */
export async function createRunFolder(path: string, config: RunConfig): Promise<RunFolder> {
  await checkFree(path);
  const text = new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`);
  if (!(await writeNewFile(joinPath(path, files.config), text))) throw taken(path, files.config);
  return runFolder(path, config, []);
}

/** Begins a run in a new folder: `path`, or the first that is free of `path-2`, `path-3`, …. */
export async function createNextRunFolder(path: string, config: RunConfig): Promise<RunFolder> {
  for (let i = 1; ; i++) {
    const candidate = i === 1 ? path : `${path}-${i}`;
    if ((await folderExists(candidate)) || (await fileExists(candidate))) continue;
    try {
      return await createRunFolder(candidate, config);
    } catch (error) {
      // Another process was faster.
      if (!(error instanceof StateError)) throw error;
    }
  }
}

/**
 * Opens the folder of an interrupted run. Lines of `metrics.jsonl` beyond the checkpoint are dropped when the next line is
 * logged.
 */
export async function openRunFolder(path: string): Promise<RunFolder> {
  checkPath("openRunFolder", path);
  const configPath = joinPath(path, files.config);
  if (!(await fileExists(configPath))) throw new DataError(`${path} holds no run: there is no ${files.config} in it`);
  const config = parse(await readText(configPath), configPath);
  const metricsPath = joinPath(path, files.metrics);
  const texts = (await fileExists(metricsPath))
    ? (await readText(metricsPath)).split("\n").filter((line) => line !== "")
    : [];
  const lines = texts.map((text, i) => {
    const at = `${metricsPath}: line ${i + 1}`;
    const { epoch, step = Infinity } = parse(text, at);
    if (!isCount(epoch) || !(step === Infinity || isCount(step)))
      throw new FormatError(`${at}: is about no epoch or step; the file is damaged`);
    return { text, place: placeOf({ epoch, step }) };
  });
  return runFolder(path, config, lines);
}

/** A line of `metrics.jsonl`, and where in the run it belongs. */
interface Line {
  readonly text: string;
  readonly place: readonly [epoch: number, step: number];
}

/** The line of an epoch comes after those of its steps. */
const placeOf = ({ epoch, step = Infinity }: { epoch: number; step?: number }): Line["place"] => [epoch, step];

const isBefore = ([epoch, step]: Line["place"], other: Line["place"]): boolean =>
  epoch < other[0] || (epoch === other[0] && step < other[1]);

function runFolder(path: string, config: RunConfig, earlier: readonly Line[]): RunFolder {
  let lines = earlier;
  const log = (record: { readonly epoch: number; readonly step?: number }): Promise<void> => {
    const place = placeOf(record);
    lines = [...lines.filter((line) => isBefore(line.place, place)), { text: JSON.stringify(record), place }];
    return writeText(at("metrics"), lines.map(({ text }) => `${text}\n`).join(""));
  };
  const at = (name: keyof typeof files): string => joinPath(path, files[name]);
  return {
    path,
    config,
    saveCheckpoint: (bytes) => writeFileAtomic(at("checkpoint"), bytes),
    saveBest: (bytes) => writeFileAtomic(at("model"), bytes),
    logEpoch: (record: EpochRecord & { seconds: number }) => log(record),
    logStatistics: (record: StatisticsRecord) => log(record),
    readCheckpoint: async () => ((await fileExists(at("checkpoint"))) ? readFile(at("checkpoint")) : undefined),
    keep: (name, document) => writeText(documentPath(path, name), `${JSON.stringify(document)}\n`),
    kept: async (name) => {
      const file = documentPath(path, name);
      if (!(await fileExists(file))) return undefined;
      const document = parseJson(await readText(file));
      if (document === undefined) throw new FormatError(`${file}: is not JSON; the file is damaged`);
      return document;
    },
  };
}

/** @throws OptionError for a name that a run has otherwise, or that leads out of the folder */
function documentPath(path: string, name: string): string {
  const isFree = /^[\w-]+$/.test(name) && !Object.values<string>(files).includes(`${name}.json`);
  if (isFree) return joinPath(path, `${name}.json`);
  throw new OptionError(
    `run folder: the name of a document must be letters, digits, - and _, and not config; got ${describeGiven(name)}`,
  );
}

const writeText = (path: string, text: string): Promise<void> => writeFileAtomic(path, new TextEncoder().encode(text));
const readText = async (path: string): Promise<string> => new TextDecoder().decode(await readFile(path));

function parse(text: string, path: string): RunConfig {
  const json = parseJson(text);
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as RunConfig;
  throw new FormatError(`${path}: is not a JSON object; the file is damaged`);
}

/** `undefined` for what is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
