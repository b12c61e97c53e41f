/** Settings of runs that were written before version 0.2, under their names of today. */

/** Settings of a `config.json` that had other names. */
const SETTINGS: Readonly<Record<string, string>> = { grey: "gray" };

/** Steps of augmentation that had other names. */
const STEPS: Readonly<Record<string, string>> = { grey: "gray" };

/** The settings with the names of today; those that have them are left as they are. */
export function withCurrentNames(settings: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const renamed = Object.entries(settings).map(([name, value]) => [nameIn(SETTINGS, name), value]);
  const { augment, ...others } = Object.fromEntries(renamed) as Record<string, unknown>;
  if (augment === undefined) return others;
  return { ...others, augment: Array.isArray(augment) ? augment.map(stepOfToday) : augment };
}

const nameIn = (table: Readonly<Record<string, string>>, name: string): string =>
  Object.hasOwn(table, name) ? table[name] : name;

/** `grey:probability=0.2` is `gray:probability=0.2`. */
function stepOfToday(step: unknown): unknown {
  if (typeof step !== "string") return step;
  const [name, ...rest] = step.split(":");
  return [nameIn(STEPS, name), ...rest].join(":");
}
