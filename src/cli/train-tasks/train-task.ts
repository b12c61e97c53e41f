/**
 * What a task of `fovea train` is: its settings, how they become data and a network, what it keeps in the run folder so that
 * other commands can work from the run alone, and what it shows at the end. The command itself, checkpoints, interrupts and
 * reports know no task by name.
 */
import { FormatError, OptionError } from "../../array/index.ts";
import type { AnyDataset } from "../../data/index.ts";
import type { Engine } from "../../engines/index.ts";
import type { Layer, Model } from "../../nn/index.ts";
import { readOptions } from "../../options/index.ts";
import type { EvaluateOptions, Evaluation, Figures, FitOptions, RunConfig, Task } from "../../train/index.ts";
import { withCurrentNames } from "../former-names.ts";
import type { Output } from "../io.ts";
import { build, type Factory } from "../specification.ts";
import type { CommonConfig } from "./common.ts";
import { ownDefaults } from "./optimization.ts";
import { type ConfigOf, flagOf, type Settings, schemaOf } from "./setting.ts";

/** Where a task works. */
export interface TaskContext {
  readonly output: Output;
  /** A document that the run kept, as `keep` gave it; `undefined` before there is one. */
  readonly kept: (name: string) => Promise<unknown>;
}

/** Data and network of a run. */
export interface Prepared {
  /** The settings as they are to be written down: paths absolute, names lasting. */
  readonly config: CommonConfig;
  readonly network: Layer | Model;
  readonly train: AnyDataset;
  /** What the best epoch is chosen by. */
  readonly validation?: AnyDataset | undefined;
  /** What is tested with at the end. */
  readonly test?: AnyDataset | undefined;
  /** Further options of `fit`, such as `augment`. */
  readonly fit?: Pick<FitOptions, "augment" | "inputs" | "lastBatch"> | undefined;
  /** Further options of the evaluation at the end. */
  readonly evaluate?: Pick<EvaluateOptions, "batch" | "inputs"> | undefined;
  /** Documents for the run folder, by name, as JSON: `{ tokenizer }` becomes `tokenizer.json`. */
  readonly keep?: Readonly<Record<string, unknown>> | undefined;
  /** What the data are counted in, for people, such as `characters`. Default: samples. */
  readonly unit?: string | undefined;
  /** The number of these in a part. Default: the number of samples. */
  readonly size?: ((part: AnyDataset) => number) | undefined;
  /** Further figures of the data to test with. */
  readonly further?: MeasureFurther | undefined;
  /** Shows people what the trained model does to the data it is tested with, before the figures. */
  readonly show?: ((model: Model, engine: Engine, test: Evaluation<object>) => Promise<void>) | undefined;
}

/** Data that a trained model is evaluated on. */
export interface Evaluated extends Pick<Prepared, "evaluate" | "further"> {
  readonly data: AnyDataset;
}

/** Figures that need more than the task's one program, such as BLEU, which translates. */
export type MeasureFurther = (
  model: Model,
  engine: Engine,
  onProgress: (done: number, total: number) => void,
) => Promise<FurtherFigures>;

/** Figures, and what people read of them. */
export interface FurtherFigures {
  readonly figures: Figures;
  readonly line: string;
}

/** The settings of a run, with the name of its task. */
export type RunSettings<S extends Settings = Settings> = ConfigOf<S> & CommonConfig;

/** A task of `fovea train`: a row of the table in `index.ts`. */
export interface TrainTask<S extends Settings = Settings> {
  /** As typed: `--task classification`. */
  readonly name: string;
  /** A line for the help. */
  readonly summary: string;
  /** All settings: the common ones, with the task's defaults, and its own. */
  readonly settings: S;
  /** The library's task. Its options may follow the name: `--task classification:loss=focal`. */
  readonly make: Factory<Task>;
  /** Further options of the library's task, from the settings. */
  taskOptions?(config: ConfigOf<S>): object;
  /** Options of the library's task when a trained model is evaluated, such as one for a full report. */
  readonly evaluationOptions?: object | undefined;
  /** Lists for the help, with their headings. */
  lists?(): string;
  /** Fills in what an option stands for that was typed without its word, and is empty. */
  complete?(given: Partial<ConfigOf<S>>): Partial<ConfigOf<S>>;
  /** Loads the data and makes the network. Whatever is wrong with the settings is an error before a folder is created. */
  setUp(config: RunSettings<S>, task: Task, context: TaskContext): Promise<Prepared>;
  /**
   * The data of a path for `fovea eval`, read as for training; without a path those that the run was tested with. Absent where the
   * command has its own way, as for pictures.
   */
  evaluated?(config: RunSettings<S>, path: string | undefined, context: TaskContext): Promise<Evaluated>;
}

/**
 * Settings from the command line; what was not given has its default.
 * @param name the task as typed, with its options
 */
export function resolveConfig<S extends Settings>(
  task: TrainTask<S>,
  typed: Partial<ConfigOf<S>>,
  name = task.name,
): RunSettings<S> {
  const given = task.complete?.(typed) ?? typed;
  const missing = Object.entries(task.settings).find(([key, { kind }]) => !("fallback" in kind || key in given));
  if (missing !== undefined) {
    const [, { flag, about }] = missing;
    throw new OptionError(`--task ${task.name} needs ${flag}: ${about}`);
  }
  // Defaults of the task's own optimizer are not those of another.
  const defaults = "optimizer" in given ? ownDefaults() : {};
  const config = readOptions("train", schemaOf(task.settings), { ...defaults, ...given });
  return { ...config, task: name } as unknown as RunSettings<S>;
}

/** Settings from the `config.json` of a run. @throws FormatError when they are not what a run writes */
export function readConfig<S extends Settings>(
  task: TrainTask<S>,
  { fovea: _fovea, arithmetic: _arithmetic, task: name, ...settings }: RunConfig,
  path: string,
): RunSettings<S> {
  try {
    const config = readOptions(path, schemaOf(task.settings), withCurrentNames(settings));
    return { ...config, task: name ?? task.name } as unknown as RunSettings<S>;
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw new FormatError(`${error.message}; the file was changed or is damaged`, { cause: error });
  }
}

/**
 * The library's task of a run.
 * @param further options beside those from the settings
 */
export const createTask = (task: TrainTask, config: RunSettings, further?: object): Task =>
  build<Task>({ [task.name]: task.make }, config.task, { ...task.taskOptions?.(config), ...further });

/** The error of an option that only other tasks have. @param attribute commander's name for it */
export function strangeOption(attribute: string, task: TrainTask, all: readonly TrainTask[]): OptionError {
  const flag = `--${attribute.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const having = all.filter(({ settings }) => Object.values(settings).some((row) => flagOf(row) === flag));
  return new OptionError(
    `${flag} is for --task ${having.map(({ name }) => name).join(", ")}; ${task.name} has no such option`,
  );
}
