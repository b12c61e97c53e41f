/**
 * A model as an ONNX file, for other runtimes. The graph of the model in evaluation mode is written with the number of samples
 * open and everything else fixed; parameters keep their names, and nodes are named after the layers.
 */
import { bytesOf, type NdArray, OptionError, sizeOf } from "../../array/index.ts";
import type { Variable } from "../../graph/index.ts";
import { checkModel, type Model } from "../../nn/index.ts";
import { isUseOf } from "../../ops/index.ts";
import { flag, type Kind, readOptions, withDefault, word } from "../../options/index.ts";
import { convert } from "./convert.ts";
import { checkSize, writeFile } from "./file.ts";
import { foldBatchNorm } from "./fold-batch-norm.ts";
import { nameGraph } from "./graph-names.ts";
import { metadataOf, type NormalizationPlace } from "./metadata.ts";
import { type TracedModel, traceModel } from "./traced.ts";

/** Options of `toOnnx`. */
export interface OnnxOptions {
  /** The version of the operators, 17 or 18. Default 17. */
  readonly opset?: 17 | 18 | undefined;
  /** The version of the file format, 8, 9 or 10; readers refuse versions that they do not know. Default 8. */
  readonly irVersion?: 8 | 9 | 10 | undefined;
  /**
   * Where the model's normalization happens: `inside` the graph, whose inputs are then those of the model, such as pixels
   * from 0 to 1; or `outside`, before the graph. Either way the metadata have mean and deviation. Default `inside`.
   */
  readonly normalization?: "inside" | "outside" | undefined;
  /**
   * Whether to add a softmax, so that the output of a classifier is probabilities. Default false: the output of the last
   * layer.
   */
  readonly softmax?: boolean | undefined;
  /** Whether batch normalization becomes part of the convolution or linear layer before it. Default false. */
  readonly foldBatchNorm?: boolean | undefined;
}

const oneOf = <N extends number>(...numbers: readonly N[]): Kind<N> => ({
  expects: `one of ${numbers.join(", ")}`,
  read: (value) => numbers.find((number) => number === value),
});

/** The schema of the options. */
export const onnxOptions = {
  opset: withDefault(oneOf(17, 18), 17),
  irVersion: withDefault(oneOf(8, 9, 10), 8),
  normalization: withDefault(word<NormalizationPlace>("inside", "outside"), "inside"),
  softmax: withDefault(flag(), false),
  foldBatchNorm: withDefault(flag(), false),
};

/**
 * The model as the bytes of an ONNX file, for predictions: dropout is gone, and batch normalization uses its running
 * statistics. Inputs and outputs have the model's names and a free axis `batch`; sequences have their maximum number of steps.
 * The metadata hold class names (`fovea.classes`), task and normalization. The same model gives the same bytes.
 * @throws CapabilityError for an op that ONNX lacks, with its layer's path; for a network that depends on the number of
 *   samples; for more than 2 GiB of weights
 * @throws OptionError for a softmax where there is one already, or where the task has no use for one
 * @example
 * await writeFile("model.onnx", await toOnnx(await nn.Model.load("model.safetensors"), { softmax: true }));
 */
export async function toOnnx(model: Model, options: OnnxOptions = {}): Promise<Uint8Array> {
  checkModel("toOnnx", model);
  const {
    opset,
    irVersion,
    normalization,
    softmax,
    foldBatchNorm: folds,
  } = readOptions("toOnnx", onnxOptions, options);
  checkSize(model.variables.map(({ dtype, shape }) => ({ data: { byteLength: sizeOf(shape) * bytesOf(dtype) } })));
  const traced = traceModel(model);
  if (softmax) checkSoftmax(model, traced);
  const graph = convert(traced, await valuesOf(model), { opset, normalizes: normalization === "inside", softmax });
  const metadata = metadataOf(model, normalization, softmax);
  return writeFile(nameGraph(folds ? foldBatchNorm(graph) : graph), { opset, irVersion, metadata });
}

const valuesOf = async ({ variables }: Model): Promise<ReadonlyMap<Variable, NdArray>> =>
  new Map(await Promise.all(variables.map(async (variable) => [variable, await variable.fetch()] as const)));

/** The tasks whose outputs are scores of classes along axis 1. */
const CLASSIFIES: readonly string[] = ["classification", "segmentation"];

/** @throws OptionError where a softmax would make no probabilities */
function checkSoftmax({ outputs, task }: Model, { graph }: TracedModel): void {
  if (outputs.length > 1)
    throw new OptionError(`toOnnx: softmax is for one output, the model has ${outputs.join(", ")}; leave it out`);
  if (task !== undefined && !CLASSIFIES.includes(task.type))
    throw new OptionError(
      `toOnnx: softmax is for classification, the model was trained for ${task.type}; leave it out`,
    );
  const [output] = graph.outputs;
  if (output.shape.length < 2)
    throw new OptionError(`toOnnx: softmax needs an output [n, classes], the model's has ${output.shape.length} axes`);
  if (isUseOf(output.node, "softmax") || isUseOf(output.node, "logSoftmax"))
    throw new OptionError(`toOnnx: the network ends in a ${output.node.op.name} already; leave softmax out`);
}
