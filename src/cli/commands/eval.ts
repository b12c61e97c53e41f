/** `fovea eval`: how good a trained model is, or several together, where they err and how well they know it. */
import { Command } from "commander";
import { DataError, type NdArray, OptionError, type Shape, ShapeError, sameShape } from "../../array/index.ts";
import { firstSamples, inputShape, type Samples } from "../../data/index.ts";
import { type Engine, selectEngine } from "../../engines/index.ts";
import { writePicture } from "../../image/index.ts";
import type { Model } from "../../nn/index.ts";
import { checkClasses } from "../../train/checks.ts";
import {
  cropVote,
  type EvaluationReport,
  ensemble,
  type Predictor,
  predictProbabilities,
  type ReportOptions,
  reportOn,
  singleView,
  type Voting,
  vote,
  votings,
} from "../../train/index.ts";
import { confusionCells, EXAMPLES, mistakeCells, mistakeSheet } from "../eval-pictures.ts";
import { printJson, printResult, type Result } from "../eval-report.ts";
import { percent } from "../format.ts";
import type { Output } from "../io.ts";
import { loadModel } from "../load-model.ts";
import {
  dataHelp,
  engineOption,
  jsonOption,
  oneOf,
  pictureOptions,
  threadsOption,
  wholeNumber,
  workersOption,
} from "../options.ts";
import { picturePath } from "../pictures.ts";
import { loadSource, type PictureFlags } from "../sources.ts";

interface Flags extends PictureFlags {
  readonly data: string;
  readonly split: "train" | "test";
  readonly limit?: number;
  readonly crops?: "5" | "10";
  readonly cropPadding?: number;
  readonly cropFill?: keyof typeof cropFills;
  readonly voting?: Voting;
  readonly top?: number;
  readonly worst: number;
  readonly mistakes?: string;
  readonly confusions?: string;
  readonly engine: string;
  readonly threads?: number;
  readonly workers?: number;
  readonly json?: boolean;
}

const cropCounts = { 1: 1, 5: 5, 10: 10 } as const;

/** What crops show beyond the edges of a picture: the picture goes on, or ends. */
const cropFills = { reflect: "reflect", replicate: "replicate", black: 0 } as const;

const examples = `
Examples:
  $ fovea eval runs/lenet5-digits --data digits
  $ fovea eval runs/lenet5-digits --data mnist      a model of the built-in digits on real ones
  $ fovea eval runs/a runs/b runs/c --data mnist    three models, and what they are worth together
  $ fovea eval runs/a --data mnist --crops 5 --mistakes mistakes.png
`;

export function evalCommand(output: Output): Command {
  const command = new Command("eval")
    .summary("accuracy, calibration, confusions and mistakes of a model, or of an ensemble")
    .description("Says how well a trained model does on a data set; several models vote.")
    .argument("<run...>", "run folders, or .safetensors files")
    .requiredOption("--data <name|path>", dataHelp)
    .option("--split <name>", "which part of it: test or train", oneOf(["test", "train"]), "test")
    .option("--limit <n>", "use this many samples (default: all)", wholeNumber(1))
    .option("--crops <n>", "vote over crops of each picture: 10, or 5 without mirror images", oneOf(["5", "10"]))
    .option(
      "--crop-padding <pixels>",
      "added on each side before crops are taken (default: an eighth of a picture that is as large as the model takes, else 0)",
      wholeNumber(0, 1000),
    )
    .option(
      "--crop-fill <how>",
      `what that shows: ${Object.keys(cropFills).join(", ")}; best is what the model was trained with (default: reflect)`,
      oneOf(Object.keys(cropFills)),
    )
    .option("--voting <what>", `what is voted with: ${votings.join(" or ")} (default: ${votings[0]})`, oneOf(votings))
    .option("--top <k>", "how often the class is among the first k (default: 5 of more than 5 classes)", wholeNumber(1))
    .option("--worst <n>", "how many mistakes to keep, those of the largest confidence", wholeNumber(1, 10_000), 20)
    .option("--mistakes <file>", "draw them", picturePath)
    .option("--confusions <file>", "draw examples of the classes that are confused most", picturePath);
  for (const option of pictureOptions()) command.addOption(option);
  return command
    .addOption(engineOption())
    .addOption(threadsOption())
    .addOption(workersOption())
    .addOption(jsonOption())
    .addHelpText("after", examples)
    .action((runs: string[], flags: Flags) => evaluate(runs, flags, output));
}

/** A model that takes part, and how it looks at pictures. */
interface Member {
  readonly name: string;
  readonly padding: number;
  readonly predictor: Predictor;
}

