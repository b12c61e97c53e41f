/** What `fovea eval` says: to people in tables, to machines as one JSON object. */
import Table from "cli-table3";
import type { NdArray } from "../array/index.ts";
import type { Samples } from "../data/index.ts";
import type { EvaluationReport, Voting } from "../train/index.ts";
import { grouped, percent } from "./format.ts";
import type { Output } from "./io.ts";
import { visibleName } from "./visible.ts";

/** A model, or several together, by the name that the user gave. */
export interface Contestant {
  readonly name: string;
  readonly report: EvaluationReport;
}

/** All that an evaluation came to. */
export interface Result {
  /** What it was tried on. */
  readonly data: Pick<Samples, "name" | "classes">;
  /** Classes of the model that the data do not name. */
  readonly missing: readonly string[];
  /** Classes that the model does not know, with the number of their samples, which are not used. */
  readonly leftOut: readonly { readonly name: string; readonly samples: number }[];
  /** Of the model, or of the ensemble. */
  readonly report: EvaluationReport;
  /** The models one by one, where there are several. */
  readonly members: readonly Contestant[];
  /** How many crops of each picture are looked at; 1: the picture itself. */
  readonly crops: number;
  /** By how many pixels each model's pictures are padded before. */
  readonly padding: readonly number[];
  /** What crops and models vote with, where there are any. */
  readonly voting?: Voting;
}

/** With more classes than this the tables of classes and confusions are left to `--json`. */
const MOST_CLASSES = 40;
/** Mistakes that are named one by one. */
const NAMED = 5;

export function printResult(result: Result, output: Output): void {
  const { data, report, members } = result;
  if (members.length > 0) printMembers(members, report, output);
  printFigures(result, output);
  if (data.classes.length > MOST_CLASSES) {
    output.print(`\nfigures and confusions of the ${data.classes.length} classes: --json`);
  } else {
    output.print(`\n${classTable(report)}`);
    output.print(`\nrows: the class, columns: what it was taken for`);
    output.print(confusionTable(report.confusion, data.classes));
  }
  printMistakes(data, report, output);
}

/** One line. */
export function printJson(
  { data, missing, leftOut, report, members, crops, padding, voting }: Result,
  output: Output,
): void {
  const { confusion, ...figures } = report;
  const told = members.map(({ name, report: { accuracy, loss, topK, calibration } }) => {
    return { run: name, accuracy, loss, topK, calibrationError: calibration.error };
  });
  output.print(
    JSON.stringify({
      data: data.name,
      ...(missing.length > 0 && { missing }),
      ...(leftOut.length > 0 && { leftOut }),
      ...(crops > 1 && { crops, padding }),
      ...(voting !== undefined && { voting }),
      ...figures,
      classes: data.classes,
      confusion: confusion.toNested(),
      ...(told.length > 0 && { members: told }),
    }),
  );
}

function printFigures({ data, report, crops, padding, voting }: Result, output: Output): void {
  const { accuracy, correct, count, loss, topK, balancedAccuracy, brierScore, calibration } = report;
  output.print(
    `accuracy ${percent(accuracy)} (${grouped(correct)} of ${grouped(count)}), loss ${loss.toFixed(4)}, on ${data.name}`,
  );
  for (const [k, share] of Object.entries(topK)) if (k !== "1") output.print(`among the first ${k}: ${percent(share)}`);
  output.print(`balanced accuracy ${percent(balancedAccuracy)}, Brier score ${brierScore.toFixed(4)}`);
  output.print(
    `calibration error ${percent(calibration.error)}, at most ${percent(calibration.maximum)} in one of ${calibration.bins.length} bins`,
  );
  if (crops > 1)
    output.print(`votes of ${crops} crops of each picture, padded by ${[...new Set(padding)].join(" or ")}`);
  if (voting === "classes") output.print("loss, Brier score and calibration are those of shares of votes");
}

const tableOf = (head: readonly string[]) =>
  new Table({
    head: [...head],
    style: { head: [], border: [], compact: true },
    colAligns: head.map((_, i) => (i === 0 ? "left" : "right")),
  });

function printMembers(members: readonly Contestant[], report: EvaluationReport, output: Output): void {
  const table = tableOf(["run", "accuracy", "loss", "calibration error"]);
  const all = [...members, { name: `ensemble of ${members.length}`, report }];
  for (const { name, report } of all)
    table.push([
      visibleName(name),
      percent(report.accuracy),
      report.loss.toFixed(4),
      percent(report.calibration.error),
    ]);
  output.print(table.toString());
  const best = members.reduce((a, b) => (b.report.accuracy > a.report.accuracy ? b : a));
  const gain = (100 * (report.correct - best.report.correct)) / report.count;
  output.print(
    gain === 0
      ? `the ensemble is right as often as the best of them, ${best.name}\n`
      : `the ensemble is right ${Math.abs(gain).toFixed(2)} points ${gain > 0 ? "more" : "less"} often than the best of them, ${best.name}\n`,
  );
}

/** A share of nothing is a dash. */
const shareOf = (share: number): string => (Number.isNaN(share) ? "–" : percent(share, 1));

function classTable({ perClass, macro, weighted, count }: EvaluationReport): string {
  const table = tableOf(["class", "precision", "recall", "F1", "samples"]);
  const rows = [
    ...perClass,
    { name: "mean", ...macro, support: count },
    { name: "weighted mean", ...weighted, support: count },
  ];
  for (const { name, precision, recall, f1, support } of rows)
    table.push([visibleName(name), shareOf(precision), shareOf(recall), shareOf(f1), grouped(support)]);
  return table.toString();
}

function confusionTable(confusion: NdArray, names: readonly string[]): string {
  const classes = names.map(visibleName);
  const table = new Table({
    head: ["", ...classes, "right"],
    style: { head: [], border: [], compact: true },
    colAligns: ["", ...classes, ""].map(() => "right" as const),
  });
  classes.forEach((name, i) => {
    const row = Array.from(confusion.row(i).data);
    const total = row.reduce((a, b) => a + b, 0);
    table.push([name, ...row.map((n) => (n === 0 ? "·" : String(n))), total === 0 ? "–" : percent(row[i] / total, 1)]);
  });
  return table.toString();
}

function printMistakes({ classes }: Result["data"], { confused, mistakes }: EvaluationReport, output: Output): void {
  if (mistakes.length === 0) return;
  output.print("\nconfused most");
  for (const { label, predicted, count, share } of confused) {
    const times = count === 1 ? "once" : `${grouped(count)} times`;
    output.print(`  ${classes[label]} for ${classes[predicted]} ${times}, ${percent(share, 1)} of ${classes[label]}`);
  }
  output.print("\nsurest mistakes");
  for (const { sample, label, predicted, confidence } of mistakes.slice(0, NAMED))
    output.print(`  sample ${sample}: ${classes[label]} for ${classes[predicted]}, ${percent(confidence)} sure`);
}
