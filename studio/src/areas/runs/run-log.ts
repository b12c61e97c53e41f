/** A run as its log tells it: figures by epoch, and what they come to. */
import type { MetricsLine, RunSummary } from "../../server/contract.ts";

/** Figures of one epoch by name. */
export type Figures = Readonly<Record<string, number>>;

export interface Epoch {
  readonly epoch: number;
  readonly training: Figures;
  readonly validation: Figures | undefined;
  readonly seconds: number | undefined;
}

export interface Run extends RunSummary {
  readonly lines: readonly MetricsLine[];
  readonly epochs: readonly Epoch[];
}

/** The log of a run after an event: lines from `from` on are replaced. */
export function withLines(run: Run, from: number, more: readonly MetricsLine[]): Run {
  const lines = [...run.lines.slice(0, from), ...more];
  return { ...run, lines, epochs: lines.flatMap(epochsIn) };
}

function epochsIn({ epoch, training, validation, seconds }: MetricsLine): Epoch[] {
  if (typeof epoch !== "number" || !isFigures(training)) return [];
  return [
    {
      ...{ epoch, training },
      validation: isFigures(validation) ? validation : undefined,
      seconds: typeof seconds === "number" ? seconds : undefined,
    },
  ];
}

/** Values that were not finite are `null` in JSON; they are told apart from absent ones nowhere. */
const isFigures = (value: unknown): value is Figures => typeof value === "object" && value !== null;

/** The names of all figures of some runs, the loss first. */
export function figureNames(runs: readonly Run[]): string[] {
  const names = runs.flatMap(({ epochs }) =>
    epochs.flatMap(({ training, validation }) => [...Object.keys(training), ...Object.keys(validation ?? {})]),
  );
  return [...new Set(["loss", ...names])].filter((name) => names.includes(name));
}

/** What a figure means for choosing: a loss is better when it is smaller. */
const isBetter = (figure: string, value: number, than: number): boolean =>
  /loss|error|perplexity|distance/i.test(figure) ? value < than : value > than;

/** The value of a figure that counts: on held-out data where there are some. */
export const figureIn = ({ training, validation }: Epoch, figure: string): number | undefined =>
  (validation ?? training)[figure] ?? undefined;

/** The best value of a figure over the epochs, and its epoch, the first of several. */
export function bestOf(
  { epochs }: Run,
  figure: string,
): { readonly epoch: number; readonly value: number } | undefined {
  return epochs.reduce<{ epoch: number; value: number } | undefined>((best, epoch) => {
    const value = figureIn(epoch, figure);
    if (value === undefined || (best !== undefined && !isBetter(figure, value, best.value))) return best;
    return { epoch: epoch.epoch, value };
  }, undefined);
}

/** Seconds over all epochs. */
export const secondsOf = ({ epochs }: Run): number => epochs.reduce((sum, { seconds = 0 }) => sum + seconds, 0);

/** Epochs that the run was laid out for; `undefined` where its settings do not say. */
export const plannedEpochs = ({ config }: RunSummary): number | undefined =>
  typeof config.epochs === "number" ? config.epochs : undefined;

/** Stands for settings that are not set. */
export const UNSET = "–";

/** How a setting is written. */
export function settingText(value: unknown): string {
  if (value === undefined || value === null) return UNSET;
  if (Array.isArray(value)) return value.length === 0 ? UNSET : value.map(settingText).join(", ");
  if (typeof value === "number") return String(Number(value.toPrecision(6)));
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export interface SettingRow {
  readonly name: string;
  /** One text a run. */
  readonly texts: readonly string[];
  readonly differs: boolean;
}

/** The settings of runs side by side, in the order in which they first occur. */
export function settingRows(runs: readonly RunSummary[]): SettingRow[] {
  const names = [...new Set(runs.flatMap(({ config }) => Object.keys(config)))];
  return names.map((name) => {
    const texts = runs.map(({ config }) => settingText(config[name]));
    return { name, texts, differs: texts.some((text) => text !== texts[0]) };
  });
}
