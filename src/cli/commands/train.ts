/** `fovea train`: trains a network on a data set, keeps the best in a run folder, and says how good it is. */
import { basename } from "node:path";
import { Command } from "commander";
import { OptionError } from "../../array/index.ts";
import { openEngine } from "../../engines/index.ts";
import { trainingStatistics } from "../../inspect/index.ts";
import { schedules } from "../../optim/index.ts";
import {
  checkFree,
  createNextRunFolder,
  createRunFolder,
  evaluateModel,
  fit,
  openRunFolder,
  type RunFolder,
} from "../../train/index.ts";
import { percent } from "../format.ts";
import { Interrupted, onInterrupt } from "../interrupt.ts";
import type { Output } from "../io.ts";
import { engineOption, jsonOption, threadsOption, workersOption } from "../options.ts";
import { listOptions, specificationOf } from "../specification.ts";
import { reportToMachines, reportToPeople } from "../train-report.ts";
import {
  addSettings,
  checkTogether,
  createOptimizer,
  createSchedule,
  createTask,
  defaultTrainTask,
  flagOf,
  optimizerSettings,
  optimizers,
  type Prepared,
  readConfig,
  readTyped,
  resolveConfig,
  type TrainTask,
  type Typed,
  taskHelp,
  taskNamed,
  taskOfRun,
  trainTasks,
} from "../train-tasks/index.ts";
import { version } from "../version.ts";

/** What is about this call, and no setting of the run. */
interface Flags {
  readonly task?: string;
  readonly out?: string;
  readonly resume?: string;
  readonly engine: string;
  readonly threads?: number;
  readonly workers?: number;
  readonly json?: boolean;
}

const lists = `
Optimizers and their own options, as in name:option=value,option=value:
${listOptions(optimizers, [...Object.keys(optimizerSettings), "groups"])}

Schedules and their options:
${listOptions(schedules)}
`;

const examples = `
Examples:
  $ fovea train                                    LeNet-5 on the built-in digits
  $ fovea train --data mnist --epochs 3 --seed 1   on MNIST
  $ fovea train --data pets --size 64x64           on pictures in pets/CAT, pets/DOG, …
  $ fovea train --model resnet20 --data cifar10    a residual network
  $ fovea train --resume runs/lenet5-digits        go on with a run that was stopped
  $ fovea train --model resnet18 --pretrained --freeze layer1 --freeze layer2 --data pets --size 224x224
  $ fovea train --statistics 100                   dead units, saturation and gradients in every 100th step
  $ fovea train --augment randomCrop:padding=4 --augment flip
  $ fovea train --optimizer rmsprop:smoothing=0.9 --schedule multiStep:milestones=3,4,factor=0.2 --warmup 1
`;

const makers = Object.fromEntries(trainTasks.map(({ name, make }) => [name, make]));

export function trainCommand(output: Output): Command {
  const command = new Command("train")
    .summary("train a network")
    .description(
      "Trains a network and keeps the best one in a run folder. Ctrl-C writes a checkpoint and stops; --resume goes on from it.",
    )
    .option(
      "--task <name>",
      `what to learn: ${Object.keys(makers).join(", ")} (default: ${defaultTrainTask.name})`,
      specificationOf(makers),
    );
  addSettings(command, trainTasks);
  return command
    .option("--out <folder>", "the run folder to create (default: runs/MODEL-DATA, numbered)")
    .option(
      "--resume <folder>",
      "go on with the run in this folder; only --epochs may be given with it, unless its schedule ends with the run",
    )
    .addOption(engineOption())
    .addOption(threadsOption())
    .addOption(workersOption())
    .addOption(jsonOption())
    .addHelpText("after", () => taskHelp(command, trainTasks) + lists + examples)
    .action((all: Flags & Typed) => {
      const { task, out, resume, engine, threads, workers, json, ...typed } = all;
      return train({ task, out, resume, engine, threads, workers, json }, typed, command, output);
    });
}

