/**
 * Networks with published weights on the command line, as names with options: `squeezenet1_1`, `resnet50:weights=imagenet_v2`,
 * `resnet20:weights=net.pth`, `resnet20:weights=cifar10,file=copy.safetensors`.
 */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { type Normalization, OptionError, type Shape } from "../array/index.ts";
import {
  type ArchitectureOptions,
  architectures,
  type Pretrained,
  type PretrainedOptions,
  pretrained,
  weightsOf,
} from "../models/index.ts";
import { type Layer, Model, parametersToTrain } from "../nn/index.ts";
import { modelPath } from "../train/index.ts";
import { bytes, percent } from "./format.ts";
import type { Output } from "./io.ts";
import { createNetwork } from "./networks.ts";
import { parseSpecification, type Specification } from "./specification.ts";

/** A network with weights, and to what height and width pictures are scaled before it looks at their middle. */
export interface PublishedModel {
  readonly model: Model;
  readonly size: readonly [number, number];
}

/** The specification, if it is that of a network by name. */
export function architectureIn(text: string): Specification | undefined {
  const name = text.split(":", 1)[0];
  return Object.hasOwn(architectures, name) ? parseSpecification(text) : undefined;
}

/** Reports of downloads and notices, where a command writes them. */
export const fetching = (output: Output): Pick<PretrainedOptions, "onProgress" | "onNotice"> => ({
  onNotice: (text) => output.log(text),
  onProgress: ({ file, received, total }) =>
    output.status(`${file}  ${bytes(received)}${total ? ` of ${bytes(total)}, ${percent(received / total, 0)}` : ""}`),
});

/** The weights that are published for a network, in a line; empty where there are none. */
export function describeWeights(architecture: string): string {
  const rows = weightsOf(architecture).map(({ name, accuracy }) => `${name} (accuracy ${accuracy} %)`);
  return rows.length === 0 ? "" : `published weights: ${rows.join(", ")}`;
}

/** The name of the weights that are meant where none are named: the first that are published. @throws OptionError */
export function defaultWeights(architecture: string): string {
  const [first] = weightsOf(architecture);
  if (first !== undefined) return first.name;
  throw new OptionError(
    `${architecture}: no weights are published for it; give a file, ${architecture}:weights=PATH or fovea train --init PATH, ` +
      `or train it: fovea train --model ${architecture}`,
  );
}

/** Options of a network with weights, its own among them. */
type GivenOptions = PretrainedOptions & ArchitectureOptions;

/** A network of a name with weights. @param normalization that of the data, where the weights do not say */
async function load(
  name: string,
  options: GivenOptions,
  output: Output,
  normalization?: Normalization,
): Promise<Pretrained> {
  const { input, classes } = architectures[name];
  const architecture = { create: (own: object) => architectures[name](own), name, input, classes, normalization };
  const result = await pretrained(architecture, { ...fetching(output), ...options });
  output.status("");
  return result;
}

/** The network of a specification with weights: those that it names, or the first that are published. */
export async function loadPublished({ name, options }: Specification, output: Output): Promise<PublishedModel> {
  const { weights = defaultWeights(name), ...others } = options;
  const { model, resize } = await load(name, { ...others, weights: String(weights) }, output);
  const [, height, width] = model.input;
  return { model, size: resize === undefined ? [height, width] : [resize, resize] };
}

/** The settings of a run about what it begins with. */
export interface InitialSettings {
  readonly model: string;
  readonly pretrained: string | null;
  readonly init: string | null;
  readonly freeze: readonly string[];
  readonly seed: number;
}

/** What the data say of the network. */
interface Ends {
  readonly input: Shape;
  readonly classes: readonly string[];
  readonly normalization?: Normalization | undefined;
}

/** What a run begins with: a layer, or a model with the weights that the settings name. */
export async function initialNetwork(settings: InitialSettings, ends: Ends, output: Output): Promise<Layer | Model> {
  const { input, classes, normalization } = ends;
  const source = await sourceOf(settings);
  const network =
    source === undefined
      ? createNetwork(settings.model, { input, classes: classes.length })
      : await withWeights(
          settings,
          { ...source, input, classNames: classes, seed: settings.seed },
          normalization,
          output,
        );
  checkFreeze(network, settings.freeze, input);
  return network;
}

async function withWeights(
  { model }: InitialSettings,
  given: GivenOptions,
  normalization: Normalization | undefined,
  output: Output,
): Promise<Model> {
  const { name, options } = parseSpecification(model);
  return (await load(name, { ...options, ...given }, output, normalization)).model;
}

async function sourceOf({ pretrained: weights, init }: InitialSettings) {
  const file = init === null ? undefined : await fileOf(init);
  if (weights !== null) return { weights, file };
  return file === undefined ? undefined : { weights: file };
}

/** The model file of a run folder, or the file itself, by a path that is not taken for a name. */
async function fileOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ? modelPath(path) : resolve(path);
}

/** Finds patterns that match nothing before a run folder is created. */
function checkFreeze(network: Layer | Model, freeze: readonly string[], input: Shape): void {
  if (freeze.length > 0) parametersToTrain("forward" in network ? Model.build(network, { input }) : network, freeze);
}
