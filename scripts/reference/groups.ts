/** Pages that go through the source file by file: what the head of the file says, then what it exports. */
import type { Schema } from "../../src/graph/index.ts";
import { byFile, source } from "./entries.ts";
import { fileLink, functionList, typeTable } from "./functions.ts";
import { anchor, blocks, bullets, heading, link, prose, word } from "./markdown.ts";
import type { Exported } from "./source.ts";

/** `src/nn/batch-norm.ts` is about "Batch norm". */
export function titleOf(file: string): string {
  const name = file.split("/").at(-1)!.replace(".ts", "").replaceAll("-", " ");
  return name[0].toUpperCase() + name.slice(1);
}

export interface Group {
  readonly file: string;
  readonly functions: readonly Exported[];
  /** Types that are no options. */
  readonly types?: readonly Exported[];
  /** What else is to be said, after the functions. */
  readonly more?: string;
  /** What the contents list, where it is not the functions. */
  readonly names?: readonly string[];
}

/** The functions by files, with the types of the same files that signatures mention. */
export const groupsOf = (functions: readonly Exported[], all: readonly Exported[] = []): readonly Group[] =>
  [...byFile(functions)].map(([file, functions]) => ({ file, functions, types: typesIn(all, file) }));

export const typesIn = (all: readonly Exported[], file: string): readonly Exported[] =>
  all.filter((one) => one.kind === "type" && one.file === file && !one.name.endsWith("Options"));

/** A list of what the page has, with links to the groups. */
export const contents = (groups: readonly Group[]): string =>
  bullets(
    groups.map(({ file, functions, names = functions.map(({ name }) => name) }) => {
      const listed = names.map(word).join(", ");
      return `${link(titleOf(file), `#${anchor(titleOf(file))}`)}${listed === "" ? "" : `: ${listed}`}`;
    }),
  );

export const section = (
  { file, functions, types = [], more = "" }: Group,
  schemaOf?: (name: string) => Schema,
): string =>
  blocks(
    heading(2, titleOf(file)),
    prose(source().headerOf(file)),
    `In ${fileLink(file)}.`,
    functionList(functions, schemaOf),
    more,
    typeTable(types),
  );
