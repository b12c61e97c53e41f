/** Records with named fields: CSV, TSV and JSON Lines. */
import { checkPath, DataError, describeGiven, FormatError } from "../../array/index.ts";
import { describeJson, isRecord, linesOf, quoted } from "../../formats/index.ts";
import { checkNames, namesOf, optional, readOptions, word } from "../../options/index.ts";
import { namesKind } from "../columns/classes.ts";
import { parseCommas, parseTabs, type Row } from "./delimited.ts";
import { readText, type TextFileOptions } from "./text-file.ts";

const formats = ["csv", "tsv", "jsonl"] as const;
export type RecordFormat = (typeof formats)[number];

/** Options of `readRecords`. */
export interface RecordsOptions extends TextFileOptions {
  /** The form of the file: `csv`, `tsv` or `jsonl`. Default: by the end of its name, which `.gz` may follow. */
  readonly format?: RecordFormat | undefined;
  /** The names of the columns of CSV and TSV. Default: those in the first line. */
  readonly columns?: readonly string[] | undefined;
}

const optionNames = namesOf<RecordsOptions>({ encoding: true, format: true, columns: true });
const schema = { format: optional(word(...formats)), columns: optional(namesKind) };

/** Records with named fields, in the order of the file. */
export interface TextRecords {
  /** The names of all columns. */
  readonly names: readonly string[];
  /** The number of records. */
  readonly count: number;
  /** The line where each record begins, from 1. */
  readonly lines: readonly number[];
  /** The fields of a column. @throws DataError if there is none of that name, or a record lacks it */
  column(name: string): string[];
}

/** The form of a file by its name; undefined for other names. */
export function formatOf(path: string): RecordFormat | undefined {
  const end = /\.([^./\\]+?)(?:\.gz)?$/i.exec(path)?.[1].toLowerCase();
  const known: Readonly<Record<string, RecordFormat>> = {
    csv: "csv",
    tsv: "tsv",
    tab: "tsv",
    jsonl: "jsonl",
    ndjson: "jsonl",
  };
  return end !== undefined && Object.hasOwn(known, end) ? known[end] : undefined;
}

/**
 * The records of a file of CSV, TSV or JSON Lines, packed with gzip or not. Fields of CSV are quoted as in RFC 4180; those of TSV
 * never are. Each line of JSON Lines is an object; numbers and truth values in it become text.
 * @example
 * const records = await readRecords("reviews.csv");
 * records.column("text");
 * @throws DataError if the file cannot be read; FormatError for other forms, with the line; OptionError for invalid options
 */
export async function readRecords(path: string, options: RecordsOptions = {}): Promise<TextRecords> {
  checkPath("readRecords", path);
  checkNames("readRecords", optionNames, options);
  const { encoding, ...own } = options;
  const { format = formatOf(path), columns } = readOptions("readRecords", schema, own);
  if (format === undefined)
    throw new DataError(`${path}: its name does not say its form; give format "csv", "tsv" or "jsonl"`);
  const text = await readText(path, { encoding });
  if (format === "jsonl") return objectRecords(path, text);
  return tableRecords(path, format === "csv" ? parseCommas(text, path) : parseTabs(text), columns);
}

function tableRecords(path: string, rows: readonly Row[], columns: readonly string[] | undefined): TextRecords {
  const names = columns ?? rows[0]?.fields;
  if (names === undefined) throw new DataError(`${path}: is empty; expected a line with the names of its columns`);
  if (namesKind.read(names) === undefined)
    throw new FormatError(`${path}: line ${rows[0].line} names a column twice: ${describeGiven(names)}; give columns`);
  const body = columns === undefined ? rows.slice(1) : rows;
  for (const { fields, line } of body)
    if (fields.length !== names.length)
      throw new FormatError(
        `${path}: line ${line} has ${fields.length} ${fields.length === 1 ? "field" : "fields"}, expected ${names.length}: ${names.map(quoted).join(", ")}`,
      );
  return {
    names,
    count: body.length,
    lines: body.map(({ line }) => line),
    column: (name) => {
      const at = columnIndex(path, names, name);
      return body.map(({ fields }) => fields[at]);
    },
  };
}

function columnIndex(path: string, names: readonly string[], name: string): number {
  const at = names.indexOf(name);
  if (at < 0) throw new DataError(`${path}: has no column ${quoted(name)}; there are ${names.map(quoted).join(", ")}`);
  return at;
}

function objectRecords(path: string, text: string): TextRecords {
  const all = linesOf(text).flatMap((line, i) => {
    return line.trim() === "" ? [] : [{ value: parseLine(line, `${path}: line ${i + 1}`), line: i + 1 }];
  });
  const names = [...new Set(all.flatMap(({ value }) => [...value.keys()]))];
  return {
    names,
    count: all.length,
    lines: all.map(({ line }) => line),
    column: (name) => {
      columnIndex(path, names, name);
      return all.map(({ value, line }) => fieldText(value.get(name), `${path}: line ${line}: ${quoted(name)}`));
    },
  };
}

function parseLine(line: string, where: string): ReadonlyMap<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new FormatError(`${where} is not JSON: ${(error as Error).message.replace(/\p{Cc}/gu, "?")}`);
  }
  if (!isRecord(value)) throw new FormatError(`${where} is ${describeJson(value)}, expected an object`);
  return new Map(Object.entries(value));
}

function fieldText(value: unknown, where: string): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new FormatError(`${where} is ${describeJson(value)}, expected a text`);
}
