/** The mistakes of a model that say most: those that it was surest of. */
import type { NdArray } from "../../array/index.ts";
import { checkScored } from "./checks.ts";
import { predictedClasses } from "./top-k.ts";

/** A sample that was classified wrongly. */
export interface Mistake {
  /** The sample's number in the data set. */
  readonly sample: number;
  /** The class that it is of. */
  readonly label: number;
  /** The class that it was taken for. */
  readonly predicted: number;
  /** The probability that it was taken for that class with. */
  readonly confidence: number;
}

/**
 * The samples that were taken for another class than theirs, those of the largest confidence first, equal ones in the
 * order of the data; what is not a number comes before all.
 * @param probabilities floats [n, classes]
 * @param labels `i32` [n]
 * @param most how many at most; default all
 * @throws ShapeError for other shapes and types, DataError for a label that names no class
 */
export function worstMistakes(probabilities: NdArray, labels: NdArray, most = Infinity): Mistake[] {
  checkScored("worstMistakes", probabilities, labels);
  const mistakes = Array.from(predictedClasses(probabilities).data, (predicted, sample) => {
    return { sample, label: labels.data[sample], predicted, confidence: probabilities.row(sample).data[predicted] };
  }).filter(({ label, predicted }) => label !== predicted);
  const badness = ({ confidence }: Mistake): number => (Number.isNaN(confidence) ? Infinity : confidence);
  // Two that are not numbers differ by NaN, which sorting takes for 0: they stay in order.
  return mistakes.sort((a, b) => badness(b) - badness(a)).slice(0, most);
}
