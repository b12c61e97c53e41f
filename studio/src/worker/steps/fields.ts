/** Receptive fields of stacks of layers and of networks, by the library's instrument and by derivatives. */
import { constant, conv, createInterpreter, evaluate, full, gradient, nn, slice, sum, type Tensor } from "fovea";
import { receptiveFields } from "fovea/inspect";
import { networkOf, readNetwork } from "../network/read-network.ts";
import type { FieldBox, FieldLayer, FieldRow, FieldStack, NetworkField, NetworkRequest } from "./api.ts";

const engine = createInterpreter();

const layerOf = ({ kind, ...window }: FieldLayer): nn.Layer =>
  kind === "conv" ? nn.conv1d(1, window) : nn.maxPool1d(window.kernel, window);

const fieldsOf = (layers: readonly FieldLayer[], length: number) =>
  receptiveFields(nn.Model.build(nn.sequential(...layers.map(layerOf)), { input: [1, length], seed: 0 }));

export async function stack(layers: readonly FieldLayer[], length: number, unit: number): Promise<FieldStack> {
  if (layers.length === 0) {
    const rows = [{ length, size: 1, jump: 1, start: 0 }];
    return { rows, cone: [[unit, unit]], connected: [[unit]] };
  }
  const fields = fieldsOf(layers, length);
  const rows: FieldRow[] = [
    { length, size: 1, jump: 1, start: 0 },
    ...layers.map((_, i) => {
      const { shape, size, jump, fieldOf } = fields.of(String(i));
      return { length: shape[1], size: size?.[0], jump: jump?.[0], start: fieldOf([0, 0]).open?.first[0] };
    }),
  ];
  const last = Math.min(unit, rows[layers.length].length - 1);
  // What the unit sees of layer l is its field in the stack that begins behind it.
  const cone = rows.map((row, l): readonly [number, number] | undefined => {
    if (l === layers.length) return [last, last];
    const rest = layers.slice(l);
    const { open } = fieldsOf(rest, row.length)
      .of(String(rest.length - 1))
      .fieldOf([0, last]);
    return open && [open.first[0], open.last[0]];
  });
  return { rows, cone, connected: await connectedUnits(layers, length, last) };
}

/** The units with a derivative, where all weights are 1 and a pool is a sum. */
async function connectedUnits(layers: readonly FieldLayer[], length: number, unit: number): Promise<number[][]> {
  const derivatives = await evaluate(
    () => {
      const values: Tensor[] = [constant(full([1, 1, length], 1, "f64"))];
      for (const { kernel, stride, dilation, padding } of layers) {
        const ones = constant(full([1, 1, kernel], 1, "f64"));
        values.push(conv(values[values.length - 1], ones, { stride, dilation, padding }));
      }
      const top = values[values.length - 1];
      return gradient(sum(slice(top, 2, unit, unit + 1)), values);
    },
    { engine },
  );
  return derivatives.map(({ data }) => [...data.keys()].filter((i) => data[i] !== 0));
}

function networkFieldsOf({ network, input, classes }: NetworkRequest) {
  const layer = networkOf(readNetwork(network), input, classes);
  return receptiveFields(nn.Model.build(layer, { input: [...input], seed: 0 }));
}

/** The layers that have maps. */
export async function networkFields(request: NetworkRequest): Promise<NetworkField[]> {
  const fields = networkFieldsOf(request);
  return fields.paths
    .map((path) => fields.of(path))
    .filter(({ shape }) => shape.length === 3)
    .map(({ path, shape, size, jump }) => ({ path, shape, size, jump }));
}

export async function fieldOf(
  request: NetworkRequest,
  path: string,
  unit: readonly number[],
): Promise<FieldBox | undefined> {
  const { inside } = networkFieldsOf(request).of(path).fieldOf(unit);
  return inside && { first: [...inside.first], last: [...inside.last] };
}
