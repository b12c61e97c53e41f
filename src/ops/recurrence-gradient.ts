/**
 * Backpropagation through time for `recurrence`: from the last step to the first, the derivative that arrives at a step's
 * states goes through the cell, δ_t, and on to the states before, ∂E/∂h_{t−1} = δ_t W + what the cell passes on directly.
 * Gives δ for all steps; the gradients of the weights are products with them.
 */
import { type NdArray, ShapeError, sizeOf } from "../array/index.ts";
import { defineOp, everything, fill, type OpFunction, type Sample, type Tensor } from "../graph/index.ts";
import { type Arithmetic, type Cell, type CellName, cellNames, cells, numberArithmetic } from "./cells.ts";
import { concat } from "./concat.ts";
import { add, less, lessEqual, mul, relu, select, sigmoid, sub, tanh } from "./elementwise.ts";
import { gradient } from "./gradient.ts";
import { matmul } from "./matmul.ts";
import { slice } from "./pad.ts";
import {
  expectShape,
  fromBlocks,
  initialEntry,
  intoBlocks,
  listOfLength,
  placeOf,
  recurrenceAttributes,
  type SampleSizes,
  sampleLengths,
} from "./recurrence-steps.ts";
import { reshape, reshapeOp } from "./reshape.ts";
import { expectFloat, expectInteger } from "./rules.ts";

const gradientSizes: readonly SampleSizes[] = [
  { steps: 2, batch: 1, units: 2, reverse: false },
  { steps: 2, batch: 3, units: 1, reverse: true, lengths: [1, 2, 0] },
  { steps: 1, batch: 5, units: 1, reverse: false },
  { steps: 1, batch: 1, units: 2, reverse: true },
  { steps: 0, batch: 1, units: 2, reverse: true },
  { steps: 2, batch: 0, units: 2, reverse: false },
];

/** The number of outputs of a recurrence: a history for each state, and the kept values. */
const outputsOf = ({ states, kept }: Cell): number => states + Math.min(kept, 1);

/**
 * `values` are the outputs of the recurrence, then the derivatives with respect to them. Gives the derivatives with respect
 * to its input, to the part of the gates' arguments that comes from the states (if different from the input's), and to the
 * initial states.
 */
const recurrenceGradientOp: OpFunction<typeof recurrenceAttributes> = defineOp({
  name: "recurrenceGradient",
  inputs: ["weight", "lengths", "...values"],
  attributes: recurrenceAttributes,
  shape: ({ cell: name }, weight, lengths, ...values) => {
    const cell: Cell = cells[name];
    const count = outputsOf(cell);
    if (values.length !== 2 * count) throw new ShapeError(`there are ${2 * count} values, got ${values.length}`);
    if (values[0].shape.length !== 3) throw new ShapeError("a history must be [steps + 1, n, units]");
    const [entries, batch, units] = values[0].shape;
    expectFloat(weight, ...values);
    expectInteger(lengths, "lengths");
    expectShape("weight", weight, [cell.gates * units, units]);
    expectShape("lengths", lengths, [batch]);
    for (const [k, value] of values.entries()) {
      if (k % count < cell.states) expectShape("a history", value, [entries, batch, units]);
      else expectShape("what is kept", value, [entries - 1, batch, cell.kept * units]);
    }
    const { dtype } = weight;
    return [
      ...listOfLength(cell.splits ? 2 : 1, () => ({ shape: [entries - 1, batch, cell.gates * units], dtype })),
      ...listOfLength(cell.states, () => ({ shape: [batch, units], dtype })),
    ];
  },
  sees: everything,
  // As in the forward pass, each step of each sample uses the whole weight.
  cost: (_, [weight], [slope]) => ({ multiplyAdds: sizeOf(slope.shape.slice(0, 2)) * sizeOf(weight.shape) }),
  // Training needs first derivatives only. Further derivatives are unrolled step by step.
  gradient: ({ attributes: { cell, reverse }, inputs }, slopes) => {
    // As separate tensors: histories depend on the weight, but not through this op.
    const own = inputs.map((input) => reshapeOp([input], { shape: input.shape }));
    const outputs = unrolled(cells[cell], reverse, own);
    const parts = outputs.map((output, k) => gradient(output, own, { outputGradient: slopes[k] }));
    return inputs.map((_, i) => (i === 1 ? undefined : parts.map((part) => part[i]).reduce(add)));
  },
  reference: ({ cell, reverse }, inputs, outputs) => runBackward(cells[cell], reverse, inputs, outputs),
  samples: cellNames.flatMap((cell) => gradientSizes.map((size) => gradientSample(cell, size))),
});

export { recurrenceGradientOp };

function gradientSample(name: CellName, size: SampleSizes): Sample<typeof recurrenceAttributes> {
  const { steps, batch, units, reverse } = size;
  const { gates, states, kept } = cells[name];
  const values = [
    ...listOfLength(states, () => ({ shape: [steps + 1, batch, units] })),
    ...listOfLength(Math.min(kept, 1), () => ({ shape: [steps, batch, kept * units] })),
  ];
  const weight = { shape: [gates * units, units] };
  return { inputs: [weight, sampleLengths(size), ...values, ...values], attributes: { cell: name, reverse } };
}

/** The inputs of the op by name. */
function parted<T>(cell: Cell, [weight, lengths, ...values]: readonly T[]) {
  const part = (from: number) => ({
    histories: values.slice(from, from + cell.states),
    kept: values.slice(from + cell.states, from + outputsOf(cell)),
  });
  return { weight, lengths, ...part(0), slopes: part(outputsOf(cell)) };
}

