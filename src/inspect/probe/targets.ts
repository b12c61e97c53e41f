/**
 * Targets: the number of each sample that is asked about, such as the score of a class or the activation of a unit. A target
 * is derived with respect to inner values (attributions), or made large (ascent). Which class or unit it is, its **index**,
 * is given for each sample when the program runs, so that one program serves them all.
 */
import { describeGiven, didYouMean, OptionError, sizeOf } from "../../array/index.ts";
import type { Tensor } from "../../graph/index.ts";
import type { Model } from "../../nn/index.ts";
import { argMax, gather, less, logSoftmax, mean, mul, reshape, select, softmax, sum } from "../../ops/index.ts";

/** The values of a network that a target can be computed from. */
export interface Inside {
  /** The outputs of the model, by name, [n, …]. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** The inner values at `paths`, by path, [n, …]. */
  readonly values: Readonly<Record<string, Tensor>>;
}

/** One number of each sample. */
export interface Target {
  /** What it is, in titles and messages: `class`, `channel of features.3`. */
  readonly name: string;
  /** The inner values that it is computed from. Default none. */
  readonly paths?: readonly string[] | undefined;
  /** The value of each sample, `f32` [n]. @param index `i32` [n], which class or unit; −1: the largest of the sample */
  readonly score: (inside: Inside, index: Tensor) => Tensor;
  /** The numbers of which the index chooses one, [n, k]. Absent where there is nothing to choose from. */
  readonly choices?: ((inside: Inside) => Tensor) | undefined;
}

/** A target that chooses one of some numbers by its index. */
const choosing = (target: Required<Pick<Target, "name" | "choices">> & Pick<Target, "paths">): Target => ({
  ...target,
  score: (inside, index) => {
    const rows = target.choices!(inside);
    return reshape(gather(rows, reshape(resolveIndex(rows, index), [-1, 1]), 1), [-1]);
  },
});

/** The position of the largest number in each row of [n, k] where the index is −1, else the index; `i32` [n]. */
export const resolveIndex = (rows: Tensor, index: Tensor): Tensor => select(less(index, 0), argMax(rows, 1), index);

/** Options of `classTarget`. */
export interface ClassTargetOptions {
  /** The output with a number for each class. Default: the only one. */
  readonly output?: string | undefined;
  /**
   * The number: `score`, as the network gives it, before softmax; `probability`; or `log-probability`. Default `score`, since
   * derivatives of probabilities vanish where the network is sure.
   */
  readonly of?: "score" | "probability" | "log-probability" | undefined;
}

const classNumbers = {
  score: (scores: Tensor): Tensor => scores,
  probability: (scores: Tensor): Tensor => softmax(scores),
  "log-probability": (scores: Tensor): Tensor => logSoftmax(scores),
} as const;

/** The score of a class. The index is the class; −1 is that of the highest score. */
export function classTarget({ output, of = "score" }: ClassTargetOptions = {}): Target {
  if (!Object.hasOwn(classNumbers, of))
    throw new OptionError(
      `classTarget: of ${describeGiven(of)}, expected one of ${Object.keys(classNumbers).join(", ")}`,
    );
  return choosing({
    name: of === "score" ? "class" : `${of} of the class`,
    choices: ({ outputs }) => {
      const name = output ?? Object.keys(outputs)[0];
      const scores = outputs[name];
      if (scores === undefined)
        throw new OptionError(`classTarget: there is no output '${name}'${didYouMean(name, Object.keys(outputs))}`);
      if (output === undefined && Object.keys(outputs).length > 1)
        throw new OptionError(`classTarget: the model gives ${Object.keys(outputs).join(", ")}; choose one as output`);
      if (scores.shape.length !== 2)
        throw new OptionError(
          `classTarget: output '${name}' is [${scores.shape}], expected a number for each class, [n, classes]`,
        );
      return classNumbers[of](scores);
    },
  });
}

/** The mean of a channel over its map: of the layer at `path`, [n, channels, …]. The index is the channel. */
export const channelTarget = (path: string): Target =>
  choosing({
    name: `channel of ${path}`,
    paths: [path],
    choices: ({ values: { [path]: maps } }) => perChannel(maps),
  });

/**
 * One number of the layer or output at `path`, such as a coordinate of a box. The index is its row-major position there,
 * without the batch axis.
 */
export const unitTarget = (path: string): Target =>
  choosing({
    name: `unit of ${path}`,
    paths: [path],
    choices: ({ values: { [path]: value } }) => reshape(value, [value.shape[0], -1]),
  });

/** Half of the sum of squares of the layer at `path`, which a deep dream makes large. The index is ignored. */
export const layerTarget = (path: string): Target => ({
  name: `layer ${path}`,
  paths: [path],
  score: ({ values: { [path]: value } }) => {
    const flat = reshape(value, [value.shape[0], -1]);
    return mul(sum(mul(flat, flat), 1), 0.5);
  },
});

/** The mean over the positions of each map: [n, channels, …] → [n, channels]. */
function perChannel(maps: Tensor): Tensor {
  if (maps.shape.length <= 2) return maps;
  const [n, channels, ...spatial] = maps.shape;
  return mean(reshape(maps, [n, channels, sizeOf(spatial)]), 2);
}

/** The number of a class, given by number or name. @throws OptionError for one that the model does not have */
export function classIndex(where: string, model: Model, given: number | string): number {
  const { classes } = model;
  if (typeof given === "string") {
    const found = classes?.indexOf(given) ?? -1;
    if (found >= 0) return found;
    const hint = classes === undefined ? "; the model has no class names, give a number" : didYouMean(given, classes);
    throw new OptionError(`${where}: there is no class '${given}'${hint}`);
  }
  const count = classes?.length ?? Infinity;
  if (Number.isInteger(given) && given >= 0 && given < count) return given;
  throw new OptionError(`${where}: class ${given}, expected an integer from 0 to ${count - 1}`);
}
