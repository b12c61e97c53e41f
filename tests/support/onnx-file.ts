/** Reads ONNX files by the table of fields that they are written from, with a reader of the wire format of its own. */
import { type Field, isMessage, type MessageName, messages } from "../../src/exchange/onnx/fields.ts";

export type Read = Record<string, unknown>;

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Goes through the bytes of one message. */
class Reader {
  #at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get ended(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** A whole number, in groups of seven bits; negative ones take ten bytes. */
  varint(): number {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.#bytes[this.#at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(BigInt.asIntN(64, value));
    }
  }

  bytes(): Uint8Array {
    const length = this.varint();
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new Error("a field goes beyond the end");
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  float(): number {
    this.#at += 4;
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.#at - 4).getFloat32(0, true);
  }
}

/** For each wire type, how a field is read. */
const wires: Readonly<Record<number, (reader: Reader) => number | Uint8Array>> = {
  0: (reader) => reader.varint(),
  2: (reader) => reader.bytes(),
  5: (reader) => reader.float(),
};

function contentOf(type: Field[1], raw: number | Uint8Array): unknown {
  if (typeof raw === "number") return raw;
  if (isMessage(type)) return readMessage(type, raw);
  return type === "bytes" ? raw : decoder.decode(raw);
}

/** A message as a record; a field that may occur several times is a list. */
export function readMessage(name: MessageName, bytes: Uint8Array): Read {
  const fields = Object.entries(messages[name]);
  const message: Read = {};
  for (const [key, [, , count]] of fields) if (count === "repeated") message[key] = [];
  const reader = new Reader(bytes);
  while (!reader.ended) {
    const tag = reader.varint();
    const [key, [, type, count]] = fields.find(([, [number]]) => number === tag >> 3)!;
    const content = contentOf(type, wires[tag & 7](reader));
    if (count === "repeated") (message[key] as unknown[]).push(content);
    else message[key] = content;
  }
  return message;
}

/** An attribute as `name=value`. */
function attribute({ name, i, f, s, ints, strings, type }: Read): string {
  const values: Record<number, unknown> = { 1: f, 2: i, 3: s, 7: `[${ints}]`, 8: `[${strings}]` };
  return `${name}=${typeof f === "number" && type === 1 ? Number(f.toPrecision(6)) : values[type as number]}`;
}

function shapeOf({ type }: Read): string {
  const { shape } = (type as Read).tensor_type as Read;
  const dims = ((shape as Read).dim as Read[]).map(({ dim_value, dim_param }) => dim_value ?? dim_param);
  return `[${dims}]`;
}

/** What an ONNX file says. */
export interface OnnxFile {
  readonly irVersion: number;
  readonly opset: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** Inputs and outputs with their shapes, `input[batch,1,28,28]`. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Constants with their shapes, `0.weight[6,1,5,5]`, and their bytes by name. */
  readonly constants: readonly string[];
  readonly data: ReadonlyMap<string, Uint8Array>;
  /** Nodes in order: `/0/Conv(input, 0.weight, 0.bias) strides=[1,1]`. */
  readonly nodes: readonly string[];
  readonly operators: readonly string[];
  /** The shapes of values, by name. */
  readonly shapes: ReadonlyMap<string, string>;
}

/** Reads a file, and checks that names are unique and that nodes come after those that they need. */
export function readOnnx(bytes: Uint8Array): OnnxFile {
  const model = readMessage("ModelProto", bytes);
  const graph = model.graph as Read;
  const list = (key: string): Read[] => graph[key] as Read[];
  const named = (entry: Read): string => `${entry.name}${shapeOf(entry)}`;
  const known = new Set([...list("input"), ...list("initializer")].map(({ name }) => name));
  if (known.size < list("input").length + list("initializer").length) throw new Error("two values have one name");
  for (const node of list("node")) {
    const missing = (node.input as string[]).find((name) => name !== "" && !known.has(name));
    if (missing !== undefined) throw new Error(`${node.name} needs ${missing}, which is not there yet`);
    for (const name of node.output as string[]) {
      if (known.has(name)) throw new Error(`${name} is made twice`);
      known.add(name);
    }
  }
  const infos = [...list("input"), ...list("output"), ...list("value_info")];
  return {
    irVersion: model.ir_version as number,
    opset: (model.opset_import as Read[])[0].version as number,
    metadata: Object.fromEntries((model.metadata_props as Read[]).map(({ key, value }) => [key, value as string])),
    inputs: list("input").map(named),
    outputs: list("output").map(named),
    constants: list("initializer").map(({ name, dims }) => `${name}[${dims}]`),
    data: new Map(list("initializer").map(({ name, raw_data }) => [name as string, raw_data as Uint8Array])),
    nodes: list("node").map(({ name, input, attribute: attributes }) =>
      [`${name}(${(input as string[]).join(", ")})`, ...(attributes as Read[]).map(attribute)].join(" "),
    ),
    operators: list("node").map(({ op_type }) => op_type as string),
    shapes: new Map(infos.map((info) => [info.name as string, shapeOf(info)])),
  };
}
