/**
 * Connectionist temporal classification (Graves, Fernández, Gomez, Schmidhuber 2006): −log of the probability that a
 * sequence of scores spells a shorter one, over all ways of placing it in time. A path has one label or the blank at each
 * time; repeats are merged, then blanks dropped. With l′ the labels with blanks around each of them and p_t the softmax of
 * the scores at time t,
 *
 *   α_t(s) = p_t(l′_s) · (α_{t−1}(s) + α_{t−1}(s − 1) + [l′_s is no blank and not l′_{s−2}] α_{t−1}(s − 2))
 *   loss   = −log(α_T(last) + α_T(last − 1))
 *
 * kept as logarithms. The recurrence is one loop, and its derivatives are those of the loop.
 * Impossible states have a large negative number in place of −∞, so that no difference of infinities occurs.
 */
import { NdArray, OptionError, ShapeError } from "../../array/index.ts";
import { constant, expectTensors, fill, formatType, located, type Tensor } from "../../graph/index.ts";
import {
  add,
  and,
  broadcastTo,
  cast,
  div,
  equal,
  exp,
  gather,
  greater,
  less,
  log,
  logSoftmax,
  loop,
  max,
  maximum,
  mul,
  notEqual,
  or,
  pad,
  padOp,
  reshape,
  select,
  slice,
  stopGradient,
  sub,
  sum,
  transpose,
} from "../../ops/index.ts";
import { flag, integer, optional, readOptions, withDefault } from "../../options/index.ts";
import { type LossOptions, lossOptions, reduceLosses, tensorKind, withoutLeftOut } from "./reduction.ts";

/** Options of `ctc`. */
export interface CtcOptions extends LossOptions {
  /** The blank class. Default 0. */
  readonly blank?: number | undefined;
  /** The length of each sample in time steps, `i32` [n]. Default: all. */
  readonly inputLengths?: Tensor | undefined;
  /** The number of labels of each sample, `i32` [n]. Default: all. */
  readonly targetLengths?: Tensor | undefined;
  /**
   * Whether a target that is too long for its sample gives 0 instead of ∞. Default false; its derivatives are 0 in both
   * cases.
   */
  readonly zeroInfinity?: boolean | undefined;
}

const ctcOptions = {
  ...lossOptions,
  blank: withDefault(integer(0), 0),
  inputLengths: optional(tensorKind),
  targetLengths: optional(tensorKind),
  zeroInfinity: withDefault(flag(), false),
};

/** The logarithm of an impossible state: far below that of any path, and far from the limits of float32. */
const IMPOSSIBLE = -1e30;
/** A sum of logarithms below this contains an impossible one. */
const NO_PATH = IMPOSSIBLE / 2;

/**
 * The CTC loss of scores (logits) [n, classes, time] at targets `i32` [n, labels]. The mean divides each loss by the
 * number of its labels (at least 1) and then by the number of samples, as PyTorch's `ctc_loss` does.
 * @throws ShapeError where scores, targets and lengths do not fit; OptionError for a blank that is no class
 */
export function ctc(scores: Tensor, targets: Tensor, options: CtcOptions = {}): Tensor {
  expectTensors("ctc", scores, targets);
  const { blank, inputLengths, targetLengths, zeroInfinity, ...reduction } = readOptions(
    located("ctc"),
    ctcOptions,
    options,
  );
  checkCtcShapes(scores, targets, { inputLengths, targetLengths });
  const [n, classes, times] = scores.shape;
  if (blank >= classes)
    throw new OptionError(`${located("ctc")}: blank is ${blank}; there are ${classes} classes, 0 to ${classes - 1}`);
  const lengths = targetLengths ?? fill(targets.shape[1], [n], "i32");
  const states = withBlanks(targets, lengths, blank);
  const kept = withinTime(withoutLeftOut("ctc", scores, [n], reduction), inputLengths);
  const emissions = emissionsOf(logSoftmax(kept, 1), states);
  const skips = skippable(states, blank);
  const alpha = select(equal(places(states), 0), fill(0, states.shape, scores.dtype), IMPOSSIBLE);
  const { states: final } = loop(
    ([alpha], [emission], t) => {
      const next = nextAlpha(alpha, emission, skips);
      const isWithin = inputLengths && besideStates(greater(inputLengths, t), states);
      return { states: [isWithin === undefined ? next : select(isWithin, next, alpha)], outputs: [] };
    },
    { states: [alpha], sequences: [transpose(emissions, [2, 0, 1])], steps: times, reverse: false },
  );
  const losses = settled(ending(final[0], lengths), zeroInfinity);
  if (reduction.reduction !== "mean") return reduceLosses("ctc", losses, reduction);
  return reduceLosses("ctc", div(losses, maximum(cast(lengths, losses.dtype), 1)), reduction);
}

