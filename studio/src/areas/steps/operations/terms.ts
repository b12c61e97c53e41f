/** The terms of one number: of an output, of an input's derivative, or of a weight's derivative. */
import type { Meeting } from "./geometry.ts";

/** One number of a scene: an element of the output, or the derivative of an input or of a weight. */
export interface Chosen {
  readonly of: "x" | "w" | "y";
  readonly index: number;
}

/** What terms are made of. */
export interface Numbers {
  readonly x: ArrayLike<number>;
  readonly dy: ArrayLike<number>;
  /** ∂y/∂x where a meeting takes place; of a convolution, the weight. */
  readonly factorOf: (meeting: Meeting) => number;
}

/** One product: left · right. */
export interface Term {
  readonly meeting: Meeting;
  readonly left: number;
  readonly right: number;
  readonly product: number;
}

const keyOf = { x: "x", w: "w", y: "y" } as const satisfies Record<Chosen["of"], keyof Meeting>;

/** The meetings of a number, in the order in which the operation adds them up. */
export const meetingsOf = (meetings: readonly Meeting[], { of, index }: Chosen): Meeting[] =>
  meetings.filter((meeting) => meeting[keyOf[of]] === index);

/** Forward x · w; for an input dy · w; for a weight dy · x. Padding counts as 0. */
export function termsOf(meetings: readonly Meeting[], chosen: Chosen, { x, dy, factorOf }: Numbers): Term[] {
  const inputOf = (meeting: Meeting): number => (meeting.x < 0 ? 0 : x[meeting.x]);
  const pair: Record<Chosen["of"], (meeting: Meeting) => readonly [number, number]> = {
    y: (meeting) => [inputOf(meeting), factorOf(meeting)],
    x: (meeting) => [dy[meeting.y], factorOf(meeting)],
    w: (meeting) => [dy[meeting.y], inputOf(meeting)],
  };
  return meetingsOf(meetings, chosen).map((meeting) => {
    const [left, right] = pair[chosen.of](meeting);
    return { meeting, left, right, product: left * right };
  });
}

export const sumOf = (terms: readonly Term[]): number => terms.reduce((sum, { product }) => sum + product, 0);
