/** The command line: every command with its arguments and options, as the command itself knows them. */
import type { Argument, Command, Option } from "commander";
import { createProgram } from "../../src/cli/program.ts";
import { anchor, blocks, bullets, code, heading, line, link, page, prose, table, word } from "./markdown.ts";

/** Hears nothing: commands are described, not run. */
const silent = {
  print: () => {},
  write: () => {},
  log: () => {},
  status: () => {},
  paint: (_: unknown, text: string) => text,
  isTerminal: false,
  columns: 80,
};

/** A command, and how it is typed: `fovea data show`. */
export interface Named {
  readonly title: string;
  readonly command: Command;
}

/** Every command below `fovea`, those with parts before their parts. */
export const allCommands = (): readonly Named[] => partsOf({ title: "fovea", command: createProgram(silent) });

const partsOf = ({ title, command }: Named): readonly Named[] =>
  command.commands.flatMap((part) => {
    const named = { title: `${title} ${part.name()}`, command: part };
    return [named, ...partsOf(named)];
  });

export function commandLinePage(): string {
  const commands = allCommands();
  return page(
    heading(1, "The command line"),
    "`fovea COMMAND`, after `npm install fovea` as `npx fovea COMMAND`. Results go to stdout, progress and remarks to stderr; " +
      "with `--json` results are JSON, one object a line where they stream. `--help` after any command shows what is here.",
    table(
      ["exit code", "meaning"],
      [
        ["0", "done"],
        ["1", "failed: a file, data or a run that is not as it must be"],
        ["2", "used wrongly: an unknown option, or a value that is not acceptable"],
        ["130", "interrupted, after a checkpoint was written"],
      ],
    ),
    bullets(commands.map(({ title, command }) => `${link(word(title), `#${anchor(title)}`)}: ${summaryOf(command)}`)),
    ...commands.map(section),
  );
}

const summaryOf = (command: Command): string => line(command.summary() || command.description().replace(/\.$/, ""));

const section = ({ title, command }: Named): string =>
  blocks(
    heading(2, title),
    code(`${title} ${command.usage()}`, "sh"),
    prose(command.description()),
    table(
      ["argument", "meaning"],
      command.registeredArguments.map((one) => [word(nameOf(one)), line(one.description)]),
    ),
    table(["option", "default", "meaning"], command.options.filter(({ hidden }) => !hidden).map(rowOf)),
    ...furtherHelp(command).map(further),
  );

const nameOf = (argument: Argument): string => {
  const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
  return argument.required ? `<${name}>` : `[${name}]`;
};

/** The default stands at the end of what an option says of itself, or commander knows it. */
export function rowOf({ flags, description, mandatory, ...option }: Option): readonly string[] {
  const [, about, told] = /^(.*) \(default: (.*)\)$/s.exec(description) ?? [undefined, description, undefined];
  const known = option.defaultValueDescription ?? option.defaultValue;
  const fallback = told ?? (known === undefined ? undefined : String(known));
  return [word(flags), line(mandatory ? "required" : (fallback ?? "–")), line(about)];
}

/** What a command's help adds under its options: titles, each with the lines below it. */
export function furtherHelp(
  command: Command,
): readonly { readonly title: string; readonly lines: readonly string[] }[] {
  const written: string[] = [];
  command.configureOutput({ writeOut: (text) => void written.push(text) }).outputHelp();
  return written
    .join("")
    .slice(command.helpInformation().length)
    .trim()
    .split(/\n\s*\n/)
    .filter((text) => text !== "")
    .map((text) => {
      const [title, ...lines] = text.split("\n");
      return { title, lines };
    });
}

/** Lines that stand further in are commands or lists; what has none is a paragraph. */
function further({ title, lines }: { readonly title: string; readonly lines: readonly string[] }): string {
  const isList = title.endsWith(":") && lines.every((text) => text.startsWith("  "));
  if (!isList) return prose([title, ...lines].join("\n"));
  const isExamples = lines.every((text) => text.startsWith("  $ "));
  return blocks(
    prose(title),
    isExamples ? code(lines.map(exampleOf).join("\n"), "sh") : code(lines.map((text) => text.slice(2)).join("\n")),
  );
}

/** What is typed, and what it does as a comment of the shell. */
const exampleOf = (text: string): string => text.slice("  $ ".length).replace(/ {2,}(?=\S)/, "$&# ");
