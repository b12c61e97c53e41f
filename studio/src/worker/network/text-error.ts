/** What is wrong with a network's text, and where. */
export class NetworkTextError extends Error {
  /** The line, from 1. */
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.name = "NetworkTextError";
    this.line = line;
  }
}

/** The line of a place in a text, from 1. */
export const lineAt = (text: string, place: number): number => {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < place; at = text.indexOf("\n", at + 1)) line++;
  return line;
};
