/** The events of the benchmark as tables for the terminal, tables in Markdown, or JSON Lines. */
import Table from "cli-table3";
import {
  type AbsentEvent,
  type BenchEvent,
  type Figure,
  geometricMean,
  machineLine,
  type SectionEvent,
  threadsText,
} from "../bench/index.ts";
import { percent } from "./format.ts";
import type { Output } from "./io.ts";

export interface BenchReport {
  readonly show: (event: BenchEvent) => void;
  readonly finish: () => void;
}

export const reportAsJson = (output: Output): BenchReport => ({
  show: (event) => {
    if (event.event !== "work") output.print(JSON.stringify(event));
  },
  finish: () => undefined,
});

/** A table; cells of the head may have several lines. */
export interface Grid {
  readonly head: readonly (readonly string[])[];
  readonly rows: readonly (readonly string[])[];
}

export interface Style {
  readonly title: (text: string) => string;
  /** Lines under a table. */
  readonly notes: (lines: readonly string[]) => string;
  readonly table: (grid: Grid) => string;
}

export function reportAsTables(output: Output, style: Style): BenchReport {
  let section: SectionEvent | undefined;
  let figures: Figure[] = [];
  let absent: AbsentEvent[] = [];
  const finish = (): void => {
    if (section !== undefined && figures.length > 0) {
      output.print(style.table(gridOf(section, figures)));
      const notes = [...legendOf(section, figures), ...absences(absent, figures)];
      if (notes.length > 0) output.print(style.notes(notes));
    } else for (const line of absences(absent, [])) output.log(line);
    [section, figures, absent] = [undefined, [], []];
  };
  const show = (event: BenchEvent): void => {
    switch (event.event) {
      case "machine":
        output.print(machineLine(event.machine));
        if (event.peers.length > 0) output.print(`beside ${event.peers.join(", ")}`);
        break;
      case "section":
        finish();
        section = event;
        output.print();
        output.print(style.title(event.title));
        break;
      case "work":
        output.status(`${section?.title}: ${event.work}`);
        break;
      case "figure":
        figures.push(event);
        break;
      case "absent":
        absent.push(event);
    }
  };
  return { show, finish };
}

const columnOf = ({ by, threads }: Figure): string => `${by}\n${threadsText(threads)}`;

export function gridOf({ unit }: Pick<SectionEvent, "unit">, figures: readonly Figure[]): Grid {
  const columns = [...new Set(figures.map(columnOf))];
  const works = [...new Set(figures.map(({ work }) => work))];
  const rows = works.flatMap((work) =>
    (["median", "best"] as const).map((which) => [
      which === "median" ? work : "",
      which,
      ...columns.map((column) => {
        const figure = figures.find((one) => one.work === work && columnOf(one) === column);
        return figure === undefined ? "–" : cellOf(figure, which);
      }),
    ]),
  );
  const means = meansOf(columns.map((column) => figures.filter((one) => columnOf(one) === column)));
  return { head: [[unit], [""], ...columns.map((column) => column.split("\n"))], rows: [...rows, ...means] };
}

/** The geometric mean of the ratios of each column, where ratios are compared over several works. */
function meansOf(columns: readonly (readonly Figure[])[]): string[][] {
  const compared = columns.map((column) => column.filter(({ against }) => against !== undefined));
  if (compared.every(({ length }) => length < 2)) return [];
  return (["median", "best"] as const).map((which) => [
    which === "median" ? "geometric mean" : "",
    which,
    ...compared.map((column) =>
      column.length < 2 ? "" : `${threeDigits(geometricMean(column.map(({ ratio }) => ratio![which])))}×`,
    ),
  ]);
}

/** The figure, its share of the peak, and its ratio. */
function cellOf({ rate, milliseconds, share, ratio }: Figure, which: "median" | "best"): string {
  const parts = [threeDigits((rate ?? milliseconds)[which])];
  if (share !== undefined) parts.push(percent(share[which], 0));
  if (ratio !== undefined) parts.push(`${threeDigits(ratio[which])}×`);
  return parts.join(" · ");
}

const MOST_DECIMALS = 4;

export function threeDigits(value: number): string {
  const decimals = 2 - Math.floor(Math.log10(Math.abs(value)));
  return value.toFixed(Math.min(MOST_DECIMALS, Math.max(0, decimals)));
}

const references: Readonly<Record<NonNullable<SectionEvent["reference"]>, string>> = {
  peak: "peak of the engine's own instructions, on as many threads",
  copy: "memory copy",
};

function legendOf({ reference, lead }: SectionEvent, figures: readonly Figure[]): string[] {
  const lines: string[] = [];
  if (reference !== undefined && figures.some(({ share }) => share !== undefined)) {
    lines.push(`%: of the ${references[reference]}`);
  }
  if (figures.some(({ ratio }) => ratio !== undefined)) {
    lines.push(
      `×: how many times as fast ${lead}, the first column's engine, is, with as many threads if it can; ` +
        `for ${lead} itself, as it is with one thread`,
    );
    for (const [by, against] of rivals(figures, lead)) lines.push(`${by} is compared with ${against}`);
  }
  return lines;
}

/** The contestants that are compared with another engine than the lead. */
const rivals = (figures: readonly Figure[], lead: string | undefined): ReadonlyMap<string, string> =>
  new Map(
    figures.flatMap(({ by, against }) => (against === undefined || against === lead ? [] : [[by, against] as const])),
  );

/** A line for each reason, with its works, unless these are all of the section. */
function absences(events: readonly AbsentEvent[], figures: readonly Figure[]): string[] {
  const all = new Set(figures.map(({ work }) => work));
  const reasons = new Map<string, Set<string | undefined>>();
  for (const { by, reason, work } of events) {
    const key = `${by} left out: ${reason}`;
    reasons.set(key, (reasons.get(key) ?? new Set()).add(work));
  }
  return [...reasons].map(([key, works]) =>
    works.has(undefined) || works.size === all.size ? key : `${key} (${[...works].join("; ")})`,
  );
}

export const forTerminal = (output: Output): Style => ({
  title: (text) => output.paint("bold", text),
  notes: (lines) => lines.join("\n"),
  table: ({ head, rows }) => {
    const table = new Table({
      head: head.map((lines) => lines.join("\n")),
      style: { head: [], border: [], compact: true },
      colAligns: head.map((_, i) => (i < 2 ? "left" : "right")),
    });
    table.push(...rows.map((row) => [...row]));
    return table.toString();
  },
});

export const forMarkdown: Style = {
  title: (text) => `## ${text}\n`,
  notes: (lines) => ["", ...lines.map((line) => `- ${line}`)].join("\n"),
  table: ({ head, rows }) => {
    const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
    const rule = head.map((_, i) => (i < 2 ? "---" : "--:"));
    return [line(head.map((lines) => lines.join(", "))), line(rule), ...rows.map(line)].join("\n");
  },
};