function checkCtcShapes(scores: Tensor, targets: Tensor, lengths: Readonly<Record<string, Tensor | undefined>>): void {
  const [n] = scores.shape;
  if (scores.shape.length !== 3 || targets.shape.length !== 2 || targets.shape[0] !== n || targets.dtype !== "i32")
    throw new ShapeError(
      `${located("ctc")}: expects scores [n, classes, time] and i32 targets [n, labels], got ${formatType(scores)} and ${formatType(targets)}`,
    );
  for (const [name, tensor] of Object.entries(lengths)) {
    if (tensor === undefined || (tensor.dtype === "i32" && tensor.shape.length === 1 && tensor.shape[0] === n))
      continue;
    throw new ShapeError(
      `${located("ctc")}: ${name} must be i32[${n}], one for each sample, got ${formatType(tensor)}`,
    );
  }
}

/** A number for each sample, beside each of its states. */
const besideStates = (x: Tensor, { shape }: Tensor): Tensor => broadcastTo(reshape(x, [-1, 1]), shape);

/** 0, 1, 2, … along the second axis, in the shape of a tensor [n, length]. */
function places({ shape }: Tensor): Tensor {
  const numbers = Int32Array.from({ length: shape[1] }, (_, i) => i);
  return broadcastTo(constant(new NdArray(numbers, [shape[1]], "i32")), shape);
}

/** Scores with 0 beyond a sample's own time: a derivative of weight 0 would still turn infinities there into NaN. */
function withinTime(scores: Tensor, inputLengths: Tensor | undefined): Tensor {
  if (inputLengths === undefined) return scores;
  const [n, , times] = scores.shape;
  const time = places(fill(0, [n, times], "i32"));
  const isWithin = less(time, besideStates(inputLengths, time));
  return select(reshape(isWithin, [n, 1, times]), scores, 0);
}

/** l′: a blank before, between and after the labels, and in place of those beyond a sample's own, `i32` [n, states]. */
function withBlanks(targets: Tensor, lengths: Tensor, blank: number): Tensor {
  const own = select(less(places(targets), besideStates(lengths, targets)), targets, blank);
  const between = targets.shape[1] > 0 ? 1 : 0;
  return padOp([own], { before: [0, between], after: [0, 1], interior: [0, between], value: blank });
}

/** log p_t(l′_s), [n, states, time]. */
function emissionsOf(logProbabilities: Tensor, states: Tensor): Tensor {
  const [n, , times] = logProbabilities.shape;
  const index = broadcastTo(reshape(states, [n, -1, 1]), [n, states.shape[1], times]);
  return maximum(gather(logProbabilities, index, 1), IMPOSSIBLE);
}

/** Entries shifted by `by`, filled with `value`. */
const shiftStates = (x: Tensor, by: number, value: number): Tensor =>
  slice(pad(x, [[0, 0], [by, 0]], { value }), 1, 0, x.shape[1]); // biome-ignore format: one pair an axis

/** Whether the state two before may directly precede: it must not skip a label, nor go from a label to the same one. */
const skippable = (states: Tensor, blank: number): Tensor =>
  and(notEqual(states, blank), notEqual(states, shiftStates(states, 2, blank)));

/** log Σ e^x; the maximum prevents overflow and has no derivative. */
function logSum(terms: readonly Tensor[]): Tensor {
  const most = stopGradient(terms.reduce((a, b) => maximum(a, b)));
  return add(most, log(terms.map((x) => exp(sub(x, most))).reduce((a, b) => add(a, b))));
}

function nextAlpha(alpha: Tensor, emission: Tensor, skips: Tensor): Tensor {
  const skipped = select(skips, shiftStates(alpha, 2, IMPOSSIBLE), IMPOSSIBLE);
  return add(logSum([alpha, shiftStates(alpha, 1, IMPOSSIBLE), skipped]), emission);
}

/** −log of the last two states of each sample, [n]. */
function ending(alpha: Tensor, lengths: Tensor): Tensor {
  const place = places(alpha);
  const last = mul(lengths, 2);
  const isLast = or(equal(place, besideStates(last, alpha)), equal(place, besideStates(sub(last, 1), alpha)));
  const ends = select(isLast, alpha, IMPOSSIBLE);
  const most = stopGradient(max(ends, 1, { keep: true }));
  const total = sum(exp(sub(ends, broadcastTo(most, ends.shape))), 1);
  return mul(add(reshape(most, [-1]), log(total)), -1);
}

/** Replaces impossible losses by ∞ or 0, without derivatives. */
const settled = (losses: Tensor, zeroInfinity: boolean): Tensor =>
  select(greater(losses, -NO_PATH), zeroInfinity ? 0 : Number.POSITIVE_INFINITY, losses);
