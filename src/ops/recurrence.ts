/**
 * A recurrence over all steps of a sequence as one op. The input's part of the gates is computed before, for all steps at
 * once, and the gradients of the weights after, ∂E/∂W = Σ_t δ_tᵀ h_{t−1}, one matrix product over steps and samples. Only W
 * h_{t−1} depends on the previous step. The equations of the cells are in `cells.ts`.
 *
 * Time is the first axis. A state's history has one more entry than there are steps: the initial state comes first, or last
 * if time runs backwards. Beyond a sequence's length its states are constant, so a reversed recurrence begins at each
 * sequence's own end. Lengths beyond the steps mean all of them, those below 1 none.
 */
import { type NdArray, ShapeError, sizeOf } from "../array/index.ts";
import { defineOp, everything, type OpFunction, type Sample } from "../graph/index.ts";
import { sum } from "./broadcast.ts";
import { type Cell, type CellName, cellNames, cells, numberArithmetic } from "./cells.ts";
import { matmul } from "./matmul.ts";
import { slice } from "./pad.ts";
import { recurrenceGradientOp } from "./recurrence-gradient.ts";
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
import { reshape } from "./reshape.ts";
import { expectFloat, expectInteger } from "./rules.ts";

const recurrenceSizes: readonly SampleSizes[] = [
  { steps: 2, batch: 2, units: 2, reverse: false },
  { steps: 3, batch: 3, units: 2, reverse: true, lengths: [3, 0, 2] },
  { steps: 3, batch: 2, units: 1, reverse: false, lengths: [-1, 9] },
  { steps: 1, batch: 1, units: 5, reverse: true },
  { steps: 1, batch: 9, units: 1, reverse: true },
  { steps: 0, batch: 2, units: 2, reverse: false },
  { steps: 2, batch: 0, units: 2, reverse: false },
];

const recurrenceOp: OpFunction<typeof recurrenceAttributes> = defineOp({
  name: "recurrence",
  inputs: ["input", "weight", "bias", "lengths", "...states"],
  attributes: recurrenceAttributes,
  shape: ({ cell: name }, input, weight, bias, lengths, ...states) => {
    const cell: Cell = cells[name];
    if (input.shape.length !== 3) throw new ShapeError("input must be [steps, n, gates · units]");
    if (weight.shape.length !== 2) throw new ShapeError("weight must be [gates · units, units]");
    if (states.length !== cell.states) throw new ShapeError(`there are ${cell.states} states, got ${states.length}`);
    const [steps, batch] = input.shape;
    const units = weight.shape[1];
    expectFloat(input, weight, bias, ...states);
    expectInteger(lengths, "lengths");
    expectShape("weight", weight, [cell.gates * units, units]);
    expectShape("input", input, [steps, batch, cell.gates * units]);
    expectShape("bias", bias, [cell.gates * units]);
    expectShape("lengths", lengths, [batch]);
    for (const state of states) expectShape("a state", state, [batch, units]);
    const { dtype } = input;
    return [
      ...listOfLength(cell.states, () => ({ shape: [steps + 1, batch, units], dtype })),
      ...listOfLength(Math.min(cell.kept, 1), () => ({ shape: [steps, batch, cell.kept * units], dtype })),
    ];
  },
  sees: everything,
  // Each step of each sample uses the whole weight.
  cost: (_, [input, weight]) => ({ multiplyAdds: sizeOf(input.shape.slice(0, 2)) * sizeOf(weight.shape) }),
  gradient: ({ attributes: { cell, reverse }, inputs: [input, weight, , lengths], outputs }, slopes) => {
    const [steps, batch, width] = input.shape;
    const found = recurrenceGradientOp.all([weight, lengths, ...outputs, ...slopes], { cell, reverse });
    const { splits, states } = cells[cell];
    const recurrent = reshape(found[splits ? 1 : 0], [steps * batch, width]);
    const start = reverse ? 1 : 0;
    const before = reshape(slice(outputs[0], 0, start, start + steps), [steps * batch, weight.shape[1]]);
    const dWeight = matmul(recurrent, before, { transposeA: true });
    return [found[0], dWeight, sum(recurrent, 0), undefined, ...found.slice(found.length - states)];
  },
  reference: ({ cell, reverse }, inputs, outputs) => runForward(cells[cell], reverse, inputs, outputs),
  samples: cellNames.flatMap((cell) => recurrenceSizes.map((size) => recurrenceSample(cell, size))),
});

export { recurrenceOp };

function recurrenceSample(name: CellName, size: SampleSizes): Sample<typeof recurrenceAttributes> {
  const { steps, batch, units, reverse } = size;
  const { gates, states } = cells[name];
  const width = gates * units;
  const given = [{ shape: [steps, batch, width] }, { shape: [width, units] }, { shape: [width] }, sampleLengths(size)];
  return {
    inputs: [...given, ...listOfLength(states, () => ({ shape: [batch, units] }))],
    attributes: { cell: name, reverse },
  };
}

function runForward(cell: Cell, reverse: boolean, inputs: readonly NdArray[], outputs: readonly NdArray[]): void {
  const [input, weight, bias, lengths, ...initial] = inputs;
  const [histories, [kept]] = [outputs.slice(0, cell.states), outputs.slice(cell.states)];
  const [steps, batch, width] = input.shape;
  const units = weight.shape[1];
  for (const [k, state] of initial.entries())
    histories[k].data.set(state.data, initialEntry(steps, reverse) * batch * units);
  for (let i = 0; i < steps; i++) {
    const { time, before, after } = placeOf(i, steps, reverse);
    for (let n = 0; n < batch; n++) {
      const [from, to, row] = [(before * batch + n) * units, (after * batch + n) * units, time * batch + n];
      if (time >= lengths.data[n]) {
        for (const { data } of histories) data.copyWithin(to, from, from + units);
        continue;
      }
      const b = listOfLength(width, (p) => rowTimesState(weight, p, histories[0], from) + bias.data[p]);
      for (let j = 0; j < units; j++) {
        const found = cell.forward(
          numberArithmetic,
          fromBlocks(input, row * width + j, cell.gates, units),
          listOfLength(cell.gates, (k) => b[k * units + j]),
          histories.map(({ data }) => data[from + j]),
        );
        for (const [k, { data }] of histories.entries()) data[to + j] = found.states[k];
        if (cell.kept > 0) intoBlocks(kept.data, row * cell.kept * units + j, units, found.kept);
      }
    }
  }
}

/** A row of the weight times a state. */
function rowTimesState({ data, shape: [, units] }: NdArray, row: number, state: NdArray, from: number): number {
  let total = 0;
  for (let j = 0; j < units; j++) total += data[row * units + j] * state.data[from + j];
  return total;
}
