/** Optimizers, and how they are put into a step. */

import { optimizers } from "../../src/optim/index.ts";
import type { Schema } from "../../src/options/index.ts";
import { contents, groupsOf, section } from "./groups.ts";
import { heading, page } from "./markdown.ts";
import { exportsOfOptim, isOfSchedules } from "./schedules.ts";

const factories: Readonly<Record<string, { readonly schema: Schema }>> = optimizers;

export function optimizersPage(): string {
  const groups = groupsOf(exportsOfOptim().filter((one) => !isOfSchedules(one)));
  return page(
    heading(1, "Optimizers"),
    'Rules that update parameters: `import { optim } from "fovea"`, then `optim.sgd({ learningRate: 0.1, momentum: 0.9 })`, for `fit` or for ' +
      "`optim.minimize` in a custom step. The learning rate is a variable, which [schedules](schedules.md) change.",
    contents(groups),
    ...groups.map((group) => section(group, (name) => factories[name]?.schema ?? {})),
  );
}
