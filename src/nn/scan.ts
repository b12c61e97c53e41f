/**
 * Loops over the steps of a sequence, for custom recurrences: h_t = step(h_{t−1}, x_t). The loop is unrolled while tracing,
 * with a copy of the step for each; the layers of `recurrent.ts` do not unroll.
 */
import { describeGiven, normalizeAxis, OptionError, ShapeError } from "../array/index.ts";
import { expectTensors, formatType, located, naming, type Tensor } from "../graph/index.ts";
import { concat, reshape, split } from "../ops/index.ts";

/** Options of `scan`. */
export interface StepsOptions {
  /** The axis of the steps, in the sequence and in the outputs. Default 1: [n, steps, …]. */
  readonly axis?: number | undefined;
  /** Iterate from the last step to the first; outputs keep the order of the sequence. Default false. */
  readonly reverse?: boolean | undefined;
}

/** A step: from the previous state and an element to the next state and an output. */
export type ScanStep<S> = (state: S, x: Tensor, t: number) => { readonly state: S; readonly output: Tensor };

/**
 * Carries a state through the steps of a sequence.
 * @param step gets the state, the element [n, …] without the axis of the steps, and the index of the step
 * @param initial the initial state: a tensor, or tensors in lists or records
 * @returns the final state, and the outputs stacked along the axis: [n, steps, …]
 * @throws ShapeError if the axis does not exist or is empty, or if the outputs differ in shape
 * @example scan((h, x) => { const y = tanh(add(x, matmul(h, w))); return { state: y, output: y }; }, h0, xs)
 */
export function scan<S>(
  step: ScanStep<S>,
  initial: S,
  sequence: Tensor,
  { axis = 1, reverse = false }: StepsOptions = {},
): { readonly state: S; readonly outputs: Tensor } {
  if (typeof step !== "function")
    throw new OptionError(
      `scan: the step must be a function (state, x, t) => { state, output }, got ${describeGiven(step)}`,
    );
  expectTensors("scan", sequence);
  const along = naming("scan", () => normalizeAxis(axis, sequence.shape.length));
  const length = sequence.shape[along];
  if (length === 0)
    throw new ShapeError(`${located("scan")}: there are no steps along axis ${along} of ${formatType(sequence)}`);
  const rest = sequence.shape.filter((_, i) => i !== along);
  const elements = split(sequence, new Array<number>(length).fill(1), along);
  const outputs = new Array<Tensor>(length);
  let state = initial;
  for (let i = 0; i < length; i++) {
    const t = reverse ? length - 1 - i : i;
    const result = step(state, reshape(elements[t], rest), t);
    state = result.state;
    outputs[t] = result.output;
  }
  return { state, outputs: stackSteps(outputs, along) };
}

/** Stacks tensors of one shape along a new axis. */
function stackSteps(parts: readonly Tensor[], axis: number): Tensor {
  const { shape } = parts[0];
  if (axis > shape.length)
    throw new ShapeError(`${located("scan")}: outputs ${formatType(parts[0])} have no place for axis ${axis}`);
  return concat(
    parts.map((part) => reshape(part, [...part.shape.slice(0, axis), 1, ...part.shape.slice(axis)])),
    axis,
  );
}
