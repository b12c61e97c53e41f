/** Lines of text from standard input, in UTF-8. */
import { stdin } from "node:process";
import { FormatError } from "../array/index.ts";

/**
 * The lines as they come, without their ends.
 * @throws FormatError for bytes that are not UTF-8
 */
export async function* linesOfInput(input: AsyncIterable<Uint8Array> = stdin): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let open = "";
  for await (const chunk of input) {
    const lines = (open + decoded(decoder, chunk)).split("\n");
    open = lines.pop()!;
    for (const line of lines) yield line.replace(/\r$/, "");
  }
  open += decoded(decoder, undefined);
  if (open !== "") yield open;
}

function decoded(decoder: TextDecoder, chunk: Uint8Array | undefined): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch {
    throw new FormatError("standard input: is not text in UTF-8");
  }
}

/** Whether a person types the lines, who waits for each answer. */
export const isTyped = (): boolean => stdin.isTTY === true;