function runBackward(cell: Cell, reverse: boolean, inputs: readonly NdArray[], outputs: readonly NdArray[]): void {
  const { lengths, histories, slopes } = parted(cell, inputs);
  const [steps, batch] = outputs[0].shape;
  const units = histories[0].shape[2];
  const initial = outputs.slice(outputs.length - cell.states);
  for (let n = 0; n < batch; n++) {
    const carried = histories.map(() => new Float64Array(units));
    const arrive = (entry: number): void => {
      for (const [k, slope] of carried.entries())
        for (let j = 0; j < units; j++) slope[j] += slopes.histories[k].data[(entry * batch + n) * units + j];
    };
    for (let i = steps - 1; i >= 0; i--) {
      const { time, after } = placeOf(i, steps, reverse);
      arrive(after);
      if (time < lengths.data[n]) stepBack(cell, inputs, outputs, carried, { ...placeOf(i, steps, reverse), n });
    }
    arrive(initialEntry(steps, reverse));
    for (const [k, { data }] of initial.entries()) data.set(carried[k], n * units);
  }
}

interface GradientPlace {
  readonly time: number;
  readonly before: number;
  readonly after: number;
  readonly n: number;
}

/** One step of one sample; updates `carried` from the derivatives with respect to the states after it to those before. */
function stepBack(
  cell: Cell,
  inputs: readonly NdArray[],
  outputs: readonly NdArray[],
  carried: readonly Float64Array[],
  { time, before, after, n }: GradientPlace,
): void {
  const { weight, histories, kept, slopes } = parted(cell, inputs);
  const [, batch, units] = histories[0].shape;
  const width = cell.gates * units;
  const [row, keptRow] = [(time * batch + n) * width, (time * batch + n) * cell.kept * units];
  const recurrent = new Float64Array(width);
  for (let j = 0; j < units; j++) {
    const stateAt = (entry: number): number[] => histories.map(({ data }) => data[(entry * batch + n) * units + j]);
    const keptIn = (list: readonly NdArray[]): number[] =>
      list.flatMap((values) => fromBlocks(values, keptRow + j, cell.kept, units));
    const found = cell.backward(
      numberArithmetic,
      { states: carried.map((slope) => slope[j]), kept: keptIn(slopes.kept) },
      { before: stateAt(before), after: stateAt(after), kept: keptIn(kept) },
    );
    intoBlocks(outputs[0].data, row + j, units, found.input);
    intoBlocks(recurrent, j, units, found.recurrent ?? found.input);
    for (const [k, slope] of carried.entries()) slope[j] = found.states[k] ?? 0;
  }
  if (cell.splits) outputs[1].data.set(recurrent, row);
  for (let p = 0; p < width; p++)
    for (let j = 0; j < units; j++) carried[0][j] += recurrent[p] * weight.data[p * units + j];
}

/** Over tensors. */
const tensors: Arithmetic<Tensor> = {
  ...{ add, sub, mul, sigmoid, tanh, relu },
  complement: (x) => sub(1, x),
  unlessFlat: (x, y) => select(lessEqual(x, 0), 0, y),
};

/** The same, written with other ops. */
function unrolled(cell: Cell, reverse: boolean, inputs: readonly Tensor[]): Tensor[] {
  const { weight, lengths, histories, kept, slopes } = parted(cell, inputs);
  const [entries, batch, units] = histories[0].shape;
  const steps = entries - 1;
  const entry = (x: Tensor, at: number): Tensor => reshape(slice(x, 0, at, at + 1), x.shape.slice(1));
  const keptAt = (list: readonly Tensor[], time: number): Tensor[] =>
    list.flatMap((x) => listOfLength(cell.kept, (k) => slice(entry(x, time), 1, k * units, (k + 1) * units)));
  const zero = fill(0, [batch, units], weight.dtype);
  const [input, recurrent]: Tensor[][] = [[], []];
  let carried = histories.map(() => zero);
  for (let i = steps - 1; i >= 0; i--) {
    const { time, before, after } = placeOf(i, steps, reverse);
    const arriving = carried.map((slope, k) => add(slope, entry(slopes.histories[k], after)));
    const found = cell.backward(
      tensors,
      { states: arriving, kept: keptAt(slopes.kept, time) },
      {
        before: histories.map((history) => entry(history, before)),
        after: histories.map((history) => entry(history, after)),
        kept: keptAt(kept, time),
      },
    );
    const runs = reshape(less(fill(time, [batch], "i32"), lengths), [batch, 1]);
    input[time] = select(runs, concat(found.input, 1), 0);
    recurrent[time] = select(runs, concat(found.recurrent ?? found.input, 1), 0);
    const direct = arriving.map((slope, k) => select(runs, found.states[k] ?? zero, slope));
    carried = [add(matmul(recurrent[time], weight), direct[0]), ...direct.slice(1)];
  }
  const together = (parts: readonly Tensor[]): Tensor =>
    steps === 0
      ? fill(0, [0, batch, cell.gates * units], weight.dtype)
      : concat(parts.map((part) => reshape(part, [1, ...part.shape])));
  const initial = carried.map((slope, k) => add(slope, entry(slopes.histories[k], initialEntry(steps, reverse))));
  return [together(input), ...(cell.splits ? [together(recurrent)] : []), ...initial];
}
