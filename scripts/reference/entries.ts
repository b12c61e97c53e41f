/** The package's entries, and what their exports are when the program runs. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isOpFunction, type Op } from "../../src/graph/index.ts";
import { layerCatalog } from "../../src/nn/catalog.ts";
import * as nn from "../../src/nn/index.ts";
import * as ops from "../../src/ops/index.ts";
import type { Schema } from "../../src/options/index.ts";
import { type Exported, openSource, root, type Source } from "./source.ts";

const manifest: { readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>> } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
);

/** The file of each entry of the package, `fovea/data` in `src/data/index.ts`; what users import is exported by one of them. */
export const entries: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(manifest.exports).flatMap(([name, target]) =>
    typeof target === "string" ? [] : [[`fovea${name.slice(1)}`, target["fovea-source"].replace("./", "")]],
  ),
);

let opened: Source | undefined;

/** The whole source; it is read once. */
export function source(): Source {
  opened ??= openSource(Object.values(entries));
  return opened;
}

const exportedOps: Readonly<Record<string, unknown>> = ops;

/** The records that an export of the room `ops` brings into the registry. */
export const recordsOf = ({ name }: Exported): readonly Op[] =>
  [exportedOps[name]]
    .flat()
    .filter(isOpFunction)
    .map(({ op }) => op);

/** What users call: exports that are functions, but no records. */
export const functionsOf = (file: string): readonly Exported[] =>
  source()
    .exportsOf(file)
    .filter((one) => one.kind === "function" && !(one.file.startsWith("src/ops/") && recordsOf(one).length > 0));

export const isLayerFactory = ({ kind, returns, name }: Exported): boolean =>
  kind === "function" && returns === "Layer" && name in nn;

const catalog = layerCatalog();

/** The kinds and defaults of a layer's options, where the layer has a type of its name. */
export const layerSchema = (name: string): Schema => catalog.get(name)?.definition.options ?? {};

/** What is exported, file by file. */
export function byFile(all: readonly Exported[]): ReadonlyMap<string, readonly Exported[]> {
  const files = new Map<string, Exported[]>();
  for (const one of all) files.set(one.file, [...(files.get(one.file) ?? []), one]);
  return files;
}
