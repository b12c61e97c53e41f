/**
 * Tracks the axis with the steps of sequences of different lengths through a network, so that layers along the steps ignore
 * padding: layers declare what happens to the steps (`steps` of their definition), and for ops it follows from what an
 * output element sees.
 */
import { ShapeError } from "../array/index.ts";
import { constant, inputsOf, isOpNode, located, type OpNode, type Tensor } from "../graph/index.ts";
import * as ops from "../ops/index.ts";
import { numbersBelow } from "../ops/index.ts";
import type { Layer } from "./layer.ts";
import { layerTitle } from "./place.ts";

/** The steps of the sequences in a tensor. */
export interface Steps {
  /** The axis of the steps. */
  readonly axis: number;
  /** The number of steps of each sequence, `i32` [n]; the rest is padding. */
  readonly lengths: Tensor;
}

/** Steps mixed by a layer, so that every position contains padding. */
interface Mixed {
  readonly by: string;
}

/** What is known about a tensor: steps, mixed steps, or none. */
type Known = Steps | Mixed | undefined;

/**
 * What a layer does to the steps of its inputs: its output keeps their positions, or those of the first input, whatever
 * steps the others have, or has none, or as many more at their ends (fewer, if negative) as the layer would give each sequence
 * alone.
 */
export type StepsRule = "kept" | "first" | "ended" | "followed" | { readonly longer: number };

/** The steps of the tensors of one application of a network. */
export class StepTracker {
  readonly #known = new Map<Tensor, Known>();
  /** Changed lengths by the change and the lengths before, so that branches of one input agree. */
  readonly #changed = new Map<Tensor, Map<number, Tensor>>();

  /** Declares that `x` has sequences of these lengths along an axis. */
  begin(x: Tensor, steps: Steps): void {
    this.#known.set(x, steps);
  }

  /**
   * The steps of `x`; `undefined` if it has none, or all of its sequences have full length.
   * @throws ShapeError if a layer has mixed steps with padding
   */
  of(x: Tensor): Steps | undefined {
    const known = this.#known.get(x);
    if (known === undefined || "axis" in known) return known;
    throw new ShapeError(
      `${located("sequence")}: its lengths are known, but ${known.by} has mixed its steps with the padding; ` +
        "put the layer that goes along the steps before it, or say in its definition what becomes of the steps",
    );
  }

  /** The same, and `undefined` where they are mixed. */
  known(x: Tensor): Steps | undefined {
    const known = this.#known.get(x);
    return known !== undefined && "axis" in known ? known : undefined;
  }

