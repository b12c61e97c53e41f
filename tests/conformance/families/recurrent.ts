/** Recurrent networks. PyTorch's cases have time first; ours has samples first. */
import type { Tensor } from "../../../src/graph/index.ts";
import * as ops from "../../../src/ops/index.ts";
import { flag, integer } from "../../../src/options/index.ts";
import { layerCase, type Operation } from "../operation.ts";

interface Result extends ops.RecurrentResult<ops.RecurrentState> {
  readonly c?: Tensor;
}

type Over = (x: Tensor, parameters: ops.RecurrentParameters, initial: ops.LstmState) => Result;

const parameterNames = ["l0", "l1"].flatMap((layer) =>
  ["", "_reverse"].flatMap((way) =>
    ["weight_ih", "weight_hh", "bias_ih", "bias_hh"].map((name) => `${name}_${layer}${way}`),
  ),
);

const timeFirst = (x: Tensor): Tensor => ops.transpose(x, [1, 0, 2]);

/** The sizes follow from the parameters. */
const recurrent = (over: Over): Operation =>
  layerCase({
    attributes: { layers: integer(1), bidirectional: flag(), hidden: integer(1) },
    inputs: ["x", "h0", "c0", ...parameterNames],
    outputs: ["output0", "output_h", "output_c"],
    build: ({ x, h0, c0, ...rest }) => {
      const parameters = Object.fromEntries(Object.entries(rest).filter(([name]) => parameterNames.includes(name)));
      const { h: output_h, c: output_c, outputs } = over(timeFirst(x), parameters, { h: h0, c: c0 });
      return { output0: timeFirst(outputs), output_h, ...(output_c && { output_c }) };
    },
  });

export const recurrents: Readonly<Record<string, Operation>> = {
  rnn_tanh: recurrent((x, parameters, initial) => ops.rnn(x, parameters, { initial })),
  rnn_relu: recurrent((x, parameters, initial) => ops.rnn(x, parameters, { initial, activation: "relu" })),
  lstm: recurrent((x, parameters, initial) => ops.lstm(x, parameters, { initial })),
  gru: recurrent((x, parameters, initial) => ops.gru(x, parameters, { initial })),
};
