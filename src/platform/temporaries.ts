/**
 * Temporary files: what is being written has a name of its own until it is whole, `.NAME.HOST-PID-RANDOM.tmp`. A process
 * that is killed leaves them behind; the next one that writes into the folder removes them. HOST stands for the machine and
 * its table of processes, so that no file of a process that lives elsewhere is removed.
 */
import { createHash, randomBytes } from "node:crypto";
import { readlinkSync } from "node:fs";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";

/** Without the host, as earlier versions wrote it, a file is taken for one of this host. */
const NAME = /^\..+\.(?:([0-9a-f]{8})-)?([1-9]\d*)-[0-9a-f]{12}\.tmp$/;

let host: string | undefined;

function hostHere(): string {
  host ??= createHash("sha256").update(`${hostname()} ${processTable()}`).digest("hex").slice(0, 8);
  return host;
}

/** On Linux, containers that share a name and a folder do not share process numbers. */
function processTable(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}

/** A new name for what will be at `path`, in the same folder. */
export const temporaryBeside = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${hostHere()}-${process.pid}-${randomBytes(6).toString("hex")}.tmp`);

/** Folders that this process has swept. */
const swept = new Set<string>();

/** Makes the folder where there is none, and removes the temporary files of dead processes from it, once. */
export async function prepareFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  if (swept.has(folder)) return;
  swept.add(folder);
  await sweepTemporaries(folder);
}

export async function sweepTemporaries(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch((): string[] => [])) {
    const path = join(folder, name);
    if (await isLeftBehind(path)) await rm(path, { force: true }).catch(() => {});
  }
}

async function isLeftBehind(path: string): Promise<boolean> {
  const [, where = hostHere(), pid] = NAME.exec(basename(path)) ?? [];
  if (pid === undefined || where !== hostHere()) return false;
  if (Number(pid) !== process.pid) return !isAlive(Number(pid));
  // An earlier process had the number of this one.
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && found.mtimeMs < Date.now() - 1000 * process.uptime();
}

/** A process that may not be signaled is one nevertheless. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
