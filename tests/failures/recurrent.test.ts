/** What a user reads when recurrent networks are used wrongly. */
import { describe, expect, it } from "vitest";
import { OptionError, ShapeError } from "../../src/array/index.ts";
import { f32, fill, i32, type Tensor, type TensorType, trace } from "../../src/graph/index.ts";
import * as nn from "../../src/nn/index.ts";
import { gru, lstm, rnn } from "../../src/ops/index.ts";

/** As plain JavaScript would write it. */
const anything = (value: unknown): never => value as never;

const parameters = (): Record<string, Tensor> => ({
  weight_ih_l0: fill(0, [16, 3]),
  weight_hh_l0: fill(0, [16, 4]),
  bias_ih_l0: fill(0, [16]),
  bias_hh_l0: fill(0, [16]),
});

describe("a recurrent network", () => {
  const over =
    (change: (given: Record<string, Tensor>) => Record<string, Tensor>) =>
    (x: Tensor): unknown =>
      lstm(x, change(parameters()));

  it.each<[string, (x: Tensor) => unknown, TensorType, Error]>([
    [
      "over one sequence without a batch",
      over((given) => given),
      f32(5, 3),
      new ShapeError("lstm: expects floats [n, steps, channels], got f32[5,3]"),
    ],
    [
      "over word numbers",
      over((given) => given),
      i32(2, 5, 3),
      new ShapeError("lstm: expects floats [n, steps, channels], got i32[2,5,3]"),
    ],
    [
      "with other channels than its weights",
      over((given) => given),
      f32(2, 5, 7),
      new ShapeError("lstm: weight_ih_l0 must be f32[16,7], got f32[16,3]"),
    ],
    [
      "with the gates of another cell",
      (x) => gru(x, parameters()),
      f32(2, 5, 3),
      new ShapeError("gru: weight_ih_l0 must be f32[12,3], got f32[16,3]"),
    ],
    [
      "with a misspelt parameter",
      over(({ weight_hh_l0, ...rest }) => ({ ...rest, weight_hh_l0, weight_hh_0: weight_hh_l0 })),
      f32(2, 5, 3),
      new OptionError("lstm: there is no place for a parameter 'weight_hh_0'; did you mean weight_hh_l0?"),
    ],
    [
      "with half of its biases",
      over(({ bias_hh_l0: _, ...rest }) => rest),
      f32(2, 5, 3),
      new OptionError("lstm: the parameter bias_hh_l0 is missing"),
    ],
    ["without weights", (x) => rnn(x, {}), f32(2, 5, 3), new OptionError("rnn: the parameter weight_ih_l0 is missing")],
    [
      "with lengths of another batch",
      (x) => lstm(x, parameters(), { lengths: fill(5, [3], "i32") }),
      f32(2, 5, 3),
      new ShapeError("lstm: lengths must be i32[2], got i32[3]"),
    ],
    [
      "with lengths that are no integers",
      (x) => lstm(x, parameters(), { lengths: fill(5, [2]) }),
      f32(2, 5, 3),
      new ShapeError("lstm: lengths must be i32[2], got f32[2]"),
    ],
    [
      "with an initial state that has no axis of layers",
      (x) => lstm(x, parameters(), { initial: { h: fill(0, [1, 2, 4]), c: fill(0, [2, 4]) } }),
      f32(2, 5, 3),
      new ShapeError("lstm: the initial c must be f32[1,2,4], got f32[2,4]"),
    ],
  ])("%s", (_, program, type, error) => {
    expect(() => trace((x) => void program(x), [type])).toThrow(error);
  });
});

describe("a recurrent layer", () => {
  it.each<[string, () => unknown, string]>([
    ["without units", () => nn.lstm(0), "lstm: units must be an integer of at least 1, got 0"],
    [
      "with an option of another one",
      () => nn.gru(4, anything({ activation: "relu" })),
      "gru: there is no option 'activation'; known: units, layers, bidirectional, output, dropout, initial, bias, initializer, biasInitializer",
    ],
    [
      "with an unknown activation",
      () => nn.rnn(4, { activation: anything("sigmoid") }),
      `rnn: activation must be one of 'tanh', 'relu', got "sigmoid"`,
    ],
    [
      "with dropout and nothing to drop between",
      () => nn.lstm(4, { dropout: 0.5 }),
      "lstm: dropout 0.5 is for what goes from layer to layer, and there is one layer",
    ],
  ])("%s", (_, program, message) => {
    expect(program).toThrow(new OptionError(message));
  });

  it("over pictures", () => {
    expect(() => nn.Model.build(nn.sequential(nn.gru(4)), { input: [3, 8, 8] })).toThrow(
      new ShapeError("gru (0): expects [n, steps, channels], got f32[1,3,8,8]"),
    );
  });
});

describe("a scan", () => {
  const step = (h: Tensor, x: Tensor) => ({ state: h, output: x });

  it.each<[string, (x: Tensor) => unknown, string]>([
    [
      "along an axis that is not there",
      (x) => nn.scan(step, x, x, { axis: 3 }),
      "scan: axis 3 is not an axis of a tensor of rank 3: expected -3..2",
    ],
    ["without steps", (x) => nn.scan(step, x, x, { axis: 2 }), "scan: there are no steps along axis 2 of f32[2,5,0]"],
    [
      "whose outputs have no place for the steps",
      (x) => nn.scan((h) => ({ state: h, output: fill(0, []) }), x, x),
      "scan: outputs f32[] have no place for axis 1",
    ],
    [
      "that changes the shape of its state",
      (x) => nn.scan((h) => ({ state: h.sum(0), output: h }), x, x),
      "loop: state 0 is f32[2,5,0] before a step and f32[5,0] after it; a step must keep the types of its states",
    ],
    [
      "that changes the form of its state",
      (x) => nn.scan((h: { h: Tensor }) => ({ state: { c: h.h } as never, output: h.h }), { h: x }, x),
      "scan: the state is { h: f32[2,5,0] } before a step and { c: f32[2,5,0] } after it; a step must keep the form of its state",
    ],
  ])("%s", (_, program, message) => {
    expect(() => trace((x) => void program(x), [f32(2, 5, 0)])).toThrow(new ShapeError(message));
  });
});
