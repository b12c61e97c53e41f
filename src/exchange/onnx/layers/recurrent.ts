/**
 * Recurrent layers: one operator a layer of the stack, both directions included. ONNX has the steps first, its gates in another
 * order, and both biases in one row; `linear_before_reset` is Fovea's GRU, whose reset gate stands behind the product.
 */
import type { Lowering } from "../lowering.ts";
import type { LayerUse } from "../traced.ts";
import type { Attributes, Constant, Dim, Value } from "../values.ts";
import { type LayerRule, optionsOf, parametersOf } from "./rule.ts";

interface Recurrent {
  readonly units: number;
  readonly layers: number;
  readonly bidirectional: boolean;
  readonly bias: boolean;
  readonly output: "sequence" | "last";
  readonly activation?: "tanh" | "relu" | undefined;
}

interface Kind {
  readonly operator: string;
  /** For each gate of ONNX the number of Fovea's. */
  readonly gates: readonly number[];
  readonly attributes: (options: Recurrent) => Attributes;
}

const ACTIVATIONS = { tanh: "Tanh", relu: "Relu" } as const;

/** Of LSTM i, o, f, g from i, f, g, o; of GRU z, r, n from r, z, n. */
const kinds: Readonly<Record<string, Kind>> = {
  rnn: {
    operator: "RNN",
    gates: [0],
    attributes: ({ activation = "tanh", bidirectional }) => ({
      activations: (bidirectional ? [0, 1] : [0]).map(() => ACTIVATIONS[activation]),
    }),
  },
  lstm: { operator: "LSTM", gates: [0, 3, 1, 2], attributes: () => ({}) },
  gru: { operator: "GRU", gates: [1, 0, 2], attributes: () => ({ linear_before_reset: 1 }) },
};

/** The rows of a parameter [gates · units, …] in ONNX's order of gates. */
function ordered({ data }: Constant, { gates }: Kind): Float32Array {
  const block = data.length / gates.length;
  const result = new Float32Array(data.length);
  for (const [to, from] of gates.entries())
    result.set((data as Float32Array).subarray(from * block, (from + 1) * block), to * block);
  return result;
}

/** Lists one after the other. */
function concatenated(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The weights and biases of one layer of the stack, of all directions. */
function weightsOf(use: LayerUse, kind: Kind, layer: number, g: Lowering): (Constant | undefined)[] {
  const { units, bias, bidirectional } = optionsOf<Recurrent>(use);
  const parameter = parametersOf(use, g);
  const suffixes = (bidirectional ? ["", "_reverse"] : [""]).map((suffix) => `_l${layer}${suffix}`);
  const all = (...names: readonly string[]): Float32Array =>
    concatenated(suffixes.flatMap((suffix) => names.map((name) => ordered(parameter(`${name}${suffix}`)!, kind))));
  const rows = kind.gates.length * units;
  const [, columns] = parameter(`weight_ih_l${layer}`)!.dims;
  return [
    g.constant(all("weight_ih"), [suffixes.length, rows, columns]),
    g.constant(all("weight_hh"), [suffixes.length, rows, units]),
    bias ? g.constant(all("bias_ih", "bias_hh"), [suffixes.length, 2 * rows]) : undefined,
  ];
}

function writeRecurrent(use: LayerUse, kind: Kind, g: Lowering): Value {
  const options = optionsOf<Recurrent>(use);
  const { units, layers, bidirectional, output } = options;
  const directions = bidirectional ? 2 : 1;
  const { dtype, dims } = g.like(use.inputs[0]);
  const [batch, steps] = dims;
  const attributes = {
    hidden_size: units,
    direction: bidirectional ? "bidirectional" : "forward",
    ...kind.attributes(options),
  };
  let x = g.transpose(g.value(use.inputs[0]), [1, 0, 2]);
  let last: Value = x;
  for (let layer = 0; layer < layers; layer++) {
    const operands = [x, ...weightsOf(use, kind, layer, g)];
    const types = [[steps, directions, batch, units] as Dim[], [directions, batch, units] as Dim[]];
    const [all, final] = g.emitAll(
      kind.operator,
      operands[3] === undefined ? operands.slice(0, 3) : operands,
      types.map((dims) => ({ dtype, dims })),
      attributes,
    );
    last = final;
    x = g.reshape(g.transpose(all, [0, 2, 1, 3]), [steps, batch, directions * units]);
  }
  if (output === "sequence") return g.transpose(x, [1, 0, 2]);
  return g.reshape(g.transpose(last, [1, 0, 2]), [batch, directions * units]);
}

export const recurrentRules: Readonly<Record<string, LayerRule>> = Object.fromEntries(
  Object.entries(kinds).map(([type, kind]) => [
    type,
    {
      // Initial states as an input are written op by op, where the op `recurrence` says that ONNX has no such thing.
      fits: ({ inputs }) => inputs.length === 1,
      write: (use, g) => writeRecurrent(use, kind, g),
    },
  ]),
);
