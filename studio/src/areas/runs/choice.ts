/** Which runs are compared, in the address: `chosen=a&chosen=b` would lose one, so names stand in one setting, apart by commas. */
import type { Run } from "./run-log.ts";

/** Shown when nobody has chosen: the first few. */
const SHOWN = 4;

const NONE = "none";

/** The names of the chosen runs; without a choice the last of the list. */
export function choiceIn({ runs }: Readonly<Record<string, string>>, all: readonly Run[]): readonly string[] {
  if (runs === undefined) return all.slice(-SHOWN).map(({ name }) => name);
  return runs === NONE ? [] : runs.split(",").map(decodeURIComponent);
}

/** The settings of an address with these runs chosen. */
export const withChoice = (
  settings: Readonly<Record<string, string>>,
  chosen: readonly string[],
): Record<string, string> => ({
  ...settings,
  runs: chosen.length === 0 ? NONE : chosen.map(encodeURIComponent).join(","),
});
