/** Data sets of the library that the studio's server finds on its machine: a page cannot fetch them from their hosts. */
import { NdArray, type Normalization } from "fovea";
import type { Dataset } from "fovea/data";
import { readSafetensors } from "fovea/formats";
import { fetchData } from "../../../server/server.ts";
import type { Source } from "./source.ts";

/** A set as the server sends it: safetensors with `images` and `labels`, classes and normalization in the metadata. */
export function readSet(bytes: Uint8Array, name: string): Dataset {
  const { tensors, metadata } = readSafetensors(bytes, name);
  const [images, labels] = ["images", "labels"].map((key) => tensors.get(key));
  if (!(images instanceof NdArray && labels instanceof NdArray))
    throw new Error(`${name}: expected the tensors images and labels, got ${[...tensors.keys()].join(", ")}`);
  const { classes = "[]", normalization } = metadata;
  return {
    name: metadata.name ?? name,
    images,
    labels,
    classes: JSON.parse(classes) as readonly string[],
    normalization: normalization === undefined ? undefined : (JSON.parse(normalization) as Normalization),
  };
}

/** The first samples of a set as the server sends them. @throws Error where there is no server, or not this set */
export type FetchSet = (name: string, part: "train", count: number) => Promise<Uint8Array>;

/** A set that is found, or a sentence on where it would be. */
export const found =
  (title: string, fetchSet: FetchSet = fetchData): Source =>
  async ({ data, limit }) => {
    const bytes = await fetchSet(data, "train", limit).catch((error: unknown) => {
      throw new Error(
        `${title} is not here: ${messageOf(error)} Start the studio with \`npx fovea studio\` on a computer that has it, or drop its ` +
          "pictures as a folder or a zip.",
      );
    });
    return readSet(bytes, data);
  };

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\.?$/, ".");
