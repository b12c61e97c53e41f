/** Pages that go through the source file by file: what the head of the file says, then what it exports. */
import type { Schema } from "../../src/options/index.ts";
import { byFile, source } from "./entries.ts";
import { fileLink, functionList, typeList, valueList } from "./functions.ts";
import { anchor, blocks, bullets, heading, link, prose, word } from "./markdown.ts";
import type { Exported } from "./source.ts";

/** `src/nn/batch-norm.ts` is about "Batch norm". */
export const titleOf = (file: string): string => sentence(words(file.replace("/index.ts", "").split("/").at(-1)!));

const words = (name: string): string => name.replace(".ts", "").replaceAll("-", " ");
const sentence = (text: string): string => text[0].toUpperCase() + text.slice(1);

/** Of several files with one name, those in a folder of their own have its name in front: "Digits dataset". */
function titled(groups: readonly Group[]): readonly Group[] {
  const titles = groups.map(({ file }) => titleOf(file));
  return groups.map((group, i) => {
    const [, , ...path] = group.file.split("/");
    const isRepeated = titles.indexOf(titles[i]) !== titles.lastIndexOf(titles[i]);
    return isRepeated && path.length > 1 ? { ...group, title: sentence(words(path.slice(-2).join(" "))) } : group;
  });
}

export interface Group {
  readonly file: string;
  /** Default: what the file is called. */
  readonly title?: string;
  readonly functions: readonly Exported[];
  /** Classes, objects and constants. */
  readonly values?: readonly Exported[];
  /** Types that are no options. */
  readonly types?: readonly Exported[];
  /** What else is to be said, after the functions. */
  readonly more?: string;
  /** What the contents list, where it is not the functions. */
  readonly names?: readonly string[];
}

/** What is exported, by files; those that have types alone come last. Options are told of where they are taken. */
export function groupsOf(exported: readonly Exported[]): readonly Group[] {
  const shown = exported.filter(({ kind, name }) => !(kind === "type" && name.endsWith("Options")));
  const groups = [...byFile(shown)].map(([file, ours]) => {
    const of = (kind: Exported["kind"]): readonly Exported[] => ours.filter((one) => one.kind === kind);
    return { file, functions: of("function"), values: of("value"), types: of("type") };
  });
  const isTypesAlone = ({ functions, values }: Group): boolean => functions.length + (values ?? []).length === 0;
  return titled([...groups.filter((group) => !isTypesAlone(group)), ...groups.filter(isTypesAlone)]);
}

/** A list of what the page has, with links to the groups: a name a line, so that two additions do not meet in one. */
export const contents = (groups: readonly Group[]): string =>
  bullets(
    groups.map(({ file, title = titleOf(file), functions, values = [], types = [], names }) => {
      const listed = names ?? [...functions, ...values, ...types].map(({ name }) => name);
      return [link(title, `#${anchor(title)}`), ...listed.map((name) => `  - ${word(name)}`)].join("\n");
    }),
  );

export const section = (
  { file, title = titleOf(file), functions, values = [], types = [], more = "" }: Group,
  schemaOf?: (name: string) => Schema,
): string =>
  blocks(
    heading(2, title),
    prose(source().headerOf(file)),
    `In ${fileLink(file)}.`,
    functionList(functions, schemaOf),
    valueList(values),
    more,
    typeList(types),
  );
