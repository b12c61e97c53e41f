/** Predictions of a trained model. */
import { checkArray, describeGiven, NdArray, OptionError } from "../../array/index.ts";
import { lengthName, sliceRows } from "../../data/index.ts";
import { compile, type EngineChoice } from "../../engines/index.ts";
import { type Tensor, typeNameOf } from "../../graph/index.ts";
import { checkModel, type Model } from "../../nn/index.ts";
import { namesOfModel } from "../align-targets.ts";
import { readPredictOptions } from "../settings.ts";
import type { Answer, Arrays, Scene, Task } from "../tasks/index.ts";
import { outputsFor } from "../wiring.ts";
import { taskOf } from "./task-of.ts";

/** Options of `predict` and `answer`. */
export interface PredictOptions {
  /** The task. Default: the one the model was trained for, else `classification()`. */
  readonly task?: Task | undefined;
  /** The engine, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
}

/** What a task knows from the model alone: the class names it was saved with. */
export function sceneOfModel(model: Model, task: Task): Scene {
  const [{ shape: input }] = Object.values(model.inputs);
  return { names: namesOfModel(model, task), shapes: {}, input, training: false };
}

const isRecord = (inputs: NdArray | Arrays): inputs is Arrays =>
  typeNameOf(inputs) === "Object" && Object.values(inputs).some((value) => value instanceof NdArray);

/**
 * The inputs by name; a single array is that of the only input.
 * @throws OptionError for a single array where there are several inputs, and for values that are not arrays
 */
function arraysByName(model: Model, inputs: NdArray | Arrays): Arrays {
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
 * A model's predictions for samples: `{ probabilities }` [n, classes] for classes, `{ mask }` [n, height, width] for
 * segmentation, and so on.
 * @param inputs an array [n, …], or one for each input by name
 * @throws ShapeError when the inputs do not fit the model
 */
export async function predict(model: Model, inputs: NdArray | Arrays, options: PredictOptions = {}): Promise<Arrays> {
  checkModel("predict", model);
  const { task = taskOf(model), engine } = readPredictOptions(options);
  const given = arraysByName(model, inputs);
  const names = Object.keys(given);
  const scene = sceneOfModel(model, task);
  const body = (...tensors: readonly Tensor[]) => {
    const outputs = model.apply(Object.fromEntries(names.map((name, i) => [name, tensors[i]])));
    return task.predict(outputsFor(task, scene, outputs), scene);
  };
  const arrays = names.map((name) => given[name]);
  const predictions = (await compile(body, arrays, { engine })(...arrays)) as Arrays;
  return { ...predictions, ...lengthsOf(predictions, task, scene, given) };
}

/** What belongs to the same part of several tasks: `tags.` of `tags.labels`. */
const partOf = (name: string): string => name.slice(0, name.lastIndexOf(".") + 1);

/** The lengths of predictions that are made step by step: those of the only sequence that came with some. */
function lengthsOf(predictions: Arrays, task: Task, scene: Scene, given: Arrays): Arrays {
  const [lengths, ...others] = Object.entries(given).filter(([name]) => name.endsWith(lengthName("")));
  if (lengths === undefined || others.length > 0) return {};
  const outputs = Object.entries(task.outputs(scene)).filter(([, { shape }]) => shape[1] === "steps");
  const parts = outputs.map(([role]) => partOf(role));
  const names = Object.keys(predictions).filter((name) => parts.includes(partOf(name)));
  return Object.fromEntries(names.map((name) => [lengthName(name), lengths[1]]));
}

/**
 * A model's answer for each sample: a line of text, plain data, and a picture where there is something to show.
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

/** The answers of predictions [n, …]. */
export function answersFrom(predictions: Arrays, task: Task, scene: Scene): readonly Answer[] {
  const entries = Object.entries(predictions).filter(([name]) => !isLengthOf(name, predictions));
  const count = entries[0]?.[1].shape[0] ?? 0;
  const rowOf = (name: string, array: NdArray, i: number): NdArray => {
    const length = predictions[lengthName(name)]?.data[i];
    return length === undefined ? array.row(i) : sliceRows(array.row(i), 0, length);
  };
  return Array.from({ length: count }, (_, i) =>
    task.answer(Object.fromEntries(entries.map(([name, array]) => [name, rowOf(name, array, i)])), scene),
  );
}

/** Whether a name is that of the lengths of another prediction. */
const isLengthOf = (name: string, predictions: Arrays): boolean =>
  Object.keys(predictions).some((other) => lengthName(other) === name);
