/**
 * The frame of `fovea look`: each instrument is a `Look`, which says what it needs and what it found; the frame reads model,
 * pictures and data, prints lines, and writes the files of `-o`.
 */
import { basename } from "node:path";
import { Command, type Option } from "commander";
import { DataError, type NdArray, OptionError } from "../../array/index.ts";
import type { Samples } from "../../data/index.ts";
import { type Engine, openEngine } from "../../engines/index.ts";
import { type BytePicture, batchToPictures } from "../../image/index.ts";
import type { Model } from "../../nn/index.ts";
import { loadEvaluated } from "../eval-data.ts";
import type { Output } from "../io.ts";
import { loadModel, loadTrained, type TrainedModel } from "../load-model.ts";
import { inputOf, type ModelPictureFlags, wantedShape } from "../model-pictures.ts";
import {
  dataHelp,
  engineOption,
  jsonOption,
  oneOf,
  pictureOptions,
  runHelp,
  seedOption,
  threadsOption,
  wholeNumber,
} from "../options.ts";
import { type Split, splits } from "../parts.ts";
import { namedFiles } from "../predict-files.ts";
import { describeMiddle, isLarger, middleOf } from "../views.ts";
import { commandLine } from "./command-line.ts";
import { type Found, type LookFile, lookFile, plainNumbers, writeFound } from "./write.ts";

/** A picture that is looked at. */
export interface LookPicture {
  readonly path: string;
  /** The name of the file, for titles. */
  readonly name: string;
  /** As the model takes it, `u8` [1, channels, height, width]. */
  readonly input: NdArray;
  /** The same, to be shown. */
  readonly picture: BytePicture;
}

/** What a look is given. */
export interface LookContext<Flags> {
  readonly flags: Flags;
  /** The model, or the first of several. */
  readonly model: Model;
  readonly models: readonly TrainedModel[];
  readonly pictures: readonly LookPicture[];
  readonly engine: Engine;
  readonly output: Output;
  /** The samples of `--data`, or those of the run, with the model's classes. */
  readonly data: () => Promise<Samples>;
}

/** An instrument as a command. */
export interface Look<Flags> {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** Command lines after `fovea look NAME`, each with an explanation or none. */
  readonly examples: readonly string[];
  /** How many models it takes at most. Default 1. */
  readonly models?: 1 | 2;
  /** Whether it takes pictures. Default none. */
  readonly pictures?: "none" | "optional" | "one" | "some";
  /** Whether it takes samples of a data set: `--data`, `--split`, `--limit`. Default false. */
  readonly data?: boolean;
  /** Whether it takes runs of every task, not only those of pictures. Default false. */
  readonly anyTask?: boolean;
  /** Whether it draws random numbers: `--seed`. Default false. */
  readonly seed?: boolean;
  readonly options: readonly Option[];
  readonly look: (context: LookContext<Flags>) => Promise<Found>;
}

/** Flags that the frame reads. */
interface FrameFlags extends ModelPictureFlags {
  readonly out?: readonly LookFile[];
  readonly engine: string;
  readonly threads?: number;
  readonly json?: boolean;
  readonly data?: string;
  readonly split?: Split;
  readonly limit?: number;
}

const pictureArgument = { none: undefined, optional: "[picture...]", one: "<picture>", some: "<picture...>" } as const;

/** A look as a command of commander's. */
export const lookSubcommand =
  (output: Output) =>
  <Flags extends object>(look: Look<Flags>): Command => {
    const { name, models = 1, pictures = "none", options } = look;
    const command = new Command(name).summary(look.summary).description(look.description);
    command.argument("<run>", runHelp);
    if (models === 2) command.argument("[other]", "the model to compare it with");
    const argument = pictureArgument[pictures];
    if (argument !== undefined) command.argument(argument, "pictures, folders, archives, and patterns such as '*.png'");
    for (const option of [...options, ...frameOptions(look)]) command.addOption(option);
    command.addHelpText("after", examplesOf(look));
    // Commander hands on the arguments, the flags and the command.
    return command.action(async (...given: unknown[]) => {
      const flags = given.at(-2) as Flags & FrameFlags;
      const runs = given.slice(0, models).filter((run) => run !== undefined) as string[];
      const words = argument === undefined ? [] : ([given[models] ?? []].flat() as string[]);
      await run(look, runs, words, flags, commandLine(given.at(-1) as Command), output);
    });
  };

