/**
 * The error classes of Fovea. Every message says what went wrong and where, what was expected and given, and what to change.
 * Catch `FoveaError` for all of them, or one class for a kind.
 */
import { LONGEST_NAME, shorten } from "./shorten.ts";

/** Longer messages are truncated: they may quote a file. */
const LONGEST_MESSAGE = 4000;
/** The base of every error that Fovea raises on purpose. */
export class FoveaError extends Error {
  override readonly name: string = "FoveaError";

  constructor(message?: string, options?: ErrorOptions) {
    super(message && shorten(message, LONGEST_MESSAGE), options);
  }
}

/** Shapes, axes or element types that do not fit together. Raised while tracing, before anything runs. */
export class ShapeError extends FoveaError {
  override readonly name = "ShapeError";
}

/** An option or attribute with a wrong name, type or value. */
export class OptionError extends FoveaError {
  override readonly name = "OptionError";
}

/** A file or buffer that is not what its format promises. */
export class FormatError extends FoveaError {
  override readonly name = "FormatError";
}

/** Data that is missing, cannot be fetched, or does not suit the model. */
export class DataError extends FoveaError {
  override readonly name = "DataError";
}

/** A call at the wrong time: a variable read outside a trace, a checkpoint of another model. */
export class StateError extends FoveaError {
  override readonly name = "StateError";
}

/** Training met NaN or an infinity. */
export class NumericError extends FoveaError {
  override readonly name = "NumericError";
}

/** Something this machine or page lacks; names the package to install or the setting to change. */
export class CapabilityError extends FoveaError {
  override readonly name = "CapabilityError";
}

/** The entries of `known` that are nearest to `name` by edit distance; empty if none is near. */
export function nearMisses(name: string, known: readonly string[]): string[] {
  if (name.length > LONGEST_NAME) return [];
  const distances = known.map((candidate) => editDistance(name.toLowerCase(), candidate.toLowerCase()));
  const nearest = Math.min(...distances);
  return nearest < name.length && nearest <= Math.max(2, name.length / 3)
    ? known.filter((_, i) => distances[i] === nearest)
    : [];
}

/** "; did you mean a or b?" for the near misses of `name`, or the list of known names. */
export function didYouMean(name: string, known: readonly string[]): string {
  // Programs in JavaScript pass anything.
  const near = nearMisses(String(name), known);
  return near.length > 0 ? `; did you mean ${near.join(" or ")}?` : `; known: ${known.join(", ") || "none"}`;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}
