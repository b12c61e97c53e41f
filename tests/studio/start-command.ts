/** The built `fovea studio` as a process of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export interface Started {
  /** The address that it printed. */
  readonly address: string;
  /** Ctrl-C; gives the exit code. */
  interrupt(): Promise<number>;
  kill(): void;
}

/** Starts it in a folder, and waits for the address. */
export async function startOf(folder: string, words: readonly string[]): Promise<Started> {
  const child = spawn(process.execPath, [main, ...words], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit") as Promise<[code: number]>;
  const [line] = await Promise.race([once(child.stdout.setEncoding("utf8"), "data"), ended]);
  if (typeof line !== "string") throw new Error(`fovea ${words.join(" ")} ended with ${line}`);
  return {
    address: line.trim(),
    interrupt: async () => {
      child.kill("SIGINT");
      return (await ended)[0];
    },
    kill: () => void child.kill(),
  };
}
