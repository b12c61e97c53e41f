/** Parts of an answer go to the page no faster than it is seen. */

/** Milliseconds between parts. */
const APART = 120;

/** A function that says whether the next part is due. */
export function createPace(): () => boolean {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (now - last < APART) return false;
    last = now;
    return true;
  };
}