async function evaluate(runs: readonly string[], flags: Flags, output: Output): Promise<void> {
  checkFlags(runs, flags);
  const models = await Promise.all(runs.map(loadModel));
  const data = await loadData(flags, output);
  const engine = selectEngine(flags.engine, flags);
  const members = models.map((model, i) => memberOf(runs[i], model, data, engine, flags));
  for (const [i, { input }] of models.entries()) {
    if (flags.crops === undefined && isLarger(inputShape(data), input))
      output.log(`${runs[i]} takes pictures of ${input[1]}×${input[2]}: it looks at the middle of each`);
  }
  const votes = await probabilitiesOf(members, data, flags, output);
  const probabilities = votes.length === 1 ? votes[0] : vote(votes, flags.voting);
  const options: ReportOptions = { topK: flags.top === undefined ? undefined : [1, flags.top], mistakes: flags.worst };
  const report = reportOn(probabilities, data, options);
  await draw(report, probabilities, data, flags, output);
  const result: Result = {
    ...{ data, report, crops: Number(flags.crops ?? 1), padding: members.map(({ padding }) => padding) },
    voting: runs.length > 1 || flags.crops !== undefined ? (flags.voting ?? votings[0]) : undefined,
    members: votes.length === 1 ? [] : votes.map((one, i) => ({ name: runs[i], report: reportOn(one, data, options) })),
  };
  if (flags.json) printJson(result, output);
  else printResult(result, output);
}

function checkFlags(runs: readonly string[], { crops, cropPadding, cropFill, voting }: Flags): void {
  const ofCrops = Object.entries({ "--crop-padding": cropPadding, "--crop-fill": cropFill });
  const [unused] = ofCrops.find(([, value]) => crops === undefined && value !== undefined) ?? [];
  if (unused !== undefined) throw new OptionError(`${unused} is for votes over crops; add --crops 10, or leave it out`);
  if (crops === undefined && runs.length === 1 && voting !== undefined)
    throw new OptionError(
      "--voting is for crops and for several runs; there is one run that looks at each picture once",
    );
}

async function loadData({ data, split, limit, ...flags }: Flags, output: Output): Promise<Samples> {
  const sets = await loadSource(data, { ...flags, limit: split === "train" ? (limit ?? 0) : 0, output });
  return limit === undefined ? sets[split] : firstSamples(sets[split], limit);
}

/** @throws DataError unless the model can be tried on the data */
function memberOf(name: string, model: Model, data: Samples, engine: Engine, flags: Flags): Member {
  const padding = paddingFor(model, data, flags);
  try {
    const predictor = predictorFor(model, data, { ...flags, engine, padding });
    predictor.checkInput(inputShape(data));
    checkClasses(predictor, data);
    return { name, padding, predictor };
  } catch (error) {
    if (!(error instanceof ShapeError || error instanceof DataError)) throw error;
    throw new DataError(`${name} cannot be tried on ${data.name}: ${error.message}`, { cause: error });
  }
}

/** A model that looks at crops, at each picture as it is, or at the middle of pictures that are larger than it takes. */
function predictorFor(
  model: Model,
  data: Samples,
  { crops, cropFill = "reflect", engine, padding, voting }: Omit<Flags, "engine"> & { engine: Engine; padding: number },
): Predictor {
  if (crops === undefined && !isLarger(inputShape(data), model.input)) return singleView(model, { engine });
  return cropVote(model, { engine, padding, fill: cropFills[cropFill], crops: cropCounts[crops ?? "1"], voting });
}

/** Whether the middle of a picture is what a model takes, as after training on crops. */
const isLarger = (picture: Shape, input: Shape): boolean =>
  picture[0] === input[0] && picture.every((n, i) => n >= input[i]) && !sameShape(picture, input);

/** Crops of pictures that are no larger than the model's would all be the same one. */
function paddingFor({ input }: Model, data: Samples, { crops, cropPadding }: Flags): number {
  if (crops === undefined) return 0;
  return cropPadding ?? (sameShape(inputShape(data), input) ? Math.round(Math.min(...input.slice(1)) / 8) : 0);
}

/** What each member says of every sample. */
async function probabilitiesOf(
  members: readonly Member[],
  data: Samples,
  { workers }: Flags,
  output: Output,
): Promise<NdArray[]> {
  // The ensemble itself is not asked, since its members are; but it sees to it that they tell the same classes apart.
  ensemble(members.map(({ predictor }) => predictor));
  const votes: NdArray[] = [];
  for (const { name, predictor } of members) {
    const which = members.length === 1 ? "" : ` ${name}`;
    const onProgress = (done: number, total: number): void =>
      output.status(`evaluating${which} ${percent(done / total, 0)}`);
    votes.push(await predictProbabilities(predictor, data, { workers, onProgress }));
  }
  return votes;
}

async function draw(
  { mistakes, confused }: EvaluationReport,
  probabilities: NdArray,
  data: Samples,
  flags: Flags,
  output: Output,
): Promise<void> {
  const sheets = [
    { path: flags.mistakes, cells: () => mistakeCells(mistakes, data), options: {} },
    {
      path: flags.confusions,
      cells: () => confusionCells(confused, probabilities, data),
      options: { columns: EXAMPLES },
    },
  ];
  for (const { path, cells, options } of sheets) {
    if (path === undefined) continue;
    const drawn = await cells();
    if (drawn.length === 0) output.log(`there are no mistakes to draw; ${path} is not written`);
    else await writePicture(path, mistakeSheet(drawn, options));
  }
}
