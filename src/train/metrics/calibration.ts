/**
 * Calibration: how far a model's confidence is from its accuracy. Predictions are sorted into bins of equal width, B_m = ((m
 * − 1)/M, m/M], by the confidence, the largest probability; of each, conf is the mean confidence and acc the share that is
 * correct. For n predictions
 *
 *   expected calibration error = Σ_m |B_m|/n · |acc(B_m) − conf(B_m)|    maximum = max_m |acc(B_m) − conf(B_m)|
 *
 * where empty bins do not count. Sources: M. P. Naeini, G. F. Cooper, M. Hauskrecht, "Obtaining Well Calibrated
 * Probabilities Using Bayesian Binning", 2015; C. Guo et al., "On Calibration of Modern Neural Networks", 2017, eq. 3–5.
 */
import { checkOptions, type NdArray, OptionError } from "../../array/index.ts";
import { atLeastOne } from "../checks.ts";
import { checkProbable } from "./checks.ts";
import { predictedClasses } from "./top-k.ts";

/** The predictions whose confidence lies above `from` and not above `to`; those of 0 are in the first. */
export interface CalibrationBin {
  /** The lower end of the confidences, excluded. */
  readonly from: number;
  /** The upper end of the confidences, included. */
  readonly to: number;
  /** The number of predictions. */
  readonly count: number;
  /** Their mean confidence; NaN if there are none. */
  readonly confidence: number;
  /** The share of correct predictions, 0 … 1; NaN if there are none. */
  readonly accuracy: number;
}

/** How well confidences agree with accuracies. */
export interface Calibration {
  /** The expected calibration error, 0 … 1. */
  readonly error: number;
  /** The largest gap of a bin, 0 … 1. */
  readonly maximum: number;
  /** The bins, from low to high confidence. */
  readonly bins: readonly CalibrationBin[];
}

/** Options of `calibration`. */
export interface CalibrationOptions {
  /** The number of bins of equal width, at most 10 000. Default 15. */
  readonly bins?: number | undefined;
}

/** Bounds the memory; no more bins are ever useful. */
const MOST_BINS = 10_000;

/**
 * The calibration of probabilities, floats [n, classes], against labels `i32` [n]. Without samples, or where a largest
 * probability is NaN, both errors are NaN; a NaN is in no bin.
 * @throws ShapeError for other shapes and types, DataError for a label that names no class and for scores that are no
 *   probabilities, OptionError for a number of bins out of range
 */
export function calibration(probabilities: NdArray, labels: NdArray, options: CalibrationOptions = {}): Calibration {
  checkOptions("calibration", options);
  const { bins = 15 } = options;
  const { count } = checkProbable("calibration", probabilities, labels);
  const sums = Array.from({ length: checkBins(bins) }, () => ({ count: 0, sure: 0, right: 0 }));
  const predicted = predictedClasses(probabilities).data;
  for (let i = 0; i < count; i++) {
    const confidence = Math.min(probabilities.row(i).data[predicted[i]], 1);
    if (Number.isNaN(confidence)) continue;
    const bin = sums[binOf(confidence, bins)];
    bin.count++;
    bin.sure += confidence;
    if (predicted[i] === labels.data[i]) bin.right++;
  }
  const result = sums.map(({ count, sure, right }, m) => ({
    ...{ from: m / bins, to: (m + 1) / bins, count },
    ...{ confidence: sure / count, accuracy: right / count },
  }));
  return { ...errorsOf(result, count), bins: result };
}

function checkBins(bins: number): number {
  if (atLeastOne("calibration", "bins", bins) <= MOST_BINS) return bins;
  throw new OptionError(`calibration: bins must be at most ${MOST_BINS}, got ${bins}`);
}

/** The first bin whose upper end is not below the confidence, which is 1 at most. Bins are few. */
function binOf(confidence: number, bins: number): number {
  let bin = 0;
  while (confidence > (bin + 1) / bins) bin++;
  return bin;
}

/** `total` includes NaN confidences, which are in no bin; the errors are then unknown. */
function errorsOf(bins: readonly CalibrationBin[], total: number): Pick<Calibration, "error" | "maximum"> {
  const used = bins.filter(({ count }) => count > 0);
  const known = used.reduce((sum, { count }) => sum + count, 0);
  if (known === 0 || known < total) return { error: NaN, maximum: NaN };
  const gaps = used.map(({ accuracy, confidence }) => Math.abs(accuracy - confidence));
  return {
    error: used.reduce((sum, { count }, m) => sum + (count / total) * gaps[m], 0),
    maximum: gaps.reduce((a, b) => Math.max(a, b)),
  };
}
