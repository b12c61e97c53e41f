/** The run's numbers as tables. */
import type { Table } from "../../parts/export/csv.ts";
import type { CurvePoint, EpochPoint } from "../../worker/api.ts";

const namesOf = (points: readonly { readonly [name: string]: number | undefined }[]): string[] => [
  ...new Set(points.flatMap((point) => Object.keys(point))),
];

/** One row for each step that was shown: where it is in the run, and the figures over its epoch so far. */
export function stepTable(curve: readonly CurvePoint[]): Table {
  const names = namesOf(curve.map(({ figures }) => ({ ...figures })));
  return {
    columns: ["epoch", ...names, "gradient norm"],
    rows: curve.map(({ at, figures, gradientNorm }) => [
      at,
      ...names.map((name) => numberIn(figures, name)),
      gradientNorm,
    ]),
  };
}

/** One row for each epoch: figures of training and of what was held out. */
export function epochTable(epochs: readonly EpochPoint[]): Table {
  const training = namesOf(epochs.map((point) => ({ ...point.training })));
  const validation = namesOf(epochs.map((point) => ({ ...point.validation })));
  return {
    columns: [
      "epoch",
      ...training.map((name) => `training ${name}`),
      ...validation.map((name) => `held out ${name}`),
      "seconds",
    ],
    rows: epochs.map((point) => [
      point.epoch,
      ...training.map((name) => numberIn(point.training, name)),
      ...validation.map((name) => numberIn(point.validation, name)),
      point.seconds,
    ]),
  };
}

const numberIn = (figures: object | undefined, name: string): number | undefined => {
  const value = (figures as Readonly<Record<string, unknown>> | undefined)?.[name];
  return typeof value === "number" ? value : undefined;
};

/** Counts of held-out pictures, actual by predicted. */
export const confusionTable = (confusion: readonly (readonly number[])[], classes: readonly string[]): Table => ({
  columns: ["labeled", ...classes],
  rows: confusion.map((row, k) => [classes[k], ...row]),
});
