/** What the looks at units share: options with numbers of units, and their checks. */
import { OptionError } from "../../array/index.ts";

/** @throws OptionError for numbers that are not below `count` */
export function checkUnits(what: string, units: readonly number[], count: number): readonly number[] {
  const odd = units.find((unit) => unit >= count);
  if (odd === undefined) return units;
  throw new OptionError(`${what} ${odd}: expected whole numbers from 0 to ${count - 1}`);
}

/** The first numbers of units. */
export const firstUnits = (count: number, most: number): number[] =>
  Array.from({ length: Math.min(count, most) }, (_, unit) => unit);
