/** Lists of numbers as arguments: the index of a unit. */
import { InvalidArgumentError } from "commander";

export function indices(text: string): readonly number[] {
  const list = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (list.every((n) => Number.isInteger(n) && n >= -1)) return list;
  throw new InvalidArgumentError("Expected whole numbers with commas between, such as 3,5,5.");
}
