/** A function's place in a page: signature, description, options, errors, example. */
import type { Schema } from "../../src/options/index.ts";
import { blocks, bullets, code, heading, line, link, prose, table, word } from "./markdown.ts";
import type { Exported, OptionDoc, ParameterDoc } from "./source.ts";

/** Longer signatures take a line for each parameter. */
const WIDTH = 100;

export function signature({ name, parameters, returns }: Exported): string {
  const written = parameters.map(parameter);
  const result = returns === "" ? "" : `: ${returns}`;
  const short = `${name}(${written.join(", ")})${result}`;
  return short.length <= WIDTH ? short : `${name}(\n${written.map((text) => `  ${text},`).join("\n")}\n)${result}`;
}

const parameter = ({ name, type, optional, rest, fallback, options }: ParameterDoc): string => {
  if (fallback !== undefined && fallback !== "{}") return `${name} = ${fallback}`;
  return `${rest ? "..." : ""}${name}${optional ? "?" : ""}: ${type.startsWith("{") ? fieldNames(type, options) : type}`;
};

/** Options without a name of their own, which a table tells more of. */
const fieldNames = (type: string, options: readonly OptionDoc[]): string =>
  options.length > 0 ? `{ ${options.map(({ name, required }) => `${name}${required ? "" : "?"}`).join(", ")} }` : type;

/** Longer defaults are left to the description. */
const LONGEST = 40;

export function show(value: unknown): string {
  if (value === undefined) return "–";
  const written = typeof value === "string" ? value : JSON.stringify(value).replaceAll(",", ", ");
  return written.length > LONGEST ? "as told" : word(written);
}

/** With a column for the defaults where a schema knows them. */
export function optionTable(options: readonly OptionDoc[], schema: Schema = {}): string {
  const knows = options.some(({ name }) => name in schema);
  const head = knows ? ["option", "type", "default", "meaning"] : ["option", "type", "meaning"];
  const rows = options.map(({ name, type, required, text }) => {
    const kind = schema[name];
    const fallback = required ? "required" : show(kind !== undefined && "fallback" in kind ? kind.fallback : undefined);
    return [word(name), word(type), ...(knows ? [fallback] : []), line(text)];
  });
  return table(head, rows);
}

const tagged = ({ tags }: Exported, name: string): readonly string[] =>
  tags.filter((tag) => tag.name === name).map(({ text }) => text);

const parameterNotes = (one: Exported): string =>
  bullets(
    tagged(one, "param").map((text) => {
      const [name, ...rest] = text.split(" ");
      return `${word(name)}: ${line(rest.join(" "))}`;
    }),
  );

const sentences = (one: Exported, tag: string, start: string): string =>
  tagged(one, tag)
    .map((text) => `${start} ${line(text)}.`.replace(/([.:])\.$/, "$1"))
    .join("\n\n");

const optionTables = (one: Exported, schema?: Schema): string =>
  blocks(...one.parameters.map(({ options }) => optionTable(options, schema)));

/** What stands under the name of a function, with what there is to say of its options. */
const describe = (one: Exported, options: string): string =>
  blocks(
    code(signature(one), "ts"),
    prose(one.text),
    parameterNotes(one),
    options,
    sentences(one, "returns", "Returns"),
    sentences(one, "throws", "Throws"),
    ...tagged(one, "example").map((text) => code(text, "ts")),
  );

/** Whether a row of a table says all that there is to say. */
const isSimple = ({ text, tags, parameters }: Exported): boolean =>
  tags.length === 0 && !/\n\s*\n|\n {2,}/.test(text) && parameters.every(({ options }) => options.length === 0);

/** Functions of one file: what a line can tell in a table, the others each under their name. */
export function functionList(all: readonly Exported[], schemaOf: (name: string) => Schema = () => ({})): string {
  const simple = all.filter(isSimple).map((one) => [word(signature(one).replace(/\s+/g, " ")), line(one.text)]);
  const told = new Map<string, string>();
  const sections = all
    .filter((one) => !isSimple(one))
    .flatMap((one) => {
      const options = optionTables(one, schemaOf(one.name));
      const before = told.get(options);
      if (before === undefined) told.set(options, one.name);
      const same = before !== undefined && options !== "";
      return [heading(3, one.name), describe(one, same ? `Options as those of ${word(before)}.` : options)];
    });
  return blocks(table(["function", ""], simple), ...sections);
}

/** What can be done with a thing, or is known of it: a row for each member. */
export const memberTable = (members: readonly Exported[]): string =>
  table(
    ["member", ""],
    members.map((one) => [
      word(one.kind === "function" ? oneLine(signature(one)) : `${one.name}: ${one.definition}`),
      line(
        [
          one.text,
          ...sentences(one, "returns", "Returns").split("\n\n"),
          ...sentences(one, "throws", "Throws").split("\n\n"),
        ].join(" "),
      ),
    ]),
  );

/** Classes and constants, each under its name if it has members; the others are rows of a table. */
export function valueList(values: readonly Exported[]): string {
  const plain = values.filter(({ members }) => members.length === 0);
  return blocks(
    table(
      ["value", ""],
      plain.map(({ name, text }) => [word(name), line(text)]),
    ),
    ...values.filter(({ members }) => members.length > 0).map(thing),
  );
}

const thing = (one: Exported): string =>
  blocks(
    heading(3, one.name),
    prose(one.text),
    memberTable(one.members),
    ...tagged(one, "example").map((text) => code(text, "ts")),
  );

/** Types that users can name: those whose members have descriptions stand under their names, the others in a table. */
export function typeList(types: readonly Exported[]): string {
  const isTold = ({ members }: Exported): boolean => members.some(({ text }) => text !== "");
  const isLong = (one: Exported): boolean => !isTold(one) && contentOf(one).join(", ").length > WIDTH;
  return blocks(
    typeTable(types.filter((one) => !isTold(one) && !isLong(one))),
    ...types.filter(isLong).map(longType),
    ...types.filter(isTold).map(thing),
  );
}

/** The members of a type, or the alternatives of what it stands for. */
const contentOf = ({ definition, members }: Exported): readonly string[] =>
  definition === "" ? members.map(({ name }) => name) : alternatives(definition);

/** A type whose content takes a line for each member or alternative. */
const longType = (one: Exported): string =>
  blocks(
    heading(3, one.name),
    prose(one.text),
    one.definition === "" ? bullets(contentOf(one).map(word)) : code(contentOf(one).join("\n"), "ts"),
  );

/** A union in its parts, each but the first behind its bar. */
export function alternatives(definition: string): readonly string[] {
  const parts = [""];
  let depth = 0;
  for (const token of definition.split(/([{}()[\]<>]|=>| \| )/)) {
    if (/^[{([<]$/.test(token)) depth++;
    if (/^[})\]>]$/.test(token)) depth--;
    if (token === " | " && depth === 0) parts.push("| ");
    else parts[parts.length - 1] += token;
  }
  return parts;
}

const typeTable = (types: readonly Exported[]): string =>
  table(
    ["type", "is", ""],
    types.map(({ name, definition, members, text }) => [
      word(name),
      definition === "" ? members.map((member) => word(member.name)).join(", ") : word(definition),
      line(text),
    ]),
  );

const oneLine = (text: string): string => text.replace(/\s+/g, " ");

export const fileLink = (file: string): string => link(word(file), `../../${file}`);
