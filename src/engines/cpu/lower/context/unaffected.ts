/** Which steps compute the same again and again, while others do not. */
import type { Buffer } from "../../loops/index.ts";
import type { Step } from "./context.ts";

/**
 * The steps that neither read nor write what varies, nor what a step writes that does. Repeated steps go on from what an
 * iteration before has left: what they write varies.
 */
export function unaffected(steps: readonly Step[], varying: ReadonlySet<Buffer>): ReadonlySet<Step> {
  const repeated = steps.filter(({ within }) => within !== undefined).flatMap(({ writes }) => writes);
  const found = new Set([...varying, ...repeated]);
  const left = new Set(steps);
  let before: number;
  do {
    before = left.size;
    for (const step of left) {
      if (![...step.reads, ...step.writes].some((buffer) => found.has(buffer))) continue;
      left.delete(step);
      for (const buffer of step.writes) found.add(buffer);
    }
  } while (left.size < before);
  return left;
}
