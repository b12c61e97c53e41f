/**
 * Long sums: terms are added up in short parts, and parts with what rounding takes from them, which is added at last (D. Knuth,
 * "The Art of Computer Programming", vol. 2, 4.2.2: of a sum t = a + b the error is (a − (t − b′)) + (b − b′), b′ = t − a).
 * So the error is that of a part, however many there are.
 */
import { apply, constant, type KernelBuilder, type Local } from "../../loops/index.ts";

/** How many terms are added in a row, in each lane. */
export const PART = 64;

export interface ExactSum {
  readonly add: (part: Local) => void;
  /** Puts what was lost back in; at the end. A sum that is not finite stays as it is. */
  readonly finish: () => void;
}

/** For adding parts to `sum`. */
export function exactSum(b: KernelBuilder, sum: Local): ExactSum {
  const lost = b.local(constant(0, sum.type));
  return {
    add: (part) => {
      const total = b.local(apply("add", sum, part));
      const added = b.local(apply("sub", total, sum));
      const error = apply("add", apply("sub", sum, apply("sub", total, added)), apply("sub", part, added));
      b.set(lost, apply("add", lost, error));
      b.set(sum, total);
    },
    finish: () => {
      const keeps = apply("eq", apply("sub", sum, sum), constant(0, sum.type));
      b.set(sum, apply("select", keeps, apply("add", sum, lost), sum));
    },
  };
}