const examplesOf = <Flags>({ name, examples }: Look<Flags>): string =>
  `\nExamples:\n${examples.map((words) => `  $ fovea look ${name} ${words}`).join("\n")}\n`;

function frameOptions<Flags>({ pictures = "none", data, seed }: Look<Flags>): Option[] {
  const probe = new Command()
    .option(
      "-o, --out <file>",
      "write what was found: .png, .svg, .html for documents, or .json for the numbers; may be given several times",
      lookFile,
    )
    .addOption(jsonOption());
  if (pictures !== "none")
    probe
      .option("--invert", "exchange dark and light, for dark ink on light paper")
      .option("--resize", "scale pictures to the model's input size; what stands over at two sides is cut off");
  if (data) {
    probe
      .option("--data <name|path>", `${dataHelp} (default: what the run was trained on)`)
      .option(
        "--split <name>",
        `which part of it: ${splits.join(", ")} (default: test where there is one)`,
        oneOf(splits),
      )
      .option("--limit <n>", "use this many samples (default: all)", wholeNumber(1));
    for (const option of pictureOptions()) probe.addOption(option);
  }
  if (seed) probe.addOption(seedOption());
  return [...probe.addOption(engineOption()).addOption(threadsOption()).options];
}

async function run<Flags extends object>(
  look: Look<Flags>,
  runs: readonly string[],
  words: readonly string[],
  flags: Flags & FrameFlags,
  command: string,
  output: Output,
): Promise<void> {
  const load = async (name: string): Promise<TrainedModel> =>
    look.anyTask ? { name, model: await loadModel(name, output) } : loadTrained(name, output);
  const models = await Promise.all(runs.map(load));
  const engine = await openEngine(flags.engine, { threads: flags.threads });
  const found = await look.look({
    flags,
    models,
    model: models[0].model,
    pictures: await readPictures(look, models[0], words, flags, output),
    engine,
    output,
    data: () => dataFor(models, flags, output),
  });
  output.status("");
  if (flags.json) output.print(JSON.stringify(plainNumbers(found.numbers)));
  else for (const line of found.lines) output.print(line);
  await writeFound(found, flags.out ?? [], command);
  for (const { path } of flags.out ?? []) output.log(`wrote ${path}`);
}

async function readPictures<Flags>(
  { name, pictures = "none" }: Look<Flags>,
  trained: TrainedModel,
  words: readonly string[],
  flags: FrameFlags,
  output: Output,
): Promise<LookPicture[]> {
  if (words.length === 0) return [];
  const { model } = trained;
  const wanted = wantedShape(trained, flags);
  if (wanted !== undefined && isLarger(wanted, model.input)) output.log(describeMiddle(trained.name, model.input));
  const found: LookPicture[] = [];
  for await (const file of namedFiles(words)) {
    const { input: whole } = await inputOf(file, model, wanted, flags);
    const input = middleOf(whole, model.input);
    found.push({
      path: file.path,
      name: basename(file.path),
      input,
      picture: batchToPictures(input)[0] as BytePicture,
    });
  }
  if (pictures === "one" && found.length > 1)
    throw new OptionError(`look ${name}: takes one picture, got ${found.length}`);
  return found;
}

async function dataFor(models: readonly TrainedModel[], flags: FrameFlags, output: Output): Promise<Samples> {
  const { data, notices } = await loadEvaluated(models, flags, output);
  for (const notice of notices) output.log(notice);
  if (data === undefined) throw new DataError("there are no samples");
  return data;
}
