/**
 * The command line in this process, from the source: the same words, files, output and exit codes, without the half second that a
 * process takes to start. What only a process shows (signals, pipes, threads, that the built command runs) goes through
 * `launch` of `run.ts`.
 */
import { join } from "node:path";
import { runCommandLine } from "../../src/cli/program.ts";
import { visible } from "../../src/cli/visible.ts";

export interface Finished {
  /** 0 done, 1 failed, 2 used wrongly, 130 interrupted; `null` when a signal killed it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Settings {
  readonly env?: Readonly<Record<string, string>>;
}

/** What a command must not inherit from whoever runs the tests. */
export const notInherited = ["FOVEA_DATA", "FOVEA_CACHE", "FOVEA_DEBUG", "FOVEA_X64", "NODE_OPTIONS"];

/** A string of words, split at spaces; words with spaces in them come as a list. */
export const wordsOf = (words: string | readonly string[]): readonly string[] =>
  typeof words === "string" ? words.split(" ").filter(Boolean) : words;

/** The variables that a command in a folder finds. */
export function environmentIn(folder: string, { env }: Settings): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !notInherited.includes(name));
  return { ...Object.fromEntries(inherited), FOVEA_CACHE: join(folder, "cache"), ...env };
}

/** Runs `fovea` with these words in a folder. One command at a time: the folder is the whole process's. */
export async function told(
  words: string | readonly string[],
  folder: string,
  settings: Settings = {},
): Promise<Finished> {
  const said = { stdout: "", stderr: "" };
  const before = { folder: process.cwd(), variables: process.env };
  process.chdir(folder);
  process.env = environmentIn(folder, settings);
  try {
    const code = await runCommandLine(wordsOf(words), {
      print: (line = "") => {
        said.stdout += `${visible(line)}\n`;
      },
      write: (piece) => {
        said.stdout += visible(piece);
      },
      log: (line) => {
        said.stderr += `${visible(line)}\n`;
      },
      status: () => {},
      isTerminal: false,
      columns: 80,
      paint: (_, text) => text,
    });
    return { code, ...said };
  } finally {
    process.chdir(before.folder);
    process.env = before.variables;
  }
}
