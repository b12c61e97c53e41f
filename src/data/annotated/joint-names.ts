/** Names for points that a file has by number alone. */
import { OptionError } from "../../array/index.ts";
import { namesKind } from "../columns/classes.ts";

/**
 * The names of points.
 * @param own those of the file, or numbers
 * @param given those of the option `joints`
 * @throws OptionError for names of points that have others, and for too many or too few
 */
export function namesOfJoints(
  path: string,
  own: readonly string[],
  given: readonly string[] | undefined,
): readonly string[] {
  if (given === undefined) return own;
  const names = namesKind.read(given);
  if (names === undefined) throw new OptionError(`${path}: joints must be ${namesKind.expects}`);
  if (!own.every((name, k) => name === String(k)))
    throw new OptionError(
      `${path}: its points have names, ${own.slice(0, 3).join(", ")}${own.length > 3 ? ", …" : ""}; leave joints out`,
    );
  if (names.length === own.length) return names;
  throw new OptionError(`${path}: joints has ${names.length} names, there are ${own.length} points`);
}
