/** The command line that was typed, so that a picture can say how it was made. */
import type { Command } from "commander";

/** Words without a special meaning in shells. */
const PLAIN = /^[\w@%+=:,./-]+$/;

const quoted = (word: string): string => (PLAIN.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`);

/** As it can be pasted into a shell. */
export function commandLine(command: Command): string {
  let root = command;
  while (root.parent !== null) root = root.parent;
  const { rawArgs } = root as Command & { readonly rawArgs: readonly string[] };
  return ["fovea", ...rawArgs].map(quoted).join(" ");
}
