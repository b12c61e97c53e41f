/**
 * Cases that PyTorch computed in double precision: `torch/FAMILY.json` lists them, `torch/FAMILY.safetensors` holds their
 * tensors as `CASE/NAME`. They are looked for in the folder that FOVEA_CONFORMANCE names, else beside the project.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DataError, type NdArray } from "../../src/array/index.ts";
import { readSafetensors } from "../../src/formats/safetensors.ts";

export interface Case {
  readonly case: number | string;
  readonly op: string;
  readonly attrs: Readonly<Record<string, unknown>>;
  /** The names of its tensors. */
  readonly tensors: readonly string[];
}

/** The tensors of one case, by name. */
export type Tensors = ReadonlyMap<string, NdArray>;

export interface Family {
  readonly name: string;
  readonly cases: readonly Case[];
  /** Reads all tensors of the family and gives those of one case at a time. */
  readonly load: () => (chosen: Case) => Tensors;
}

const beside = fileURLToPath(new URL("../../../shared/conformance", import.meta.url));

/**
 * Where the cases are, or nothing when there are none here.
 * @throws DataError when FOVEA_CONFORMANCE names a folder without them
 */
export function conformanceFolder(named = process.env.FOVEA_CONFORMANCE): string | undefined {
  const folder = named ? named : beside;
  if (existsSync(join(folder, "torch"))) return join(folder, "torch");
  if (named) throw new DataError(`FOVEA_CONFORMANCE is ${named}, where there is no folder 'torch'; point it elsewhere`);
  return undefined;
}

/** Every family in the folder, in alphabetical order. */
export function listFamilies(folder: string): Family[] {
  const lists = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return lists.sort().map((file) => {
    const name = file.slice(0, -".json".length);
    const cases = JSON.parse(readFileSync(join(folder, file), "utf8")) as Case[];
    return { name, cases, load: () => loadTensors(join(folder, `${name}.safetensors`)) };
  });
}

function loadTensors(file: string): (chosen: Case) => Tensors {
  const { tensors } = readSafetensors(readFileSync(file), file);
  return (chosen) => {
    const own = chosen.tensors.map((name) => {
      const tensor = tensors.get(`${chosen.case}/${name}`);
      if (tensor === undefined) throw new DataError(`${file}: case ${chosen.case} lists a tensor '${name}' it lacks`);
      return [name, tensor] as const;
    });
    return new Map(own);
  };
}
