/** `fovea train`: trains a network on a data set, keeps the best in a run folder, and says how good it is. */
import { basename } from "node:path";
import { Command, Option } from "commander";
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
  fitSchema,
  openRunFolder,
  type RunFolder,
  tasks,
} from "../../train/index.ts";
import { percent } from "../format.ts";
import { Interrupted, onInterrupt } from "../interrupt.ts";
import type { Output } from "../io.ts";
import { libraryOption } from "../library-options.ts";
import { networkNames, networks } from "../networks.ts";
import {
  amount,
  amountOrName,
  classWeights,
  dataHelp,
  engineOption,
  jsonOption,
  pictureOptions,
  realNumber,
  seedOption,
  threadsOption,
  wholeNumber,
  workersOption,
} from "../options.ts";
import { TEST_SHARE } from "../parts.ts";
import { listOptions, specificationOf, specificationsOf } from "../specification.ts";
import {
  augmentSteps,
  createSchedule,
  type GivenSettings,
  optimizerFlags,
  optimizers,
  readConfig,
  resolveConfig,
  setUp,
  type TrainConfig,
} from "../train-config.ts";
import { reportToMachines, reportToPeople } from "../train-report.ts";
import { version } from "../version.ts";

interface Flags extends GivenSettings {
  readonly out?: string;
  readonly resume?: string;
  readonly engine: string;
  readonly threads?: number;
  readonly workers?: number;
  readonly json?: boolean;
}

const choices = `
Networks, and their options as in name:option=value (fovea summary --help tells of each):
${networkNames()}

Optimizers and their own options, as in name:option=value,option=value:
${listOptions(optimizers, [...optimizerFlags.map(({ option }) => option), "groups"])}

Schedules and their options:
${listOptions(schedules)}

Steps of augmentation and their options:
${listOptions(augmentSteps)}
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

export function trainCommand(output: Output): Command {
  const command = new Command("train")
    .summary("train a network")
    .description(
      "Trains a network and keeps the best one in a run folder. Ctrl-C writes a checkpoint and stops; --resume goes on from it.",
    )
    .option("--model <name>", "a network below (default: lenet5)", specificationOf(networks));
  for (const addTo of [addWeights, addData, addBatches, addOptimizer, addTask, addRun]) addTo(command);
  return command.addHelpText("after", choices + examples).action((flags: Flags) => train(flags, output));
}

/** What training begins with, and what of it stays. */
function addWeights(command: Command): void {
  command
    .option(
      "--pretrained [name]",
      "begin with published weights, such as imagenet; the last layer begins anew for other classes (default without a name: " +
        "the first that are published for the network)",
    )
    .option(
      "--init <file>",
      "begin with the weights of a file: .pth, .safetensors, .npz, a run folder; with --pretrained a copy of those weights",
    )
    .option(
      "--freeze <pattern>",
      "do not train the layers of this name, such as conv1 or layer1.*; repeat it for more (default: none)",
      (pattern: string, before: readonly string[] = []) => [...before, pattern],
    );
}

/** What is trained, validated and tested with. */
function addData(command: Command): void {
  command
    .option("--data <name|path>", `${dataHelp} (default: digits)`)
    .option("--limit <n>", "use this many training samples (default: all)", wholeNumber(1))
    .option(
      "--validation <n>",
      "share or number of training samples set aside to choose the best epoch by, unless the data have a part for it (default: 1/12)",
      amount,
    )
    .option(
      "--test <n|name|path>",
      "what to test with at the end: a data set or folder, or a share or number of samples set aside; 0 for none " +
        `(default: the data's own part, else ${TEST_SHARE})`,
      amountOrName,
    );
  for (const option of pictureOptions()) command.addOption(option);
}

/** How the data are gone through. */
function addBatches(command: Command): void {
  command
    .addOption(libraryOption({ flag: "--epochs <n>", about: "passes over the training data", kind: fitSchema.epochs }))
    .addOption(libraryOption({ flag: "--batch <n>", about: "samples in a step", kind: fitSchema.batch }))
    .addOption(
      libraryOption({
        flag: "--accumulate <n>",
        about: "go through each batch in this many parts, for less memory; gradients are added up",
        kind: fitSchema.accumulate,
      }),
    )
    .option(
      "--augment <name>",
      "a step of augmentation below, with its options; repeat it for the next step (default: none)",
      specificationsOf(augmentSteps),
    );
}

function addOptimizer(command: Command): void {
  command.option(
    "--optimizer <name>",
    "an optimizer below, with its options (default: sgd)",
    specificationOf(optimizers),
  );
  for (const { flag, help, parse } of optimizerFlags) command.option(flag, help, parse);
  command
    .option(
      "--schedule <name>",
      "how the learning rate changes over the run: a schedule below, with its options (default: linear)",
      specificationOf(schedules),
    )
    .option(
      "--warmup <epochs>",
      "epochs in which the learning rate rises before its schedule (default: 0)",
      realNumber(0),
    );
}

