/**
 * Masks as run lengths, as COCO has them: the pixels column by column, in runs of 0 and 1 in turns, beginning with 0. In files
 * they are lists of numbers, or compressed texts. A text has numbers of five bits a character, the lowest first, with 32 in all
 * but a number's last one, whose 16 is the sign; from the fourth run on a number is the difference to the run before the last.
 * Source: Lin et al., "Microsoft COCO: common objects in context" (2014), and the comments of its API, `maskApi.h`.
 */
import type { Fail } from "./fail.ts";
import { isCount } from "./json.ts";

/** Characters count from `0`. */
const ZERO = 48;
/** Longer numbers are not exact. */
const MOST_BITS = 50;

/** The runs in a compressed text. @throws what `fail` makes of a text that is none */
export function parseRunLengths(text: string, fail: Fail): number[] {
  const counts: number[] = [];
  for (let at = 0; at < text.length; ) {
    let [value, shift, bits] = [0, 0, 32];
    for (; (bits & 32) !== 0; shift += 5) {
      if (at === text.length || shift > MOST_BITS) throw fail(`run ${counts.length} does not end; it is damaged`);
      bits = text.charCodeAt(at++) - ZERO;
      if (!(bits >= 0 && bits < 64)) throw fail(`character ${at - 1} of the run lengths stands for no number`);
      value += (bits & 31) * 2 ** shift;
    }
    if ((bits & 16) !== 0) value -= 2 ** shift;
    counts.push(counts.length > 2 ? value + counts[counts.length - 2] : value);
  }
  return counts;
}

/**
 * The mask of some runs: 0 and 1 for each pixel, rows from the top.
 * @throws what `fail` makes of runs that are no counts, or of other than `height` · `width` pixels
 */
export function decodeRunLengths(counts: readonly number[], height: number, width: number, fail: Fail): Uint8Array {
  const wrong = counts.findIndex((count) => !isCount(count));
  if (wrong >= 0) throw fail(`run ${wrong} is ${counts[wrong]}, expected a count`);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total !== height * width)
    throw fail(`the run lengths have ${total} pixels, the picture of ${width}×${height} has ${height * width}`);
  const mask = new Uint8Array(height * width);
  let at = 0;
  for (const [run, count] of counts.entries()) {
    for (let left = run % 2 === 1 ? count : 0; left > 0; left--, at++)
      mask[(at % height) * width + Math.floor(at / height)] = 1;
    if (run % 2 === 0) at += count;
  }
  return mask;
}
