/** Looks at the network at this moment: values, derivatives, parameters, answers. */
import { NdArray } from "fovea";
import { predict } from "fovea/train";
import type { LookCalls } from "../api.ts";
import { allValues } from "../crossing.ts";
import { firstRows, picturesOf } from "../data/load-data.ts";
import type { OpenRun } from "../open-run.ts";

/** Pictures that are answered in one go. */
const TOGETHER = 250;

export const lookCalls = (current: () => OpenRun): LookCalls => ({
  look: async (picture, { gradientsOf } = {}) => {
    const { model, paths, probe, engine } = current();
    const inputs = new NdArray(picture, [1, ...model.input], "u8");
    const derived = gradientsOf === undefined ? [] : paths;
    const find = probe(`look, ${derived.length} derivatives`, { values: paths, gradients: derived });
    const { values, gradients } = await find(inputs, gradientsOf ?? -1);
    const { probabilities } = await predict(model, inputs, { engine });
    return {
      values: allValues(values),
      gradients: allValues(gradients),
      probabilities: Float32Array.from(probabilities?.data ?? []),
    };
  },
  parameters: async (path) => {
    const found = current().model.variables.filter(({ name }) => name.startsWith(`${path}.`));
    const values = await Promise.all(
      found.map(async (variable) => [variable.name.slice(path.length + 1), await variable.fetch()] as const),
    );
    return allValues(Object.fromEntries(values));
  },
  answers: async (count) => {
    const { model, parts, engine } = current();
    const data = parts.heldOut;
    const rows = firstRows(data, count);
    const size = model.input.reduce((product, extent) => product * extent, 1);
    const pictures = await picturesOf(data, rows);
    const probabilities = new Float32Array(rows.length * data.classes.length);
    // Some at a time, so that steps of the training come between.
    for (let from = 0; from < rows.length; from += TOGETHER) {
      const some = pictures.bytes.subarray(from * size, (from + TOGETHER) * size);
      const inputs = new NdArray(some, [some.length / size, ...model.input], "u8");
      const answer = await predict(model, inputs, { engine });
      probabilities.set(answer.probabilities!.data, from * data.classes.length);
    }
    const confusion = data.classes.map(() => data.classes.map(() => 0));
    for (const [i, label] of pictures.labels.entries())
      confusion[label][largest(probabilities.subarray(i * data.classes.length, (i + 1) * data.classes.length))]++;
    return {
      ...{ pictures, rows: Int32Array.from(rows), confusion },
      probabilities: { data: probabilities, shape: [rows.length, data.classes.length] },
    };
  },
  modelBytes: () => current().model.toBytes(),
});

/** The place of the largest value, the first of several. */
const largest = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((best, value, i, all) => (value > all[best] ? i : best), 0);
