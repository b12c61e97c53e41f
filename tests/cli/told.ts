/**
 * The command line in this process, from the source: for what commands say about wrong words, which many tests ask. A process
 * of its own takes half a second to start.
 */
import { join } from "node:path";
import { runCommandLine } from "../../src/cli/program.ts";
import { visible } from "../../src/cli/visible.ts";
import type { Finished } from "./run.ts";

/** What the command inherits, and what it must not. */
const changed = ["FOVEA_DATA", "FOVEA_DEBUG", "FOVEA_X64"];

/** Runs `fovea` with these words in a folder. */
export async function told(words: string | readonly string[], folder: string): Promise<Finished> {
  const said = { stdout: "", stderr: "" };
  const before = { folder: process.cwd(), variables: { ...process.env } };
  process.chdir(folder);
  for (const name of changed) delete process.env[name];
  process.env.FOVEA_CACHE = join(folder, "cache");
  try {
    const list = typeof words === "string" ? words.split(" ").filter(Boolean) : words;
    const code = await runCommandLine(list, {
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
