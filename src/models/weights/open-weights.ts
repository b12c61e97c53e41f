/** Weights as they are asked for: the name of published ones, or a file; and what is known of their pictures and classes. */
import { didYouMean, type NdArray, type Normalization, OptionError, shorten } from "../../array/index.ts";
import type { FetchOptions } from "../../fetch/index.ts";
import { fetchWeights } from "./find-weights.ts";
import { type PublishedWeights, weightsOf } from "./published.ts";
import { readWeights, readWeightsFile } from "./read-weights.ts";
import { spellings } from "./spellings.ts";

/** What to open. */
export interface WeightsSource {
  /** The name of published weights, `imagenet`, or the path of a file. */
  readonly weights: string;
  /** The path of a file that holds the published weights of that name, in whatever format. */
  readonly file?: string | undefined;
}

/** Weights with all that is known of them. */
export interface OpenedWeights {
  /** What they are called in messages. */
  readonly name: string;
  readonly tensors: ReadonlyMap<string, NdArray>;
  readonly normalization?: Normalization | undefined;
  readonly classes?: readonly string[] | undefined;
  /** Height and width of the pictures. */
  readonly size?: number | undefined;
  /** To what the shorter side of a picture is scaled, before its middle of that size is taken. */
  readonly resize?: number | undefined;
}

/** Paths have a dot or a slash; names have none. */
const isPath = (text: string): boolean => /[./\\]/.test(text);

/** @throws OptionError for a name that there is not, DataError for a file that cannot be fetched or read */
export async function openWeights(
  architecture: string,
  { weights, file }: WeightsSource,
  options: FetchOptions,
): Promise<OpenedWeights> {
  const row = rowOf(architecture, weights);
  if (row === undefined && file !== undefined)
    throw new OptionError(
      `${architecture}: file is another copy of published weights; weights must then be their name, got ${shorten(weights)}`,
    );
  const path = file ?? (isPath(weights) ? weights : undefined);
  const name = path ?? row!.file;
  const { tensors, ...own } =
    path === undefined ? await readWeights(await fetchWeights(row!, options), name) : await readWeightsFile(path);
  const view = viewIn(tensors) ?? row;
  return {
    ...{ name, tensors, size: view?.size, resize: view?.resize },
    normalization: own.normalization ?? view?.normalization,
    classes: own.classes ?? (view && (await classLists[view.classes]())),
  };
}

/** What weights are for that are known by the names of their tensors. */
const viewIn = (tensors: ReadonlyMap<string, NdArray>) =>
  spellings.find(({ view, applies }) => view !== undefined && applies(new Set(tensors.keys()), new Set()))?.view;

/** The published weights of a name, or in a file of the published name. @throws OptionError if it is neither nor a path */
function rowOf(architecture: string, weights: string): PublishedWeights | undefined {
  const rows = weightsOf(architecture);
  const row = rows.find(({ name }) => name === weights);
  if (row !== undefined) return row;
  if (isPath(weights)) return rows.find(({ file }) => weights.split(/[/\\]/).at(-1) === file);
  const names = rows.map(({ name }) => name);
  const known = names.length === 0 ? "none are published" : `there are ${names.join(", ")}`;
  throw new OptionError(
    `${architecture}: there are no weights '${shorten(weights)}'${didYouMean(weights, names)}; ${known}; ` +
      `a file is given by its path, such as ./${shorten(weights)}.pth`,
  );
}

/** The classes of CIFAR-10, by number. */
export const cifar10Classes: readonly string[] = "airplane automobile bird cat deer dog frog horse ship truck".split(
  " ",
);

/** The thousand names are read when they are needed. */
const classLists: Readonly<Record<PublishedWeights["classes"], () => Promise<readonly string[]>>> = {
  cifar10: async () => cifar10Classes,
  imagenet: async () => (await import("./imagenet-classes.ts")).imagenetClasses,
};
