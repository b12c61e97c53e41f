/**
 * Tables as text: CSV as in RFC 4180, and TSV as IANA registers it, which has no quotes.
 *
 * In CSV, a field that begins with `"` goes on to the next single `"`, over commas and line ends; `""` in it is a quote. A quote
 * anywhere else stands for itself. Lines without a character are left out.
 */
import { FormatError } from "../../array/index.ts";
import { linesOf } from "../../formats/index.ts";

/** A row of a table. */
export interface Row {
  readonly fields: readonly string[];
  /** The line where it begins, from 1. */
  readonly line: number;
}

/** The rows of a table whose fields are between tabs. */
export const parseTabs = (text: string): Row[] =>
  linesOf(text).flatMap((line, i) => (line === "" ? [] : [{ fields: line.split("\t"), line: i + 1 }]));

/**
 * The rows of a table whose fields are between commas, quoted or not.
 * @param name of the file, in messages
 * @throws FormatError for a quote that is not closed, or is closed in the middle of a field
 */
export function parseCommas(text: string, name: string): Row[] {
  const rows: Row[] = [];
  let [at, line] = [0, 1];
  while (at < text.length) {
    const begin = line;
    const fields: string[] = [];
    for (;;) {
      const isQuoted = text[at] === '"';
      const field = isQuoted ? quotedField(text, at, `${name}: line ${line}`) : bareField(text, at);
      fields.push(field.value);
      line += field.lines;
      at = field.end + 1;
      if (text[field.end] !== ",") break;
    }
    line++;
    if (fields.length > 1 || fields[0] !== "") rows.push({ fields, line: begin });
  }
  return rows;
}

interface Field {
  readonly value: string;
  /** Where the comma or line feed after it is, or the text's end. */
  readonly end: number;
  /** Line ends in it. */
  readonly lines: number;
}

function bareField(text: string, begin: number): Field {
  let end = begin;
  while (end < text.length && text[end] !== "," && text[end] !== "\n") end++;
  const isReturn = text[end] !== "," && text[end - 1] === "\r" && end > begin;
  return { value: text.slice(begin, isReturn ? end - 1 : end), end, lines: 0 };
}

function quotedField(text: string, begin: number, where: string): Field {
  let close = text.indexOf('"', begin + 1);
  while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  if (close < 0)
    throw new FormatError(`${where}: a quote that begins there is not closed; write "" for a quote in a field`);
  const inside = text.slice(begin + 1, close);
  const end = text.startsWith("\r\n", close + 1) ? close + 2 : close + 1;
  if (end < text.length && text[end] !== "," && text[end] !== "\n")
    throw new FormatError(
      `${where}: ${JSON.stringify(text[close + 1])} follows a closing quote; expected a comma or the end of the line, and "" for a quote in a field`,
    );
  return { value: inside.replaceAll('""', '"'), end, lines: inside.split("\n").length - 1 };
}