/** What is learned, and when that is enough. */
function addTask(command: Command): void {
  command
    .option(
      "--task <name>",
      `what to learn: ${Object.keys(tasks).join(", ")} (default: classification)`,
      specificationOf(tasks),
    )
    .option(
      "--class-weights <w,…>",
      "how much samples of each class count, in the order of the classes' names, or balanced: the rarer, the more (default: all 1)",
      classWeights,
    )
    .addOption(
      libraryOption<unknown>({
        flag: "--patience <epochs>",
        about: "stop after this many epochs in a row without a better one",
        kind: fitSchema.patience,
        absent: "never",
      }),
    );
}

/** Where and how the run is computed. */
function addRun(command: Command): void {
  command
    .addOption(seedOption())
    .option("--out <folder>", "the run folder to create (default: runs/MODEL-DATA, numbered)")
    .option(
      "--resume <folder>",
      "go on with the run in this folder; only --epochs may be given with it, unless its schedule ends with the run",
    )
    .option(
      "--statistics [steps]",
      "write statistics of every layer to metrics.jsonl: in every so many steps, or without a number in the last of each epoch " +
        "(default: none)",
      wholeNumber(1),
    )
    .addOption(engineOption())
    .addOption(threadsOption())
    .addOption(workersOption())
    .addOption(jsonOption());
}

async function train(flags: Flags, output: Output): Promise<void> {
  const engine = await openEngine(flags.engine, { threads: flags.threads });
  const earlier = flags.resume === undefined ? undefined : await openRunFolder(flags.resume);
  // Said before data are loaded, which may take minutes.
  if (earlier === undefined && flags.out !== undefined) await checkFree(flags.out);
  const settings = earlier === undefined ? resolveConfig(settingsOf(flags)) : resumedConfig(earlier, flags);
  const { config, network, task, optimizer, schedule, augment, ...sets } = await setUp(settings, { output });
  const record = { fovea: version, arithmetic: engine.arithmetic, ...config };
  const folder =
    earlier ??
    (flags.out === undefined
      ? await createNextRunFolder(`runs/${config.model.replaceAll(/[:=,]/g, "-")}-${basename(config.data)}`, record)
      : await createRunFolder(flags.out, record));
  const run = { folder, config, engine, task, ...sets };
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
  const { model, interrupted, stoppedEarly, bestEpoch } = await fit(network, sets.train, {
    ...{ epochs, batch, accumulate, augment, freeze, seed, optimizer, schedule, engine, resume },
    ...(patience > 0 && { patience }),
    ...(statistics !== null && { statistics: trainingStatistics({ every: statistics || undefined }) }),
    task,
    onNotice: (message) => output.log(message),
    validation: sets.validation,
    workers: flags.workers,
    store: folder,
    signal: interrupt.signal,
    onEvent: report.event,
  }).finally(interrupt.release);
  if (interrupted) throw new Interrupted(`stopped with a checkpoint; to go on: fovea train --resume ${folder.path}`);
  if (stoppedEarly) report.stoppedEarly(bestEpoch);
  const onProgress = (done: number, total: number): void => output.status(`testing ${percent(done / total, 0)}`);
  const { test } = sets;
  if (test === undefined) return report.finish(model);
  await report.finish(model, await evaluateModel(model, test, { task, engine, workers: flags.workers, onProgress }));
}

/** The flags that are settings of the run, and not about this call. */
function settingsOf({
  out: _out,
  resume: _resume,
  engine: _engine,
  threads: _threads,
  workers: _workers,
  json: _json,
  ...settings
}: Flags): GivenSettings {
  const renamed = new Map(
    optimizerFlags.map(({ flag, option }) => [new Option(flag).attributeName(), option as string]),
  );
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [renamed.get(name) ?? name, value]));
}

function resumedConfig(folder: RunFolder, flags: Flags): TrainConfig {
  const {
    resume: _resume,
    engine: _engine,
    threads: _threads,
    workers: _workers,
    json: _json,
    epochs,
    ...others
  } = flags;
  const refused = Object.keys(others).map(asTyped);
  if (refused.length > 0) {
    throw new OptionError(
      `--resume takes its settings from ${folder.path}; leave out ${refused.join(", ")} (only --epochs may change)`,
    );
  }
  const config = readConfig(folder.config, `${folder.path}/config.json`);
  if (epochs === undefined || epochs === config.epochs) return config;
  const { spansRun, name } = createSchedule(config);
  if (spansRun)
    throw new OptionError(
      `--epochs ${epochs}: the schedule of this run, ${name}, was laid out for --epochs ${config.epochs}, and with another number the ` +
        "learning rate would jump; resume without --epochs, or begin a run with a schedule such as constant, step or plateau",
    );
  return { ...config, epochs };
}

/** The flag that commander calls `weightDecay`: `--weight-decay`. */
const asTyped = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
