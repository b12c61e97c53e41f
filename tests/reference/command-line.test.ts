/** The page of the command line: everything that a command takes is there, and what help adds becomes Markdown. */
import { Command, Option } from "commander";
import { describe, expect, it } from "vitest";
import { allCommands, commandLinePage, furtherHelp, rowOf } from "../../scripts/reference/command-line.ts";

const page = commandLinePage();

describe.each(allCommands())("$title", ({ title, command }) => {
  it("says what it is, and what its arguments and options are", () => {
    expect(command.summary()).not.toBe("");
    expect(command.description()).toMatch(/\.$/);
    const parts = [...command.registeredArguments, ...command.options];
    expect(parts.filter(({ description }) => description === "").map((part) => part.name())).toEqual([]);
  });

  it("has a section with a row for each option", () => {
    const [, after] = page.split(`\n## ${title}\n`);
    const section = after.split("\n## ")[0];
    for (const { flags } of command.options.filter(({ hidden }) => !hidden))
      expect(section).toContain(`| \`${flags.replaceAll("|", "\\|")}\` |`);
  });

  it("has examples that begin with fovea", () => {
    const examples = furtherHelp(command).filter(({ title }) => title === "Examples:");
    for (const { lines } of examples) expect(lines.filter((text) => !text.startsWith("  $ fovea "))).toEqual([]);
  });
});

it.each([
  [new Option("--lr <rate>", "learning rate (default: the optimizer's own)"), ["learning rate", "the optimizer's own"]],
  [new Option("--top <n>", "how many").default(3), ["how many", "3"]],
  [new Option("--threads <n>", "threads").default([1, 2], "all"), ["threads", "all"]],
  [new Option("--kernel <k>", "a kernel").makeOptionMandatory(), ["a kernel", "required"]],
  [new Option("--json", "as JSON"), ["as JSON", "–"]],
])("the row of %#", (option, [about, fallback]) => {
  expect(rowOf(option)).toEqual([`\`${option.flags}\``, fallback, about]);
});

it("what help adds is divided at empty lines", () => {
  const command = new Command("a").addHelpText("after", "\nNetworks:\n  b  one\n\nExamples:\n  $ fovea a\n");
  expect(furtherHelp(command)).toEqual([
    { title: "Networks:", lines: ["  b  one"] },
    { title: "Examples:", lines: ["  $ fovea a"] },
  ]);
});
