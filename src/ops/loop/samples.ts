/** The samples of loops: bodies of every form, over numbers of either precision. */
import {
  Body,
  createGraph,
  type FloatType,
  inputTensor,
  type Sample,
  type SampleInput,
  type Tensor,
  type TensorType,
} from "../../graph/index.ts";
import { broadcastTo, sum } from "../broadcast.ts";
import { cast } from "../cast.ts";
import { add, mul, sub, tanh } from "../elementwise.ts";
import { matmul } from "../matmul.ts";
import { reshape } from "../reshape.ts";
import { transpose } from "../transpose.ts";
import { givenOf, type loopAttributes } from "./parts.ts";

/** A step over its position, states, elements and captured tensors, and what goes into a loop of it. */
interface LoopSample {
  readonly steps: number;
  readonly reverse?: boolean;
  readonly states?: readonly SampleInput[];
  /** Without the axis of the steps. */
  readonly elements?: readonly SampleInput[];
  readonly captured?: readonly SampleInput[];
  readonly body: (given: {
    readonly t: Tensor;
    readonly s: readonly Tensor[];
    readonly x: readonly Tensor[];
    readonly c: readonly Tensor[];
  }) => { readonly next: readonly Tensor[]; readonly results: readonly Tensor[] };
}

/** The position as a number beside others. */
const numberLike = (t: Tensor, { shape, dtype }: TensorType): Tensor => broadcastTo(cast(t, dtype), shape);

const matrix = { shape: [2, 3] };
const square = { shape: [3, 3] };

/** h = tanh(h W + x), with its own history. */
const recurrent: LoopSample["body"] = ({ s: [h], x: [x], c: [w] }) => {
  const next = tanh(add(matmul(h, w), x));
  return { next: [next], results: [next, h] };
};

const loops: readonly LoopSample[] = [
  { steps: 3, states: [matrix], elements: [matrix], captured: [square], body: recurrent },
  { steps: 1, reverse: true, states: [matrix], elements: [matrix], captured: [square], body: recurrent },
  { steps: 0, states: [matrix], elements: [matrix], captured: [square], body: recurrent },
  // States that change places, one of them unchanged otherwise; the weight comes in twice.
  {
    ...{ steps: 3, reverse: true, states: [matrix, { shape: [2, 3] }], elements: [matrix], captured: [square] },
    body: ({ t, s: [a, b], x: [x], c: [w] }) => ({
      next: [b, add(tanh(matmul(add(a, matmul(x, transpose(w))), w)), numberLike(t, a))],
      results: [],
    }),
  },
  // No states; a captured tensor that is no factor of a product, and one that nothing reads.
  {
    ...{ steps: 4, elements: [matrix, { shape: [] }], captured: [matrix, square] },
    body: ({ x: [x, y], c: [c] }) => ({ next: [], results: [mul(mul(x, c), c), y] }),
  },
  // Integers: a state that counts, and a sequence.
  {
    ...{ steps: 3, states: [{ shape: [2], dtype: "i32" }, { shape: [2] }] },
    ...{ elements: [{ shape: [2], dtype: "i32", high: 9 }], captured: [{ shape: [2] }] },
    body: ({ t, s: [n, a], x: [x], c: [c] }) => {
      const count = add(n, sub(x, broadcastTo(t, [2])));
      return { next: [count, add(a, mul(cast(count, a.dtype), mul(a, c)))], results: [count, n] };
    },
  },
  // A batch of products, summed over.
  {
    ...{ steps: 2, states: [{ shape: [2, 3] }], captured: [{ shape: [2, 3, 4] }] },
    body: ({ s: [h], c: [keys] }) => {
      const rows = broadcastTo(sum(h, 0, { keep: true }), [2, 3]);
      const weights = matmul(reshape(add(rows, h), [2, 1, 3]), keys);
      return { next: [reshape(tanh(matmul(weights, keys, { transposeB: true })), [2, 3])], results: [weights] };
    },
  },
];

function sampleOf({ body, steps, reverse = false, ...inputs }: LoopSample): Sample<typeof loopAttributes> {
  const { states = [], elements = [], captured = [] } = inputs;
  const counts = { states: states.length, sequences: elements.length };
  const sequences = elements.map((element) => ({ ...element, shape: [steps, ...element.shape] }));
  const bodyFor = (float: FloatType): Body => {
    const t = inputTensor("position", { shape: [], dtype: "i32" });
    const tensors = [...states, ...elements, ...captured].map(({ shape, dtype = float }, i) =>
      inputTensor(`input ${i}`, { shape, dtype }),
    );
    const given = givenOf(counts, tensors);
    const { next, results } = body({ t, s: given.states, x: given.sequences, c: given.captured });
    return new Body(createGraph([t, ...tensors], [...next, ...results], []));
  };
  return {
    inputs: [...states, ...sequences, ...captured],
    attributes: (float) => ({ steps, reverse, ...counts, body: bodyFor(float) }),
  };
}

export const loopSamples: readonly Sample<typeof loopAttributes>[] = loops.map(sampleOf);
