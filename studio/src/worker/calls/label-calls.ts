/** Labels changed by hand. */
import type { LabelCalls } from "../api.ts";
import type { OpenRun } from "../open-run.ts";

export const labelCalls = (current: () => OpenRun): LabelCalls => ({
  relabel: async (part, row, label) => current().trainer.relabel(part, row, label),
});