  /** Records what a layer does to the steps of its inputs. */
  follow(layer: Layer, inputs: readonly Tensor[], outputs: readonly Tensor[]): void {
    const sources = inputs.map((x) => this.#known.get(x)).filter((known) => known !== undefined);
    if (sources.length === 0) return;
    const by = located(layerTitle(layer));
    const whole = sources.find((known) => "axis" in known);
    const rule = whole === undefined ? "followed" : layer.steps(whole.axis, inputs, outputs);
    if (rule === "ended" || rule === "first") {
      const known = rule === "first" ? this.#known.get(inputs[0]) : undefined;
      for (const output of outputs) this.#known.set(output, known);
      return;
    }
    const through = rule === "followed" ? this.#through(by, inputs) : () => this.#longer(joinSteps(by, sources), rule);
    for (const output of outputs) if (!this.#known.has(output)) this.#known.set(output, through(output));
  }

  #longer(known: Known, rule: Exclude<StepsRule, "followed" | "first" | "ended">): Known {
    if (known === undefined || !("axis" in known) || rule === "kept" || rule.longer === 0) return known;
    const { axis, lengths } = known;
    const changes = this.#changed.get(lengths) ?? new Map<number, Tensor>();
    const changed = changes.get(rule.longer) ?? ops.maximum(ops.add(lengths, rule.longer), 0);
    this.#changed.set(lengths, changes.set(rule.longer, changed));
    return { axis, lengths: changed };
  }

  /** What is known about a tensor, by walking back through the graph to known tensors. */
  #through(by: string, inputs: readonly Tensor[]): (output: Tensor) => Known {
    const found = new Map<Tensor, Known>(inputs.map((x) => [x, this.#known.get(x)]));
    return (output) => {
      // With an explicit stack: unrolled layers are deeper than the call stack.
      const stack = [output];
      while (stack.length > 0) {
        const x = stack[stack.length - 1];
        const { node } = x;
        const missing = found.has(x) || this.#known.has(x) ? [] : inputsOf(node).filter((input) => !found.has(input));
        if (missing.length > 0) stack.push(...missing);
        else {
          stack.pop();
          if (found.has(x)) continue;
          const isKnown = this.#known.has(x) || !isOpNode(node);
          found.set(x, isKnown ? this.#known.get(x) : throughOp(by, node, x, found));
        }
      }
      return found.get(output);
    };
  }
}

/** An output has the steps of an op's inputs if each of its elements sees only the step at its own position. */
function throughOp(by: string, node: OpNode, output: Tensor, found: ReadonlyMap<Tensor, Known>): Known {
  const looks = node.op.sees(node.attributes as never, node.inputs, node.outputs);
  const sources = node.inputs.map((input, i): Known => {
    const steps = found.get(input);
    if (steps === undefined || !("axis" in steps)) return steps;
    const [sample, place] = [looks[i][0], looks[i][steps.axis]];
    const isOwn = (look: typeof sample): look is Exclude<typeof sample, string> =>
      typeof look === "object" && look.span === 1 && look.step === 1 && look.start === 0;
    const isKept = isOwn(sample) && sample.axis === 0 && isOwn(place);
    const fits = isKept && output.shape[place.axis] === input.shape[steps.axis];
    return fits ? { axis: place.axis, lengths: steps.lengths } : { by };
  });
  return joinSteps(
    by,
    sources.filter((source) => source !== undefined),
  );
}

/** A result of several tensors has steps if all inputs with steps agree. */
function joinSteps(by: string, sources: readonly NonNullable<Known>[]): Known {
  const [first] = sources;
  const agrees = (other: NonNullable<Known>): boolean =>
    "axis" in first && "axis" in other && other.axis === first.axis && other.lengths === first.lengths;
  return first === undefined || sources.every(agrees) ? first : { by: "by" in first ? first.by : by };
}

/** Whether positions along the axis of the steps are not padding, as a `bool` of the shape of `x`. */
export function isStep(x: Tensor, { axis, lengths }: Steps): Tensor {
  const along = (length: number, at: number): number[] => x.shape.map((_, i) => (i === at ? length : 1));
  const numbers = constant(numbersBelow(x.shape[axis]).reshape(along(x.shape[axis], axis)));
  return ops.broadcastTo(ops.less(numbers, ops.reshape(lengths, along(x.shape[0], 0))), x.shape);
}

/** `x` with 0 in place of padding. */
export const withoutPadding = (x: Tensor, steps: Steps | undefined): Tensor =>
  steps === undefined ? x : ops.select(isStep(x, steps), x, 0);

/** How steps are pooled: the maximum, the mean or the sum, without padding. */
export type StepPooling = "max" | "mean" | "sum";

/** Pools steps along their axis, which is removed; a sequence without steps gives 0. */
export function poolOver(x: Tensor, axis: number, kind: StepPooling, steps: Steps | undefined): Tensor {
  if (steps === undefined) return { max: ops.max, mean: ops.mean, sum: ops.sum }[kind](x, [axis]);
  const isIn = isStep(x, steps);
  if (kind === "max") {
    const most = ops.max(ops.select(isIn, x, -Infinity), [axis]);
    return ops.select(broadcastLengths(ops.greater(steps.lengths, 0), most), most, 0);
  }
  const total = ops.sum(ops.select(isIn, x, 0), [axis]);
  if (kind === "sum") return total;
  const count = ops.cast(ops.maximum(steps.lengths, 1), x.dtype as "f32");
  return ops.div(total, broadcastLengths(count, total));
}

const broadcastLengths = (perSample: Tensor, like: Tensor): Tensor =>
  ops.broadcastTo(ops.reshape(perSample, [like.shape[0], ...like.shape.slice(1).map(() => 1)]), like.shape);
