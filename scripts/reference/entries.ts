/** The package's entries, and what their exports are when the program runs. */
import { isOpFunction, type Op } from "../../src/graph/index.ts";
import { layerCatalog } from "../../src/nn/catalog.ts";
import * as nn from "../../src/nn/index.ts";
import * as ops from "../../src/ops/index.ts";
import type { Schema } from "../../src/options/index.ts";
import { type Exported, openSource, type Source } from "./source.ts";

/** The file of each entry; what users import is exported by one of them. */
export const entries: Readonly<Record<string, string>> = {
  fovea: "src/index.ts",
  "fovea/data": "src/data/index.ts",
  "fovea/image": "src/image/index.ts",
  "fovea/text": "src/text/index.ts",
  "fovea/train": "src/train/index.ts",
  "fovea/models": "src/models/index.ts",
  "fovea/formats": "src/formats/index.ts",
  "fovea/inspect": "src/inspect/index.ts",
  "fovea/testing": "src/testing/index.ts",
};

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
