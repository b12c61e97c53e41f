/** The `fovea` command: its subcommands, and how errors become messages and exit codes. */
import { Command, CommanderError } from "commander";
import { FoveaError, isRefusedMemory, OptionError } from "../array/index.ts";
import { commands } from "./commands/index.ts";
import { EXIT_INTERRUPTED, Interrupted } from "./interrupt.ts";
import type { Output } from "./io.ts";
import { version } from "./version.ts";

export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;

const examples = `
Examples:
  $ fovea train                                  LeNet-5 on the built-in digits
  $ fovea predict runs/lenet5-digits digit.png   what is in the picture?
  $ fovea summary lenet5                         its layers in numbers
`;

export function createProgram(output: Output): Command {
  const program = new Command("fovea")
    .description("Convolutional networks: train them, look inside, use them.")
    .version(version)
    .configureOutput({
      writeOut: (text) => output.print(withoutEnd(text)),
      writeErr: (text) => output.log(withoutEnd(text)),
    })
    .showHelpAfterError("(--help shows the options)")
    .addHelpText("after", examples);
  for (const create of commands) program.addCommand(create(output));
  forEachCommand(program, (command) => command.exitOverride().copyInheritedSettings(program));
  return program;
}

/** Commander ends what it writes with a line feed, and so does the output. */
const withoutEnd = (text: string): string => text.replace(/\n$/, "");

function forEachCommand(command: Command, visit: (command: Command) => unknown): void {
  visit(command);
  for (const part of command.commands) forEachCommand(part, visit);
}

/** Runs the command line and gives its exit code: 0 done, 1 failed, 2 used wrongly, 130 interrupted. */
export async function runCommandLine(words: readonly string[], output: Output): Promise<number> {
  try {
    await createProgram(output).parseAsync(words, { from: "user" });
    return 0;
  } catch (error) {
    return report(error, output);
  }
}

function report(error: unknown, output: Output): number {
  output.status("");
  // Commander has printed the error, or the help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  if (error instanceof Interrupted) {
    output.log(error.message);
    return EXIT_INTERRUPTED;
  }
  if (error instanceof FoveaError) {
    output.log(`${output.paint("red", "error:")} ${error.message}`);
    return error instanceof OptionError ? EXIT_USAGE : EXIT_FAILED;
  }
  if (isRefusedMemory(error)) {
    output.log(
      `${output.paint("red", "error:")} out of memory: ${error.message}; use a smaller batch or smaller pictures`,
    );
    return EXIT_FAILED;
  }
  output.log(
    `${output.paint("red", "this is a bug in Fovea, please report it:")} ${error instanceof Error ? error.stack : error}`,
  );
  return EXIT_FAILED;
}
