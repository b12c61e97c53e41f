/** A named graph as the bytes of a file. */
import { CapabilityError, formatBytes } from "../../array/index.ts";
import { encode, join, type Message } from "./encode.ts";
import type { NamedGraph } from "./graph-names.ts";
import { type Attributes, type Constant, type Dim, elementTypes, type OnnxNode, type Value } from "./values.ts";

/** What a file says besides its graph. */
export interface FileOptions {
  readonly opset: number;
  readonly irVersion: number;
  /** Texts by key. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Protocol buffers end here. */
const MOST_BYTES = 2 ** 31 - 1;
/** For everything but the weights. */
const ROOM = 2 ** 24;

/** @throws CapabilityError for more than 2 GiB */
export function writeFile(graph: NamedGraph, { opset, irVersion, metadata }: FileOptions): Uint8Array {
  checkSize(graph.constants);
  return join(
    encode("ModelProto", {
      ir_version: irVersion,
      producer_name: "fovea",
      graph: graphMessage(graph),
      opset_import: [{ domain: "", version: opset }],
      metadata_props: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    }),
  );
}

/** @throws CapabilityError for weights that do not fit into one file */
export function checkSize(constants: readonly { readonly data: { readonly byteLength: number } }[]): void {
  const size = constants.reduce((sum, { data }) => sum + data.byteLength, 0);
  if (size <= MOST_BYTES - ROOM) return;
  throw new CapabilityError(
    `toOnnx: the weights take ${formatBytes(size)}, and an ONNX file holds less than 2 GiB; save the model as .safetensors, ` +
      "or export parts of the network",
  );
}

function graphMessage({ nodes, inputs, outputs, constants }: NamedGraph): Message {
  const ends = new Set<Value>(outputs);
  const inner = nodes.flatMap((node) => node.outputs.filter((output) => !ends.has(output)));
  return {
    name: "fovea",
    node: nodes.map(nodeMessage),
    initializer: constants.map(tensorMessage),
    input: inputs.map(valueMessage),
    output: outputs.map(valueMessage),
    value_info: inner.map(valueMessage),
  };
}

const nodeMessage = ({ name, operator, inputs, outputs, attributes }: OnnxNode): Message => ({
  input: inputs.map((input) => input?.name ?? ""),
  output: outputs.map((output) => output.name!),
  name,
  op_type: operator,
  attribute: Object.entries(attributes).map(([key, value]) => attributeMessage(key, value)),
});

function attributeMessage(name: string, value: Attributes[string]): Message {
  if (typeof value === "number") return { name, i: value, type: 2 };
  if (typeof value === "string") return { name, s: value, type: 3 };
  if ("float" in value) return { name, f: value.float, type: 1 };
  return value.some((one) => typeof one === "string")
    ? { name, strings: value, type: 8 }
    : { name, ints: value, type: 7 };
}

const tensorMessage = ({ name, dims, dtype, data }: Constant): Message => ({
  dims,
  data_type: elementTypes[dtype],
  name,
  raw_data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
});

const dimMessage = (dim: Dim): Message => (typeof dim === "number" ? { dim_value: dim } : { dim_param: dim });

const valueMessage = ({ name, dtype, dims }: Value): Message => ({
  name,
  type: { tensor_type: { elem_type: elementTypes[dtype], shape: { dim: dims.map(dimMessage) } } },
});
