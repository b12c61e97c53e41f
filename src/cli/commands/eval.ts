/** `fovea eval`: how good a trained model is, or several together, where they err and how well they know it. */
import { Command } from "commander";
import { DataError, type NdArray, OptionError, ShapeError, sameShape } from "../../array/index.ts";
import { inputShape, type Samples } from "../../data/index.ts";
import { type Engine, openEngine } from "../../engines/index.ts";
import { writePicture } from "../../image/index.ts";
import type { Model } from "../../nn/index.ts";
import {
  alignMembers,
  checkSameClasses,
  cropVote,
  type EvaluationReport,
  type Predictor,
  predictProbabilities,
  type ReportOptions,
  reportOn,
  type Voting,
  vote,
  votings,
} from "../../train/index.ts";
import { type EvalDataFlags, loadEvaluated } from "../eval-data.ts";
import { confusionCells, EXAMPLES, mistakeCells, mistakeSheet } from "../eval-pictures.ts";
import { printJson, printResult, type Result } from "../eval-report.ts";
import { evaluateRun } from "../eval-task.ts";
import { percent } from "../format.ts";
import type { Output } from "../io.ts";
import { loadTrained, type TrainedModel } from "../load-model.ts";
import {
  dataHelp,
  engineOption,
  jsonOption,
  oneOf,
  pictureOptions,
  runHelp,
  threadsOption,
  wholeNumber,
  workersOption,
} from "../options.ts";
import { splits } from "../parts.ts";
import { picturePath } from "../pictures.ts";
import { runOfOtherTask } from "../trained-run.ts";
import { describeMiddle, isLarger, plainView } from "../views.ts";

interface Flags extends EvalDataFlags {
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

const cropCounts = { 5: 5, 10: 10 } as const;

/** What crops show beyond the edges of a picture: the picture goes on, or ends. */
const cropFills = { reflect: "reflect", replicate: "replicate", black: 0 } as const;

const examples = `
Examples:
  $ fovea eval runs/lenet5-digits                   on the samples held out of its own training
  $ fovea eval runs/lenet5-digits --data mnist      a model of the built-in digits on real ones
  $ fovea eval runs/lenet5-pets --data more-pets    on all pictures of another folder, classes matched by name
  $ fovea eval runs/a runs/b runs/c --data mnist    three models, and what they are worth together
  $ fovea eval resnet20 --data cifar10              a network with published weights
  $ fovea eval runs/a --data mnist --crops 5 --mistakes mistakes.png
`;

export function evalCommand(output: Output): Command {
  const command = new Command("eval")
    .summary("accuracy, calibration, confusions and mistakes of a model, or of an ensemble")
    .description(
      "Says how well a trained model does on a data set; several models vote. Classes are matched by name, and pictures " +
        "of a folder are read as they were for training.",
    )
    .argument("<run...>", runHelp)
    .option("--data <name|path>", `${dataHelp} (default: what the run was trained on)`)
    .option(
      "--split <name>",
      `which part of it: ${splits.join(", ")} (default: test where there is one, else validation; all of data without parts)`,
      oneOf(splits),
    )
    .option("--limit <n>", "use this many samples (default: all)", wholeNumber(1))
    .option("--leave-out-unknown", "leave out samples of classes that the model does not know (default: fail)")
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
    .option("--worst <n>", "how many mistakes to keep, those of the largest confidence", wholeNumber(1, 10_000), WORST)
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
  const other = runs.length === 1 ? await runOfOtherTask(runs[0], output) : undefined;
  if (other !== undefined) return evaluateRun(runs[0], other, withoutDefaults(flags), output);
  checkFlags(runs, flags);
  const models = await Promise.all(runs.map((run) => loadTrained(run, output)));
  const { data, missing, leftOut, notices } = await loadEvaluated(models, flags, output);
  const engine = await openEngine(flags.engine, { threads: flags.threads });
  const members = membersOf(models, data, engine, flags);
  for (const notice of notices) output.log(notice);
  for (const { name, model } of models) {
    if (flags.crops === undefined && isLarger(inputShape(data), model.input))
      output.log(describeMiddle(name, model.input));
  }
  const votes = await probabilitiesOf(members, data, flags, output);
  const probabilities = votes.length === 1 ? votes[0] : vote(votes, flags.voting);
  const options: ReportOptions = { topK: flags.top === undefined ? undefined : [1, flags.top], mistakes: flags.worst };
  const report = reportOn(probabilities, data, options);
  await draw(report, probabilities, data, flags, output);
  const result: Result = {
    ...{ data, missing, leftOut, report },
    ...{ crops: Number(flags.crops ?? 1), padding: members.map(({ padding }) => padding) },
    voting: runs.length > 1 || flags.crops !== undefined ? (flags.voting ?? votings[0]) : undefined,
    members: votes.length === 1 ? [] : votes.map((one, i) => ({ name: runs[i], report: reportOn(one, data, options) })),
  };
  if (flags.json) printJson(result, output);
  else printResult(result, output);
}

/** The number of mistakes that are kept unless the user says so. */
const WORST = 20;

/** What was given, and has a meaning without pictures. */
const withoutDefaults = ({ worst, ...flags }: Flags) => ({ ...flags, ...(worst !== WORST && { worst }) });

function checkFlags(runs: readonly string[], { crops, cropPadding, cropFill, voting }: Flags): void {
  const ofCrops = Object.entries({ "--crop-padding": cropPadding, "--crop-fill": cropFill });
  const [unused] = ofCrops.find(([, value]) => crops === undefined && value !== undefined) ?? [];
  if (unused !== undefined) throw new OptionError(`${unused} is for votes over crops; add --crops 10, or leave it out`);
  if (crops === undefined && runs.length === 1 && voting !== undefined)
    throw new OptionError(
      "--voting is for crops and for several runs; there is one run that looks at each picture once",
    );
}

/** @throws DataError unless the models tell the same classes apart, and can be tried on the data */
function membersOf(models: readonly TrainedModel[], data: Samples, engine: Engine, flags: Flags): Member[] {
  const paddings = models.map(({ model }) => paddingFor(model, data, flags));
  const predictors = models.map(({ model }, i) => predictorFor(model, data, engine, paddings[i], flags));
  for (const [i, { classCount, checkInput }] of predictors.entries()) {
    try {
      checkInput(inputShape(data));
      checkSameClasses({ classCount }, data);
    } catch (error) {
      if (!(error instanceof ShapeError || error instanceof DataError)) throw error;
      throw new DataError(`${models[i].name} cannot be tried on ${data.name}: ${error.message}`, { cause: error });
    }
  }
  return alignMembers(predictors).map((predictor, i) => ({ name: models[i].name, padding: paddings[i], predictor }));
}

function predictorFor(
  model: Model,
  data: Samples,
  engine: Engine,
  padding: number,
  { crops, cropFill = "reflect", voting }: Flags,
): Predictor {
  const options = { fill: cropFills[cropFill], voting };
  if (crops === undefined) return plainView(model, inputShape(data), engine, options);
  return cropVote(model, { ...options, engine, padding, crops: cropCounts[crops] });
}

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
