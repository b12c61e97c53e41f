/** Several tasks on one network, such as a class and a box: with a weighted sum of their losses, and the figures of all. */
import { OptionError } from "../../array/index.ts";
import type { Tensor } from "../../graph/index.ts";
import { type BytePicture, type Picture, toBytes } from "../../image/index.ts";
import { add, mul } from "../../ops/index.ts";
import {
  type Answer,
  type Arrays,
  type Figures,
  isTask,
  type Output,
  type Scene,
  type Target,
  type Task,
  type Tensors,
  type Totals,
} from "./task.ts";

/** Options of `together`. */
export interface TogetherOptions {
  /** The weight of each task's loss. Default: all 1. */
  readonly weights?: Readonly<Record<string, number>> | undefined;
  /** The task whose best figure decides which epoch was best; `loss` for the sum of the losses. Default: the first task. */
  readonly best?: string | undefined;
}

/** `part.name`: the name of a part's target, output or figure. */
const partName = (part: string, name: string): string => `${part}.${name}`;

/** The entries of a part, by their own names. */
function selectPart<T>(part: string, record: Readonly<Record<string, T>>): Record<string, T> {
  const prefix = partName(part, "");
  const own = Object.entries(record).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}

type Named<T> = Readonly<Record<string, T>>;

function checkTasks(tasks: Named<Task>, { weights = {}, best }: TogetherOptions): void {
  const names = Object.keys(tasks);
  if (names.length === 0) throw new OptionError("together: needs at least one task, { name: task }");
  const wrong = names.find((name) => !isTask(tasks[name]) || name.includes("."));
  if (wrong !== undefined)
    throw new OptionError(`together: ${wrong} must be a task, such as classification(), under a name without a dot`);
  for (const [name, weight] of Object.entries(weights)) {
    if (!names.includes(name))
      throw new OptionError(`together: weights has '${name}', the tasks are ${names.join(", ")}`);
    if (!(Number.isFinite(weight) && weight >= 0))
      throw new OptionError(`together: the weight of ${name} must be a finite number of at least 0, got ${weight}`);
  }
  if (best !== undefined && best !== "loss" && !names.includes(best))
    throw new OptionError(`together: best must be loss or one of the tasks ${names.join(", ")}, got '${best}'`);
}

/**
 * Several tasks together. Targets, outputs and figures of a task have its name in front: `box.meanIoU`; an output may simply
 * be named `box` where the task has only one.
 * @example
 * fit(network, pets, { task: together({ species: classification(), head: localization() }, { weights: { head: 2 } }) });
 * @throws OptionError for weights of unknown tasks
 */
export function together(tasks: Named<Task>, options: TogetherOptions = {}): Task {
  checkTasks(tasks, options);
  const { weights = {}, best = Object.keys(tasks)[0] } = options;
  const parts = Object.entries(tasks);
  /** Merges the records of all parts, with the names of the parts in front. */
  const merged = <T>(of: (task: Task, part: string) => Named<T>): Record<string, T> =>
    Object.fromEntries(
      parts.flatMap(([part, task]) =>
        Object.entries(of(task, part)).map(([name, value]) => [partName(part, name), value]),
      ),
    );
  const traced = (rule: "tally" | "detail" | "collect") => (outputs: Tensors, targets: Tensors, scene: Scene) =>
    merged<Tensor>((task, part) =>
      task[rule](selectPart(part, outputs), selectPart(part, targets), partScene(part, scene)),
    );
  const totalsOf = (part: string, totals: Totals): Totals => ({
    sums: selectPart(part, totals.sums),
    collected: selectPart(part, totals.collected),
    count: totals.count,
    rows: totals.rows,
  });
  return {
    type: "together",
    options: { tasks: jsonOf(parts), weights, best },
    best: best === "loss" ? "loss" : partName(best, tasks[best].best),
    lowerIsBetter: ["loss", ...parts.flatMap(([part, task]) => task.lowerIsBetter.map((name) => partName(part, name)))],
    shares: parts.flatMap(([part, task]) => task.shares.map((name) => partName(part, name))),
    targets: () => merged<Target>((task) => task.targets()),
    outputs: (scene) => merged<Output>((task, part) => namedOutputs(part, task.outputs(partScene(part, scene)))),
    loss: (outputs, targets, scene) =>
      parts
        .map(([part, task]) => {
          const loss = task.loss(selectPart(part, outputs), selectPart(part, targets), partScene(part, scene));
          return mul(loss, weights[part] ?? 1);
        })
        .reduce((a, b) => add(a, b)),
    tally: traced("tally"),
    detail: traced("detail"),
    collect: traced("collect"),
    figures: (totals, scene): Figures =>
      merged((task, part) => task.figures(totalsOf(part, totals), partScene(part, scene))),
    details: (totals, scene) =>
      Object.fromEntries(
        parts.map(([part, task]) => [part, task.details(totalsOf(part, totals), partScene(part, scene))]),
      ),
    predict: (outputs, scene) =>
      merged((task, part) => task.predict(selectPart(part, outputs), partScene(part, scene))),
    answer: (prediction, scene) => answerOf(parts, prediction, scene),
    ...(parts.some(([, { draw }]) => draw !== undefined) && {
      draw: (prediction, picture, scene) => drawAll(parts, prediction, picture, scene),
    }),
    toJSON: () => ({ type: "together", tasks: jsonOf(parts), weights, best }),
    toSaved: () => ({ type: "together", tasks: savedOf(parts), weights, best }),
  };
}

const jsonOf = (parts: readonly (readonly [string, Task])[]) =>
  Object.fromEntries(parts.map(([name, task]) => [name, task.toJSON()]));

const savedOf = (parts: readonly (readonly [string, Task])[]) =>
  Object.fromEntries(parts.map(([name, task]) => [name, task.toSaved()]));

/** The only output of a part may have the part's name. */
function namedOutputs(part: string, outputs: Named<Output>): Named<Output> {
  const isOnly = Object.keys(outputs).length === 1;
  return Object.fromEntries(
    Object.entries(outputs).map(([name, output]) => [
      name,
      { ...output, names: output.names ?? [partName(part, name), ...(isOnly ? [part] : []), name] },
    ]),
  );
}

const partScene = (part: string, scene: Scene): Scene => ({
  ...scene,
  names: selectPart(part, scene.names),
  shapes: selectPart(part, scene.shapes),
  counts: scene.counts && selectPart(part, scene.counts),
});

function answerOf(parts: readonly (readonly [string, Task])[], prediction: Arrays, scene: Scene): Answer {
  const answers = parts.map(
    ([part, task]) => [part, task.answer(selectPart(part, prediction), partScene(part, scene))] as const,
  );
  return {
    text: answers.map(([part, { text }]) => `${part} ${text}`).join("; "),
    json: Object.fromEntries(answers.map(([part, { json }]) => [part, json])),
  };
}

/** The drawing of each part on that of the part before. */
const drawAll = (
  parts: readonly (readonly [string, Task])[],
  prediction: Arrays,
  picture: Picture,
  scene: Scene,
): BytePicture =>
  parts.reduce(
    (drawn, [part, task]) => task.draw?.(selectPart(part, prediction), drawn, partScene(part, scene)) ?? drawn,
    toBytes(picture),
  );
