/** Detects mistakes that raise no error: before the first step, or in the first epoch. */
import { NdArray } from "../array/index.ts";
import { type AnyDataset, type Column, columnNames, columnsOf, countsOf } from "../data/index.ts";
import { quoted } from "../formats/index.ts";
import { type Graph, isOpNode } from "../graph/index.ts";
import { byRecord, isUseOf } from "../ops/index.ts";
import type { OnNotice } from "./notices.ts";

/** Floats are expected in 0 … 1; values above this limit were probably meant as bytes. */
const MOST_FLOAT = 16;

/** Float pictures with values in 0 … 255. */
function unscaledInputs(set: string, column: Column): string | undefined {
  const { values } = column;
  if (column.kind.name !== "picture" || !(values instanceof NdArray) || values.dtype !== "f32") return undefined;
  let [least, most] = [Infinity, -Infinity];
  for (const value of values.data) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (!(least >= 0 && most > MOST_FLOAT && most <= 255)) return undefined;
  return (
    `data set ${set} has pictures of floats from ${least} to ${most}, which are taken as they are, unlike bytes, which ` +
    "stand for value / 255; divide them by 255, or give them as bytes (u8)"
  );
}

/** Classes without training samples. */
function emptyClasses(set: string, column: Column): string | undefined {
  if (column.kind.name !== "class") return undefined;
  const counts = countsOf(column);
  const empty = columnNames(column)!.filter((_, k) => counts[k] === 0);
  if (empty.length === 0) return undefined;
  const some = empty.slice(0, 5).map(quoted).join(", ");
  return `data set ${set} has no samples of ${empty.length} of its ${counts.length} classes (${some}${empty.length > 5 ? ", …" : ""}), which cannot be learned`;
}

const advice = "leave that layer out, so that the loss gets scores";

/** What each of these ops before cross-entropy means. */
const squashed = byRecord<string>({
  softmax: `${advice}: the network learns slowly or not at all otherwise`,
  sigmoid: `${advice}: the network learns slowly or not at all otherwise`,
  logSoftmax: `${advice}, or train it with the loss negativeLogLikelihood`,
});

/** A double softmax: cross-entropy of a network that ends with one. */
function repeatedSoftmax({ nodes }: Graph): string | undefined {
  for (const node of nodes) {
    if (!isUseOf(node, "logSoftmax")) continue;
    const before = node.inputs[0].node;
    const meaning = isOpNode(before) ? squashed.get(before.op) : undefined;
    if (!isOpNode(before) || meaning === undefined) continue;
    const layer = before.path === "" ? "" : ` (layer ${before.path})`;
    return `the network ends with ${before.op.name}${layer}, and crossEntropy takes the softmax of what it gets; ${meaning}`;
  }
  return undefined;
}

/** Reports what is noticed about data and network before the first step. */
export function tellHints(data: AnyDataset, graph: Graph, onNotice: OnNotice): void {
  const columns = Object.values(columnsOf(data));
  const found = [
    ...columns.map((column) => [unscaledInputs(data.name, column), "unscaledInputs"] as const),
    ...columns.map((column) => [emptyClasses(data.name, column), "emptyClass"] as const),
    [repeatedSoftmax(graph), "repeatedSoftmax"] as const,
  ];
  for (const [message, kind] of found) if (message !== undefined) onNotice(message, kind);
}

/** A loss this many times that of guessing is no accident of one batch. */
const LOSS_GROWTH = 5;

/** The loss of guessing among two classes, ln 2; a loss below it is still small, even if it has grown. */
const LEAST_LOSS = Math.LN2;

/** Watches the losses of the first epoch, and reports once if they explode. */
export function watchLoss(learningRate: () => number, onNotice: OnNotice) {
  let bound: number | undefined;
  let told = false;
  return (loss: number, step: number): void => {
    bound ??= LOSS_GROWTH * Math.max(loss, LEAST_LOSS);
    if (told || loss <= bound) return;
    told = true;
    const message =
      `the loss has grown to ${loss.toPrecision(3)} by step ${step} of the first epoch, ${LOSS_GROWTH} times what it began with; ` +
      `the learning rate, ${learningRate()}, is probably too large: try a tenth of it`;
    onNotice(message, "lossGrows");
  };
}
