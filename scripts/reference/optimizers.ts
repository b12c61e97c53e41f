/** Optimisers, and how they are put into a step. */
import type { Schema } from "../../src/graph/index.ts";
import { optimizers } from "../../src/optim/index.ts";
import { functionsOf, source } from "./entries.ts";
import { contents, groupsOf, section } from "./groups.ts";
import { heading, page } from "./markdown.ts";
import { isOfSchedules } from "./schedules.ts";

const ENTRY = "src/optim/index.ts";

const factories: Readonly<Record<string, { readonly schema: Schema }>> = optimizers;

export function optimizersPage(): string {
  const functions = functionsOf(ENTRY).filter((one) => !isOfSchedules(one));
  const groups = groupsOf(functions, source().exportsOf(ENTRY));
  return page(
    heading(1, "Optimisers"),
    'How parameters learn: `import { optim } from "fovea"`, then `optim.sgd({ learningRate: 0.1, momentum: 0.9 })`, for `fit` or for ' +
      "`optim.minimize` in a step of one's own. The learning rate is a variable, which [schedules](schedules.md) move.",
    contents(groups),
    ...groups.map((group) => section(group, (name) => factories[name]?.schema ?? {})),
  );
}
