/** Where a command writes: results to stdout, progress and logs to stderr; colours and bars only on a terminal. */
import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

export interface Output {
  /** A line of results. */
  print(line?: string): void;
  /** A line for people, beside the results. */
  log(line: string): void;
  /** Replaces the line that `status` wrote last; on a terminal only. An empty one clears it. */
  status(line: string): void;
  readonly isTerminal: boolean;
  readonly columns: number;
  /** Text in a colour or weight, where colours are welcome. */
  paint(style: Style, text: string): string;
}

/** `fovea … | head` reads a few lines and goes; what is being done is still done. */
function unlessNobodyReads(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

export function createOutput(): Output {
  const { stdout, stderr } = process;
  for (const stream of [stdout, stderr]) stream.on("error", unlessNobodyReads);
  const isTerminal = stderr.isTTY === true;
  const colours = isTerminal && (process.env.NO_COLOR ?? "") === "" && process.env.TERM !== "dumb";
  let open = false;
  const status = (line: string): void => {
    if (!isTerminal) return;
    stderr.write(`\r\x1b[K${line}`);
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
      stdout.write(`${line}\n`);
    },
    log: (line) => {
      clear();
      stderr.write(`${line}\n`);
    },
    paint: (style, text) => (colours ? styleText(style, text, { validateStream: false } as never) : text),
  };
}
