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

  it("has colors on a terminal, unless they are not wanted or not known", () => {
    for (const env of [{}, { NO_COLOR: "" }]) {
      const { written, output } = listen(true, env as Record<string, string>);
      output.log(output.paint("red", "word"));
      expect(written).toEqual(["stderr: \x1b[31mword\x1b[39m\n"]);
    }
    expect(listen(true, { NO_COLOR: "1" }).output.paint("red", "word")).toBe("word");
    expect(listen(true, { TERM: "dumb" }).output.paint("red", "word")).toBe("word");
  });

  it("writes out what would control the terminal, from wherever it comes", () => {
    const { written, output } = listen(true);
    const name = "a\x1b]0;title\x07\x1b[31mb\x9b2Jc\r\x7f\u202ed\u2066\u2028";
    const shown = "a\\u001b]0;title\\u0007\\u001b[31mb\\u009b2Jc\\u000d\\u007f\\u202ed\\u2066\\u2028";
    output.print(name);
    output.log(`first line\n${output.paint("red", name)}`);
    output.status(name);
    expect(written).toEqual([
      `stdout: ${shown}\n`,
      `stderr: first line\n\x1b[31m${shown}\x1b[39m\n`,
      `stderr: ${CLEAR}${shown}`,
    ]);
  });

  it("keeps the values of JSON, and letters of all languages", () => {
    const { written, output } = listen(false);
    const value = { name: "\x1b[31m\x9b\u202e", letters: "Käse, 猫, 🐈, שלום, e\u0301" };
    output.print(JSON.stringify(value));
    for (const control of value.name.replace("[31m", "")) expect(written[0]).not.toContain(control);
    expect(JSON.parse(written[0].replace("stdout: ", ""))).toEqual(value);
    output.print(value.letters);
    expect(written[1]).toBe(`stdout: ${value.letters}\n`);
  });
});
