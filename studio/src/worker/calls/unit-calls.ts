/** One unit at one position, and the weights of layers with the loss's derivatives by them. */
import { compile, gradient, NdArray, nn, type Tensor } from "fovea";
import { takePictures } from "fovea/data";
import { explainStep, type ReceptiveFields, receptiveFields } from "fovea/inspect";
import type { UnitCalls } from "../api/unit.ts";
import type { LayerRow } from "../api.ts";
import { valuesOf } from "../crossing.ts";
import { firstRows } from "../data/load-data.ts";
import type { OpenRun } from "../open-run.ts";
import { windowsOf } from "./unit-windows.ts";

/** Layers that hand their input on, in another shape or, while predicting, as it is. */
const RENAMES = /^(flatten|reshape|identity|dropout)/;

/** A training step may come between two looks; after so many attempts the numbers of two steps are taken. */
const ATTEMPTS = 3;

/** The same number from two programs, which round differently. */
const isSame = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-5 * Math.max(1, Math.abs(a));

export const unitCalls = (current: () => OpenRun): UnitCalls => ({
  unit: async (picture, [path, ...further], unit) => {
    const run = current();
    const inputs = new NdArray(picture, [1, ...run.model.input], "u8");
    const { step, after } = await atOneMoment(run, inputs, { path, further, unit });
    const sources = layerAt(run, path).from.map((source) => pastRenames(run, source));
    return {
      ...{ path, type: step.type, unit, forward: step.forward, output: step.output, sources, after },
      windows: windowsOf(
        step.terms,
        sources.map((source) => shapeAt(run, source)),
      ),
      field: fieldsOf(run).of(path).fieldOf(unit).inside,
    };
  },
  weights: async (paths, { gradients = false } = {}) => {
    const run = current();
    const variables = paths.flatMap((path) => run.model.variables.filter(({ name }) => name === `${path}.weight`));
    const names = variables.map(({ name }) => name);
    const weights = await Promise.all(variables.map(async (variable) => valuesOf(await variable.fetch())));
    const { derivatives, samples } = gradients ? await lossGradients(run, names) : { derivatives: [], samples: 0 };
    const byPath = <T>(values: readonly T[]): Record<string, T> =>
      Object.fromEntries(values.map((value, i) => [names[i].slice(0, -".weight".length), value]));
    return { weights: byPath(weights), gradients: byPath(derivatives.map(valuesOf)), samples };
  },
});

const layerAt = ({ layers }: OpenRun, path: string): LayerRow => {
  const found = layers.find((layer) => layer.path === path);
  if (found === undefined) throw new Error(`there is no layer '${path}'`);
  return found;
};

const shapeAt = (run: OpenRun, path: string): readonly number[] =>
  path === "input" ? run.model.input : layerAt(run, path).output;

function pastRenames(run: OpenRun, path: string): string {
  if (path === "input") return path;
  const { type, from } = layerAt(run, path);
  return RENAMES.test(type) ? pastRenames(run, from[0]) : path;
}

interface Place {
  readonly path: string;
  readonly further: readonly string[];
  readonly unit: readonly number[];
}

/** The step of a unit, and what layers after it make of it, with the same parameters. */
async function atOneMoment(run: OpenRun, inputs: NdArray, { path, further, unit }: Place) {
  const paths = [path, ...further];
  const find = run.probe(`unit of ${paths.join()}`, { values: paths });
  // With an element given, terms and output come from one run of a program.
  const element = shapeAt(run, layerAt(run, path).from[0]).map(() => 0);
  for (let attempt = 1; ; attempt++) {
    const step = await explainStep(run.model, inputs, path, { unit, element, engine: run.engine });
    const { values } = await find(inputs);
    const [own, ...after] = paths.map((name) => valueAt(values[name], unit));
    if (isSame(own, step.output) || attempt === ATTEMPTS) return { step, after };
  }
}

const valueAt = ({ data, shape: [, ...shape] }: NdArray, index: readonly number[]): number =>
  data[shape.reduce((offset, length, axis) => offset * length + index[axis], 0)];

const knownFields = new WeakMap<nn.Model, ReceptiveFields>();

/** They depend on the structure alone. */
function fieldsOf({ model }: OpenRun): ReceptiveFields {
  const fields = knownFields.get(model) ?? receptiveFields(model);
  knownFields.set(model, fields);
  return fields;
}

type LossGradients = ReturnType<typeof gradientProgram>;

const programs = new WeakMap<nn.Model, Map<string, LossGradients>>();

/** The derivatives of the mean loss of the first batch of training pictures by variables, while predicting. */
async function lossGradients(run: OpenRun, names: readonly string[]) {
  const { model, parts, recipe } = run;
  const rows = firstRows(parts.train, recipe.batch);
  const { data, shape } = await takePictures(parts.train.images, Int32Array.from(rows));
  const pictures = new NdArray(
    Float32Array.from(data, (byte) => byte / 255),
    shape,
    "f32",
  );
  const labels = new NdArray(
    Int32Array.from(rows, (row) => parts.train.labels.data[row]),
    [rows.length],
    "i32",
  );
  const known = programs.get(model) ?? new Map<string, LossGradients>();
  programs.set(model, known);
  const program = known.get(names.join()) ?? gradientProgram(run, names, pictures, labels);
  known.set(names.join(), program);
  const { derivatives } = await program(pictures, labels);
  return { derivatives, samples: rows.length };
}

function gradientProgram({ model, engine }: OpenRun, names: readonly string[], ...types: readonly NdArray[]) {
  const [input] = Object.keys(model.inputs);
  return compile(
    (pictures: Tensor, labels: Tensor) => {
      const [scores] = Object.values(model.apply({ [input]: pictures }));
      const by = names.map((name) => model.variables.find((variable) => variable.name === name)!.read());
      return { derivatives: gradient(nn.crossEntropy(scores, labels), by) };
    },
    types.map(({ shape, dtype }) => ({ shape, dtype })),
    { engine },
  );
}
