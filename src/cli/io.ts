/** Where a command writes: results to stdout, progress and logs to stderr; colors and bars only on a terminal. */
import { randomUUID } from "node:crypto";
import { styleText } from "node:util";
import { visible } from "./visible.ts";

type Style = Parameters<typeof styleText>[0];

export interface Output {
  /** A line of results. */
  print(line?: string): void;
  /** A piece of the results, such as a word of a text that goes on. */
  write(piece: string): void;
  /** A line about progress, apart from the results. */
  log(line: string): void;
  /** Replaces the line that `status` wrote last; on a terminal only. An empty one clears it. */
  status(line: string): void;
  readonly isTerminal: boolean;
  readonly columns: number;
  /** Text in a color or weight, where the terminal shows colors. */
  paint(style: Style, text: string): string;
}

/** Errors of a reader that has closed, as in `fovea … | head`, or of a closed terminal; the command still finishes. */
const goneReaders: readonly unknown[] = ["EPIPE", "EIO"];

function unlessReaderIsGone(error: NodeJS.ErrnoException): void {
  if (!goneReaders.includes(error.code)) throw error;
}

/** Stands for the escape character in the result of `paint`; random, so that no text from outside can contain it. */
const ESCAPE = `<${randomUUID()}>`;

/** A line as it is written: only `paint` and `status` may control the terminal, not names and messages. */
const written = (line: string): string => visible(line).replaceAll(ESCAPE, "\x1b");

export function createOutput(): Output {
  const { stdout, stderr } = process;
  for (const stream of [stdout, stderr]) stream.on("error", unlessReaderIsGone);
  const isTerminal = stderr.isTTY === true;
  const isColored = isTerminal && (process.env.NO_COLOR ?? "") === "" && process.env.TERM !== "dumb";
  let open = false;
  const status = (line: string): void => {
    if (!isTerminal) return;
    stderr.write(`\r\x1b[K${written(line)}`);
    open = line !== "";
  };
  const clear = (): void => {
    if (open) status("");
  };
  return {
    isTerminal,
    columns: stderr.columns ?? 80,
    status,
    print: (line = "") => {
      clear();
      stdout.write(`${written(line)}\n`);
    },
    write: (piece) => {
      clear();
      stdout.write(written(piece));
    },
    log: (line) => {
      clear();
      stderr.write(`${written(line)}\n`);
    },
    paint: (style, text) =>
      isColored ? styleText(style, visible(text), { validateStream: false } as never).replaceAll("\x1b", ESCAPE) : text,
  };
}
