/** What a trained model says of samples without a label. */
import { checkArray, describeGiven, type NdArray, OptionError } from "../../array/index.ts";
import { compile, type EngineChoice } from "../../engines/index.ts";
import { kindOf, type Tensor } from "../../graph/index.ts";
import { checkModel, type Model } from "../../nn/index.ts";
import { readPredictOptions } from "../settings.ts";
import type { Answer, Arrays, Scene, Task } from "../tasks/index.ts";
import { outputsFor } from "../wiring.ts";
import { taskOf } from "./task-of.ts";

/** Options of `predict` and `answer`. */
export interface PredictOptions {
  /** What the model is for. Default: what it was trained for, else `classification()`. */
  readonly task?: Task | undefined;
  /** What computes, or its name. Default: the fastest that is there. */
  readonly engine?: EngineChoice | undefined;
}

/** What a task knows of a model alone: the names of classes that the model was saved with. */
export function sceneOfModel(model: Model, task: Task): Scene {
  const [{ shape: input }] = Object.values(model.inputs);
  const roles = Object.keys(task.targets());
  const named = model.names ?? {};
  const names = roles.flatMap((role) => {
    const list = named[role] ?? (roles.length === 1 ? model.classes : undefined);
    return list === undefined ? [] : [[role, list] as const];
  });
  return { names: Object.fromEntries(names), shapes: {}, input, training: false };
}

const isRecord = (inputs: NdArray | Arrays): inputs is Arrays => kindOf(inputs) === "Object";

/**
 * The inputs by name; what is no record of arrays is taken for that of the only input.
 * @throws OptionError for a single array of several inputs, and for what is no array
 */
function byName(model: Model, inputs: NdArray | Arrays): Arrays {
  const names = Object.keys(model.inputs);
  if (!isRecord(inputs) && names.length > 1)
    throw new OptionError(
      `predict: the model has the inputs ${names.join(", ")}; give a record of arrays, got ${describeGiven(inputs)}`,
    );
  const given = isRecord(inputs) ? inputs : { [names[0]]: inputs };
  for (const [name, array] of Object.entries(given)) checkArray("predict", name, array);
  return given;
}

/**
 * What a model says of samples, ready for use: `{ probabilities }` [n, classes] for classes, `{ mask }` [n, height, width] for
 * segmentation, and so on.
 * @param inputs an array [n, …], or one for each input by name
 * @throws ShapeError when the inputs are not what the model takes
 */
export async function predict(model: Model, inputs: NdArray | Arrays, options: PredictOptions = {}): Promise<Arrays> {
  checkModel("predict", model);
  const { task = taskOf(model), engine } = readPredictOptions(options);
  const given = byName(model, inputs);
  const names = Object.keys(given);
  const scene = sceneOfModel(model, task);
  const body = (...tensors: readonly Tensor[]) => {
    const outputs = model.apply(Object.fromEntries(names.map((name, i) => [name, tensors[i]])));
    return task.predict(outputsFor(task, scene, outputs), scene);
  };
  const arrays = names.map((name) => given[name]);
  return (await compile(body, arrays, { engine })(...arrays)) as Arrays;
}

/**
 * What a model says of each sample, for people and machines: a line of text, plain data, and a picture where there is
 * something to look at.
 * @example
 * const [{ text }] = await answer(model, pictures); // "cat (93 %)"
 */
export async function answer(
  model: Model,
  inputs: NdArray | Arrays,
  options: PredictOptions = {},
): Promise<readonly Answer[]> {
  const predictions = await predict(model, inputs, options);
  const { task = taskOf(model) } = readPredictOptions(options);
  return answersFrom(predictions, task, sceneOfModel(model, task));
}

/** The answers in predictions [n, …]. */
export function answersFrom(predictions: Arrays, task: Task, scene: Scene): readonly Answer[] {
  const entries = Object.entries(predictions);
  const count = entries[0]?.[1].shape[0] ?? 0;
  return Array.from({ length: count }, (_, i) =>
    task.answer(Object.fromEntries(entries.map(([name, array]) => [name, array.row(i)])), scene),
  );
}
