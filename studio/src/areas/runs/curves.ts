/** Curves of runs over each other, as uPlot takes them. */
import uPlot from "uplot";
import { tickText } from "./figure-text.ts";
import type { Run } from "./run-log.ts";

interface Line {
  readonly run: string;
  readonly part: "training" | "validation";
  readonly at: number[];
  readonly values: (number | null)[];
}

/** Two lines a run: on training data, and on what was held out, where something was. */
export function linesOf(runs: readonly Run[], figure: string): Line[] {
  return runs.flatMap(({ name, epochs }) =>
    (["training", "validation"] as const).flatMap((part) => {
      const at = epochs.map(({ epoch }) => epoch);
      const values = epochs.map((epoch) => epoch[part]?.[figure] ?? null);
      return values.every((value) => value === null) ? [] : [{ run: name, part, at, values }];
    }),
  );
}

/** The values of lines over their common epochs. */
export const tableOf = (lines: readonly Line[]): uPlot.AlignedData =>
  lines.length === 0 ? [[]] : uPlot.join(lines.map(({ at, values }) => [at, values]));

export interface Look {
  /** The value of a token. */
  readonly token: (name: string) => string;
  /** The token of a run's color. */
  readonly colorOf: (run: string) => string;
  readonly figure: string;
  readonly width: number;
  readonly height: number;
}

export function curveOptions(lines: readonly Line[], { token, colorOf, figure, width, height }: Look): uPlot.Options {
  const axis = {
    ...{ stroke: token("--ink-2"), font: `11px ${token("--font-figures")}`, gap: 6, ticks: { show: false } },
    grid: { stroke: token("--line"), width: 1 },
  };
  return {
    ...{ width, height, padding: [8, 12, 0, 0], legend: { show: false } },
    cursor: { drag: { x: false, y: false } },
    scales: { x: { time: false } },
    axes: [
      { ...axis, size: 24, grid: { show: false }, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] },
      {
        ...axis,
        size: 56,
        values: (_, ticks) => ticks.map((value) => tickText(figure, value, (ticks[1] ?? 1) - (ticks[0] ?? 0))),
      },
    ],
    series: [
      {},
      ...lines.map(({ run, part }) => ({
        ...{ stroke: token(colorOf(run)), width: part === "validation" ? 2 : 1, spanGaps: true },
        ...(part === "training" && { dash: [4, 4] }),
        points: { show: part === "validation", size: 5, fill: token(colorOf(run)) },
      })),
    ],
  };
}
