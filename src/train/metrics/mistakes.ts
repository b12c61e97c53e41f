/** The mistakes made with the highest confidence. */
import type { NdArray } from "../../array/index.ts";
import { checkScored } from "./checks.ts";
import { predictedClasses } from "./top-k.ts";

/** A misclassified sample. */
export interface Mistake {
  /** The sample's number in the data set. */
  readonly sample: number;
  /** The true class. */
  readonly label: number;
  /** The predicted class. */
  readonly predicted: number;
  /** The probability of the predicted class. */
  readonly confidence: number;
}

/**
 * The misclassified samples, the largest confidence first, ties in the order of the data; NaN comes first.
 * @param probabilities floats [n, classes]
 * @param labels `i32` [n]
 * @param most the maximum number of mistakes; default all
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
