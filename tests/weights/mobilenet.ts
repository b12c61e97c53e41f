/**
 * MobileNets of TensorFlow Lite, whose numbers were taken out of their 8-bit files, in our architectures. Batch normalization
 * is part of the convolutions there.
 */
import type { NdArray } from "../../src/array/index.ts";
import { full, zeros } from "../../src/array/index.ts";
import { readTensors } from "../../src/formats/index.ts";
import { architectures, loadWeights } from "../../src/models/index.ts";
import { fromLayout } from "../../src/models/weights/layouts.ts";
import { Model } from "../../src/nn/index.ts";
import { shared, sharedBytes, sharedJson } from "./shared-data.ts";

/** An op with weights in a graph: its inputs are the picture, the filters and the bias. */
interface GraphOp {
  readonly op: string;
  readonly inputs: readonly number[];
}

const LAYOUTS = { conv: "tfliteConv", depthwise: "tfliteDepthwise" } as const;

/** The ε of batch normalization in these architectures. */
const EPSILON = 1e-5;

/** The model of a file: an architecture with 1001 classes, of which the first is the background. */
export async function mobilenet(architecture: string, file: string, side: number): Promise<Model> {
  const normalization = { mean: [128 / 255, 128 / 255, 128 / 255], std: [128 / 255, 128 / 255, 128 / 255] };
  const layer = architectures[architecture](OPTIONS);
  const model = Model.build(layer, { input: [3, side, side], normalization });
  await loadWeights(model, await tensorsFor(model, file), { name: shared(FOLDER, file) });
  return model;
}

const FOLDER = "pretrained-mobilenet";

/** Classes of the files, and TensorFlow's padding. */
const OPTIONS: object = { classes: 1001, padding: "same" };

/** The tensors by our names: the convolutions of both are in the order in which they are applied. */
async function tensorsFor({ variables }: Model, file: string): Promise<Map<string, NdArray>> {
  const { ops } = sharedJson(FOLDER, `${file}.graph.json`) as { readonly ops: readonly GraphOp[] };
  const { tensors } = await readTensors(sharedBytes(FOLDER, `${file}.safetensors.gz`), file);
  const weighted = ops.filter(({ op }) => Object.hasOwn(LAYOUTS, op));
  const result = new Map<string, NdArray>();
  let index = -1;
  for (const { name, shape } of variables) {
    if (name.endsWith("weight") && shape.length > 1) index++;
    const { op, inputs } = weighted[index];
    const [filters, bias] = inputs.slice(1).map((number) => tensors.get(String(number)) as NdArray);
    if (shape.length > 1)
      result.set(name, fromLayout(LAYOUTS[op as keyof typeof LAYOUTS], filters, name).reshape(shape));
    else result.set(name, partOfNormalization(name, bias, shape));
  }
  return result;
}

/** The normalization that adds the bias and does nothing else. */
function partOfNormalization(name: string, bias: NdArray, shape: readonly number[]): NdArray {
  if (name.endsWith("bias")) return bias;
  if (name.endsWith("running_mean")) return zeros(shape);
  if (name.endsWith("num_batches_tracked")) return zeros(shape, "i32");
  return full(shape, name.endsWith("running_var") ? 1 - EPSILON : 1);
}
