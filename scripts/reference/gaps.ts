/** What users can reach and nobody describes, one line each. */

import { optimizers, schedules } from "../../src/optim/index.ts";
import type { Schema } from "../../src/options/index.ts";
import { entries, functionsOf, isLayerFactory, layerSchema, source } from "./entries.ts";
import type { Exported, OptionDoc } from "./source.ts";

/** Every gap of the whole package; empty when all is said. */
export const gaps = (): readonly string[] => [...new Set(Object.values(entries).flatMap(gapsOf))].sort();

/** Of one entry, whose namespaces (`nn`, `optim`) are files of their own. */
function gapsOf(entry: string): readonly string[] {
  const files = entry === entries.fovea ? [entry, "src/entries/nn.ts", "src/entries/optim.ts"] : [entry];
  return files.flatMap((file) => [
    ...functionsOf(file).flatMap((one) => gapsOfFunction(one, schemaOf(file, one))),
    ...source()
      .exportsOf(file)
      .filter((one) => one.kind !== "function" && !isRecordList(one))
      .flatMap((one) => [...undescribed(one), ...one.members.flatMap((member) => gapsOfMember(one, member))]),
  ]);
}

/** Lists of records are not part of the interface. */
const isRecordList = ({ kind, file }: Exported): boolean => kind === "value" && file.startsWith("src/ops/");

const undescribed = (one: Exported): readonly string[] => (one.text === "" ? [`${place(one)} has no description`] : []);

/** Constructors are described by their classes, and the methods of tensors and places by the ops that they are. */
function gapsOfMember({ name }: Exported, member: Exported): readonly string[] {
  const isDescribedElsewhere = ["", "src/ops/methods.ts", "src/nn/place-methods.ts"].includes(member.file);
  return isDescribedElsewhere ? [] : undescribed({ ...member, name: `${name}, member ${member.name}` });
}

const place = ({ file, line, name }: Exported): string => `${file}:${line} ${name}`;

const factories: Readonly<Record<string, { readonly schema: Schema }>> = { ...optimizers, ...schedules };

const schemaOf = (file: string, one: Exported): Schema =>
  file === "src/entries/optim.ts"
    ? (factories[one.name]?.schema ?? {})
    : isLayerFactory(one)
      ? layerSchema(one.name)
      : {};

const gapsOfFunction = (one: Exported, schema: Schema): readonly string[] => [
  ...undescribed(one),
  ...(isLayerFactory(one) && !saysShapes(one) ? [`${place(one)} says nothing of shapes`] : []),
  ...one.parameters.flatMap(({ options }) => options.flatMap((option) => gapsOfOption(one, option, schema))),
];

/** Shapes stand in brackets; a layer may leave it to the one that it is told by, or to its file. */
const saysShapes = ({ text, file }: Exported): boolean =>
  [text, source().headerOf(file)].some((told) =>
    /\[[\w…].*?\]|\bshapes? (?:stays?|do(?:es)? not change)\b|\bAs `/i.test(told),
  ) || / see `\w+`/.test(text);

function gapsOfOption(one: Exported, { name, text }: OptionDoc, schema: Schema): readonly string[] {
  const where = `${place(one)}: option ${name}`;
  if (text === "") return [`${where} has no description`];
  if (/^(Above 0\. )?Default [^ ]+\.$/.test(text)) return [`${where} tells its default only`];
  // A description that several functions share may name the ones that differ.
  if (text.includes(`\`${one.name}\``)) return [];
  const told = toldDefault(text);
  const kind = schema[name];
  if (told === undefined || kind === undefined || !("fallback" in kind) || kind.fallback === undefined) return [];
  const actual = String(kind.fallback);
  return told === actual || Number(told) === Number(actual)
    ? []
    : [`${where} is told to default to ${told}, but it is ${actual}`];
}

/** What a description says the default is, where that is one literal. */
function toldDefault(text: string): string | undefined {
  const found = /\bdefault (?:`([^`]+)`|(true|false)|([−-]?\d[\d ]*(?:\.\d+)?(?:e[−-]?\d+)?))(.{0,5})/i.exec(text);
  const [, quoted, truth, number, after] = found ?? [];
  if (after === " and ") return undefined;
  return quoted ?? truth ?? number?.replaceAll(" ", "").replaceAll("−", "-");
}
