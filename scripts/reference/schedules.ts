/** Learning-rate schedules, with the factor at some places of a run. */

import { type Moment, type Schedule, schedules } from "../../src/optim/index.ts";
import type { Schema } from "../../src/options/index.ts";
import { source } from "./entries.ts";
import { contents, groupsOf, section } from "./groups.ts";
import { blocks, heading, page, table, word } from "./markdown.ts";
import type { Exported } from "./source.ts";

const ENTRY = "src/entries/optim.ts";

export const exportsOfOptim = (): readonly Exported[] => source().exportsOf(ENTRY);

/** What stands in the files that make schedules, and the table of them. */
export const isOfSchedules = ({ file, name }: Exported): boolean =>
  name === "schedules" || exportsOfOptim().some((one) => one.file === file && one.returns === "Schedule");

const factories: Readonly<Record<string, { readonly schema: Schema }>> = schedules;

export function schedulesPage(): string {
  const groups = groupsOf(exportsOfOptim().filter(isOfSchedules));
  return page(
    heading(1, "Learning-rate schedules"),
    "How the learning rate changes during a run: `fit(model, data, { schedule: optim.cosine() })`. A schedule multiplies the learning rate " +
      "of the [optimizer](optimizers.md) before each step.",
    contents(groups),
    blocks(heading(2, "At a glance"), "Factors over a run of ten epochs, with examples of required options.", glance()),
    ...groups.map((group) => section(group, (name) => factories[name]?.schema ?? {})),
  );
}

/** Options for schedules that cannot do without. */
const given: Readonly<Record<string, object>> = { step: { every: 3 }, multiStep: { milestones: [4, 8] } };

const EPOCHS = 10;
const SHOWN = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

function glance(): string {
  const rows = Object.entries(schedules).map(([name, create]) => {
    const schedule = (create as (options: object) => Schedule)(given[name] ?? {});
    return [
      word(schedule.name),
      ...SHOWN.map((epoch) => String(Number(schedule.factor(momentOf(epoch)).toPrecision(2)))),
    ];
  });
  return table(["at the start of epoch", ...SHOWN.map((epoch) => String(epoch + 1))], rows);
}

/** A run in which nothing gets better after the third epoch. */
const momentOf = (epoch: number): Moment => ({
  step: epoch * 100,
  steps: EPOCHS * 100,
  epoch,
  epochs: EPOCHS,
  history: Array.from({ length: epoch }, (_, i) => {
    const accuracy = Math.min(0.9, 0.7 + 0.1 * i);
    const figures = { loss: 1 - accuracy, accuracy };
    return { training: figures, validation: figures };
  }),
});
