import { describe, expect, it } from "vitest";
import type { Output } from "./io.ts";
import { EXIT_FAILED, runCommandLine } from "./program.ts";

/** What is logged when printing a line ends in this error. */
async function loggedAfter(failure: () => unknown): Promise<{ code: number; log: string }> {
  const lines: string[] = [];
  const output: Output = {
    print: () => void failure(),
    log: (line) => void lines.push(line),
    write: () => {},
    status: () => {},
    isTerminal: false,
    columns: 80,
    paint: (_, text) => text,
  };
  const code = await runCommandLine(["summary", "lenet5"], output);
  return { code, log: lines.join("\n") };
}

describe("an error that nobody foresaw", () => {
  it("is the machine's where memory is refused", async () => {
    expect(await loggedAfter(() => new Uint8Array(2 ** 50))).toEqual({
      code: EXIT_FAILED,
      log: `error: out of memory: Invalid typed array length: ${2 ** 50}; use a smaller batch or smaller pictures`,
    });
  });

  it("is Fovea's otherwise", async () => {
    const { code, log } = await loggedAfter(() => (1).toFixed(200));
    expect(code).toBe(EXIT_FAILED);
    expect(log).toMatch(/^this is a bug in Fovea, please report it: RangeError: toFixed/);
  });
});