async function train(flags: Flags, typed: Typed, command: Command, output: Output): Promise<void> {
  const engine = await openEngine(flags.engine, { threads: flags.threads });
  const earlier = flags.resume === undefined ? undefined : await openRunFolder(flags.resume);
  // Said before data are loaded, which may take minutes.
  if (earlier === undefined && flags.out !== undefined) await checkFree(flags.out);
  const { task: row, settings } =
    earlier === undefined ? newRun(flags, typed, command) : resumedRun(earlier, flags, typed, command);
  const optimizer = createOptimizer(settings);
  const schedule = createSchedule(settings);
  const task = createTask(row, settings);
  checkTogether(settings, schedule);
  const prepared = await row.setUp(settings, task, { output, kept: async (name) => earlier?.kept(name) });
  const { config, network, train: data, validation, test } = prepared;
  const record = { fovea: version, arithmetic: engine.arithmetic, ...config };
  const folder = earlier ?? (await newFolder(flags.out, prepared, record));
  const run = { ...prepared, folder, engine, task };
  const report = flags.json ? reportToMachines(run, output) : reportToPeople(run, output);
  const resume = await earlier?.readCheckpoint();
  const interrupt = onInterrupt(output);
  report.start();
  if (earlier !== undefined && earlier.config.arithmetic !== engine.arithmetic) {
    output.log(
      `the run began on ${earlier.config.arithmetic}; on ${engine.arithmetic} it ends with slightly other numbers`,
    );
  }
  const { epochs, batch, accumulate, seed, patience, freeze, statistics } = config;
  const { workers } = flags;
  const { model, interrupted, stoppedEarly, bestEpoch } = await fit(network, data, {
    ...{ epochs, batch, accumulate, freeze, seed, optimizer, schedule, engine, resume, workers, task, validation },
    ...(patience > 0 && { patience }),
    ...(statistics !== null && { statistics: trainingStatistics({ every: statistics || undefined }) }),
    ...prepared.fit,
    onNotice: (message) => output.log(message),
    store: folder,
    signal: interrupt.signal,
    onEvent: report.event,
  }).finally(interrupt.release);
  if (interrupted) throw new Interrupted(`stopped with a checkpoint; to go on: fovea train --resume ${folder.path}`);
  if (stoppedEarly) report.stoppedEarly(bestEpoch);
  const onProgress = (done: number, total: number): void => output.status(`testing ${percent(done / total, 0)}`);
  if (test === undefined) return report.finish(model);
  const options = { ...prepared.evaluate, task, engine, workers, onProgress };
  const evaluation = await evaluateModel<object>(model, test, options);
  const further = await prepared.further?.(model, engine, onProgress);
  await report.finish(model, { evaluation, further });
}

/** The folder of a new run, with the documents that its task keeps. */
async function newFolder(
  out: string | undefined,
  { config: { model, data }, keep = {} }: Prepared,
  record: object,
): Promise<RunFolder> {
  const config = { ...record };
  const folder =
    out === undefined
      ? await createNextRunFolder(`runs/${model.replaceAll(/[:=,]/g, "-")}-${basename(data)}`, config)
      : await createRunFolder(out, config);
  for (const [name, document] of Object.entries(keep)) await folder.keep(name, document);
  return folder;
}

interface Begun {
  readonly task: TrainTask;
  readonly settings: ReturnType<typeof resolveConfig>;
}

function newRun({ task: name = defaultTrainTask.name }: Flags, typed: Typed, command: Command): Begun {
  const task = taskNamed(name)!;
  return { task, settings: resolveConfig(task, readTyped(task, typed, command, trainTasks), name) };
}

function resumedRun(folder: RunFolder, flags: Flags, typed: Typed, command: Command): Begun {
  const path = `${folder.path}/config.json`;
  const task = taskOfRun(folder.config, path);
  const { task: name, out } = flags;
  const { epochs, ...others } = readTyped(task, typed, command, trainTasks);
  const refused = Object.entries({ ...others, task: name, out }).flatMap(([setting, value]) => {
    if (value === undefined) return [];
    return [Object.hasOwn(task.settings, setting) ? flagOf(task.settings[setting]) : `--${setting}`];
  });
  if (refused.length > 0) {
    throw new OptionError(
      `--resume takes its settings from ${folder.path}; leave out ${refused.join(", ")} (only --epochs may change)`,
    );
  }
  const config = readConfig(task, folder.config, path);
  if (epochs === undefined || epochs === config.epochs) return { task, settings: config };
  const { spansRun, name: schedule } = createSchedule(config);
  if (spansRun)
    throw new OptionError(
      `--epochs ${epochs}: the schedule of this run, ${schedule}, was laid out for --epochs ${config.epochs}, and with another number the ` +
        "learning rate would jump; resume without --epochs, or begin a run with a schedule such as constant, step or plateau",
    );
  return { task, settings: { ...config, epochs: Number(epochs) } };
}
