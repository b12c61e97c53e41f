/** Data sets of the library that the studio's server finds on its machine: a page cannot fetch them from their hosts. */
import { NdArray, type Normalization } from "fovea";
import type { Dataset } from "fovea/data";
import { readSafetensors } from "fovea/formats";
import type { Source } from "./source.ts";

/** The first samples of a set, or `undefined` where there is no server to ask. @throws Error with what the server says */
export type FindSet = (name: string, count: number) => Promise<Dataset | undefined>;

/** Pages lie beside the server's data; this module lies in a folder of the page when it is built. */
const addressOf = (name: string, count: number): URL =>
  new URL(`../api/data/${encodeURIComponent(name)}?part=train&count=${count}`, location.href);

export const findSet: FindSet = async (name, count) => {
  const answer = await fetch(addressOf(name, count)).catch(() => undefined);
  if (answer === undefined || answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(await problemIn(answer));
  // A static host may answer any address with its start page.
  if (answer.headers.get("content-type")?.startsWith("text/html")) return undefined;
  return readSet(new Uint8Array(await answer.arrayBuffer()), name);
};

async function problemIn(answer: Response): Promise<string> {
  const said = (await answer.json().catch(() => ({}))) as { readonly error?: unknown };
  return typeof said.error === "string" ? said.error : `the server answered ${answer.status}`;
}

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

/** A set that is found, or a sentence on where it would be. */
export const found =
  (title: string, find: FindSet = findSet): Source =>
  async ({ data, limit }) => {
    const set = await find(data, limit);
    if (set !== undefined) return set;
    throw new Error(
      `${title} is not here: start the studio with \`npx fovea studio\` on a computer that has it, or drop its pictures as a ` +
        "folder or a zip",
    );
  };
