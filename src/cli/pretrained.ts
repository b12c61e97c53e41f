/**
 * Networks with published weights on the command line, as names with options: `squeezenet1_1`, `resnet50:weights=imagenet_v2`,
 * `resnet20:weights=net.pth`, `resnet20:weights=cifar10,file=copy.safetensors`.
 */
import { OptionError } from "../array/index.ts";
import { architectures, type PretrainedOptions, pretrained, weightsOf } from "../models/index.ts";
import type { Model } from "../nn/index.ts";
import { bytes, percent } from "./format.ts";
import type { Output } from "./io.ts";
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

/** The name of the weights that are meant where none are named: the first that are published. @throws OptionError */
export function defaultWeights(architecture: string): string {
  const [first] = weightsOf(architecture);
  if (first !== undefined) return first.name;
  throw new OptionError(
    `${architecture}: no weights are published for it; give a file, ${architecture}:weights=PATH, or train it: ` +
      `fovea train --model ${architecture}`,
  );
}

/** The network of a specification with weights: those that it names, or the first that are published. */
export async function loadPublished({ name, options }: Specification, output: Output): Promise<PublishedModel> {
  const { weights = defaultWeights(name), ...others } = options;
  const { input, classes } = architectures[name];
  const { model, resize } = await pretrained(
    { create: (own) => architectures[name](own), name, input, classes },
    { ...fetching(output), ...others, weights: String(weights) },
  );
  output.status("");
  const [, height, width] = model.input;
  return { model, size: resize === undefined ? [height, width] : [resize, resize] };
}
