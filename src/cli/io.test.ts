import { afterEach, describe, expect, it, vi } from "vitest";
import { createOutput } from "./io.ts";

const CLEAR = "\r\x1b[K";
const original = { isTTY: process.stderr.isTTY, env: { ...process.env } };

afterEach(() => {
  process.stderr.isTTY = original.isTTY;
  process.env = { ...original.env };
  vi.restoreAllMocks();
});

/** An output, and everything that it writes in its order. */
function listen(isTerminal: boolean, env: Record<string, string> = {}) {
  process.stderr.isTTY = isTerminal;
  process.env = { TERM: "xterm", ...env };
  const written: string[] = [];
  for (const name of ["stdout", "stderr"] as const) {
    vi.spyOn(process[name], "write").mockImplementation((text) => written.push(`${name}: ${text}`) > 0);
  }
  return { written, output: createOutput() };
}

describe("the output of a command", () => {
  it("has results on stdout and remarks on stderr, and no moving line where there is no terminal", () => {
    const { written, output } = listen(false);
    output.status("50 %");
    output.log("remark");
    output.print("result");
    output.print();
    output.status("");
    expect(written).toEqual(["stderr: remark\n", "stdout: result\n", "stdout: \n"]);
    expect(output.paint("red", "word")).toBe("word");
  });

  it("clears the moving line of a terminal before anything else is written", () => {
    const { written, output } = listen(true);
    output.status("50 %");
    output.status("60 %");
    output.print("result");
    output.log("remark");
    expect(written).toEqual([
      `stderr: ${CLEAR}50 %`,
      `stderr: ${CLEAR}60 %`,
      `stderr: ${CLEAR}`,
      "stdout: result\n",
      "stderr: remark\n",
    ]);
  });

  it("has colours on a terminal, unless they are not wanted or not known", () => {
    expect(listen(true).output.paint("red", "word")).toBe("\x1b[31mword\x1b[39m");
    expect(listen(true, { NO_COLOR: "" }).output.paint("red", "word")).not.toBe("word");
    expect(listen(true, { NO_COLOR: "1" }).output.paint("red", "word")).toBe("word");
    expect(listen(true, { TERM: "dumb" }).output.paint("red", "word")).toBe("word");
  });
});
