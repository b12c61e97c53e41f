/** Predictions of a trained model. */
import { type NdArray, OptionError } from "../../array/index.ts";
import { lengthName, sliceRows } from "../../data/index.ts";
import { compile, type EngineChoice } from "../../engines/index.ts";
import type { Tensor } from "../../graph/index.ts";
import { type BytePicture, type Picture, type Rectangle, resize, withoutAlpha } from "../../image/index.ts";
import { checkModel, type Model } from "../../nn/index.ts";
import { namesOfModel } from "../align-targets.ts";
import { readPredictOptions } from "../settings.ts";
import { type Answer, type Arrays, type Scene, type Task, viewOf } from "../tasks/index.ts";
import { outputsFor } from "../wiring.ts";
import { arraysByName } from "./given-arrays.ts";
import { taskOf } from "./task-of.ts";

/** Options of `predict` and `answer`. */
export interface PredictOptions {
  /** The task. Default: the one the model was trained for, else `classification()`. */
  readonly task?: Task | undefined;
  /** The engine, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
}

/** Options of `answer`. */
export interface AnswerOptions extends PredictOptions {
  /**
   * For each sample the part of a picture that the input shows, scaled to the input's size, in the picture's pixels: answers have
   * their positions in these. Default: the inputs are the pictures.
   */
  readonly views?: readonly Rectangle[] | undefined;
}

/** What a task knows from the model alone: the class names it was saved with. */
export function sceneOfModel(model: Model, task: Task): Scene {
  const [{ shape: input }] = Object.values(model.inputs);
  return { names: namesOfModel(model, task), shapes: {}, input, training: false };
}

/**
 * A model's predictions for samples: `{ probabilities }` [n, classes] for classes, `{ mask }` [n, height, width] for
 * segmentation, and so on.
 * @param inputs an array [n, …], or one for each input by name
 * @throws ShapeError when the inputs do not fit the model
 */
export async function predict(model: Model, inputs: NdArray | Arrays, options: PredictOptions = {}): Promise<Arrays> {
  checkModel("predict", model);
  const { task: chosen, engine } = readPredictOptions(options);
  const given = arraysByName("predict", model, inputs);
  const task = chosen ?? taskOf(model);
  const scene = sceneOfModel(model, task);
  const names = Object.keys(given);
  const arrays = Object.values(given);
  const body = (...tensors: readonly Tensor[]) => {
    const outputs = model.apply(Object.fromEntries(names.map((name, i) => [name, tensors[i]])));
    return task.predict(outputsFor(task, scene, outputs), scene);
  };
  const compiled = (): Program => compile(body, arrays, { engine }) as Program;
  const program = chosen === undefined ? keptProgram(model, engine, keyOf(model, given), compiled) : compiled();
  const predictions = await program(...arrays);
  return { ...predictions, ...lengthsOf(predictions, task, scene, given) };
}

type Program = (...inputs: readonly NdArray[]) => Promise<Arrays>;

/** Predictions come one after the other: the programs that a model used last stay as long as the model does. */
const kept = new WeakMap<Model, { readonly engine: unknown; readonly key: string; readonly program: Program }[]>();
const MOST_KEPT = 4;

function keptProgram(model: Model, engine: unknown, key: string, make: () => Program): Program {
  const programs = kept.get(model) ?? [];
  const known = programs.find((one) => one.engine === engine && one.key === key) ?? { engine, key, program: make() };
  kept.set(model, [known, ...programs.filter((one) => one !== known)].slice(0, MOST_KEPT));
  return known.program;
}

/** What a program depends on besides the network: the types of its inputs, and what the task knows from the model. */
const keyOf = ({ task, names, classes }: Model, given: Arrays): string =>
  JSON.stringify([Object.entries(given).map(([name, { dtype, shape }]) => [name, dtype, shape]), task, names, classes]);

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
 * A model's answer for each sample: a line of text, plain data, and a drawing on the picture where there is something to draw.
 * @throws ShapeError when the inputs do not fit the model, OptionError for another number of views than samples
 * @example
 * const [{ text }] = await answer(model, pictures); // "cat (93 %)"
 * const [{ draw }] = await answer(segmenter, pictures);
 * await writePicture("classes.png", draw(photo));
 */
export async function answer(
  model: Model,
  inputs: NdArray | Arrays,
  { views, ...options }: AnswerOptions = {},
): Promise<readonly Answer[]> {
  const predictions = await predict(model, inputs, options);
  const { task = taskOf(model) } = readPredictOptions(options);
  return answersFrom(predictions, task, sceneOfModel(model, task), views);
}

/** The answers of predictions [n, …]. @throws OptionError for another number of views than samples */
export function answersFrom(
  predictions: Arrays,
  task: Task,
  scene: Scene,
  views?: readonly Rectangle[],
): readonly Answer[] {
  const entries = Object.entries(predictions).filter(([name]) => !isLengthOf(name, predictions));
  const count = entries[0]?.[1].shape[0] ?? 0;
  const rowOf = (name: string, array: NdArray, i: number): NdArray => {
    const length = predictions[lengthName(name)]?.data[i];
    return length === undefined ? array.row(i) : sliceRows(array.row(i), 0, length);
  };
  if (views !== undefined && views.length !== count)
    throw new OptionError(`answer: ${views.length} views for ${count} samples; give one for each`);
  return Array.from({ length: count }, (_, i) => {
    const prediction = Object.fromEntries(entries.map(([name, array]) => [name, rowOf(name, array, i)]));
    return answerOf(task, prediction, { ...scene, view: views?.[i] });
  });
}

/** An answer that can be drawn on a picture. */
function answerOf(task: Task, prediction: Arrays, scene: Scene): Answer {
  const answer = task.answer(prediction, scene);
  if (task.draw === undefined) return answer;
  const draw = (picture: Picture, zoom = 1): BytePicture => {
    const given = withoutAlpha(picture);
    const enlarged = zoom === 1 ? given : resize(given, zoom * given.width, zoom * given.height);
    return task.draw!(prediction, enlarged, { ...scene, view: zoomed(viewOf(scene), zoom) });
  };
  return { ...answer, draw };
}

const zoomed = ({ x, y, width, height }: Rectangle, zoom: number): Rectangle => ({
  ...{ x: zoom * x, y: zoom * y },
  ...{ width: zoom * width, height: zoom * height },
});

/** Whether a name is that of the lengths of another prediction. */
const isLengthOf = (name: string, predictions: Arrays): boolean =>
  Object.keys(predictions).some((other) => lengthName(other) === name);
