/**
 * The settings of all tasks as options of one command. Words are kept as they are typed and read when the task is known, since
 * `--task` may follow them, and tasks read the same flag in their own ways.
 */
import { type Command, InvalidArgumentError, Option } from "commander";
import { nearMisses } from "../../array/index.ts";
import { libraryOption, type Row } from "../library-options.ts";
import { flagOf } from "./setting.ts";
import { strangeOption, type TrainTask } from "./train-task.ts";

/** The words of each option, by commander's name for it; true for one without. */
export type Typed = Readonly<Record<string, true | readonly string[]>>;

/** What commander calls a flag: `weightDecay`. */
const attributeOf = ({ flag }: Row<unknown>): string => new Option(flag).attributeName();

const rowsOf = ({ settings }: TrainTask): Row<unknown>[] => Object.values(settings);

/** Whether a setting is the same in all tasks, default and help included. */
const isShared = (row: Row<unknown>, tasks: readonly TrainTask[]): boolean =>
  tasks.every((task) => rowsOf(task).includes(row));

/** Adds the settings of all tasks. The command's own list shows those that all of them share, `taskHelp` the others. */
export function addSettings(command: Command, tasks: readonly TrainTask[]): void {
  // Of several tasks that have a flag, the first tells of it.
  const byFlag = new Map(tasks.toReversed().flatMap((task) => rowsOf(task).map((row) => [flagOf(row), row])));
  for (const row of byFlag.values()) command.addOption(unreadOption(row).hideHelp(!isShared(row, tasks)));
  suggestHidden(command);
}

/** Commander suggests only options that its own list shows. */
function suggestHidden(command: Command): void {
  const fail = command.error.bind(command);
  command.error = (message, options) => {
    const isUnknown = options?.code === "commander.unknownOption" && !message.includes("Did you mean");
    const [, typed] = (isUnknown && /'(--.+)'/.exec(message)) || [];
    const [near] = typed === undefined ? [] : nearMisses(typed, command.options.map(({ long }) => long ?? "")); // biome-ignore format: one line
    return fail(near === undefined ? message : `${message}\n(Did you mean ${near}?)`, options);
  };
}

function unreadOption(row: Row<unknown>): Option {
  const option = libraryOption(row);
  const keep = (word: string, before?: unknown) => [...(Array.isArray(before) ? before : []), word];
  return option.isBoolean() ? option : option.argParser(keep);
}

/** The settings that are different from task to task, and what else the tasks have to say. */
export function taskHelp(command: Command, tasks: readonly TrainTask[]): string {
  const help = command.createHelp();
  help.prepareContext({ helpWidth: command.configureOutput().getOutHelpWidth?.() });
  const sections = tasks.map((task) => {
    const rows = rowsOf(task).filter((row) => !isShared(row, tasks));
    const options = rows.map((row) => libraryOption(row));
    const width = Math.max(0, ...options.map((option) => help.optionTerm(option).length));
    const items = options.map((option) =>
      help.formatItem(help.optionTerm(option), width, help.optionDescription(option), help),
    );
    const list = [`Options of --task ${task.name} (${task.summary}):`, ...items].join("\n");
    return `\n${[list, task.lists?.()].filter((part) => part !== undefined).join("\n\n")}\n`;
  });
  return sections.join("");
}

/**
 * The settings that were typed, by their names; empty for an option that may stand without a word and does.
 * @throws OptionError for options that the task does not have; CommanderError for words that an option does not take
 */
export function readTyped(
  task: TrainTask,
  typed: Typed,
  command: Command,
  tasks: readonly TrainTask[],
): Readonly<Record<string, unknown>> {
  const names = new Map(Object.entries(task.settings).map(([name, row]) => [attributeOf(row), name]));
  const read = Object.entries(typed).map(([attribute, words]) => {
    const name = names.get(attribute);
    if (name === undefined) throw strangeOption(attribute, task, tasks);
    return [name, readWords(task.settings[name], words, command)];
  });
  return Object.fromEntries(read);
}

function readWords(row: Row<unknown>, words: true | readonly string[], command: Command): unknown {
  const option = libraryOption(row);
  if (words === true) return option.isBoolean() ? true : (row.bare ?? "");
  let value: unknown;
  for (const word of words) {
    try {
      value = option.parseArg!(word, value);
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      const { message, code, exitCode } = error;
      command.error(`error: option '${option.flags}' argument '${word}' is invalid. ${message}`, { code, exitCode });
    }
  }
  return value;
}
