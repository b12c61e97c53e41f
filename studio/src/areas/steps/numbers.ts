/** A scene with what the library computed of it. */
import type { Computed, Grid } from "../../worker/steps/api.ts";
import { type OperationName, operations } from "./operations/operations.ts";
import type { Numbers } from "./operations/terms.ts";
import type { Scene } from "./scene.ts";

/** A scene with its values: views draw this and nothing newer. */
export interface Shown {
  readonly scene: Scene;
  readonly computed: Computed;
  readonly numbers: Numbers;
}

/** Where factors come from: the filter, 1 / k², the winners, or the library's derivatives. */
export function numbersOf({ operation, request }: Scene, { jacobian, winners }: Computed): Numbers {
  const { x, w, dy, sizes } = request;
  const factors: Record<(typeof operations)[OperationName]["combines"], Numbers["factorOf"]> = {
    sum: (meeting) => (w as Grid).data[meeting.w],
    mean: () => 1 / sizes.kernel ** 2,
    maximum: (meeting) => (winners?.[meeting.y] === meeting.x ? 1 : 0),
    function: (meeting) => jacobian?.data[meeting.y * x.data.length + meeting.x] ?? 0,
  };
  return { x: x.data, dy: dy.data, factorOf: factors[operations[operation].combines] };
}
