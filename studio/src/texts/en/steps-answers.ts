/** The questions of "Step by step", and what the numbers below them show. */

/** What an answer may speak of. */
interface Facts {
  /** Rows and columns of input and output. */
  readonly input: string;
  readonly output: string;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
  readonly groups: number;
  readonly channels: number;
  readonly filters: number;
}

type Answer = readonly [question: string | ((facts: Facts) => string), answer: (facts: Facts) => string];

const convolution = {
  what: [
    "What does a convolution compute?",
    ({ kernel, output }) =>
      `A ${kernel} × ${kernel} filter slides over the input. At each place, the numbers under it are multiplied by its weights and added up: ${output} sums.`,
  ],
  stride: [
    ({ stride }) => `What does a stride of ${stride} do?`,
    ({ stride, input, output }) =>
      stride === 1
        ? `With stride 1 the window stops at every place: from ${input} it makes ${output}.`
        : `The window moves ${stride} places at a time, so it stops less often: from ${input} it makes ${output}.`,
  ],
  padding: [
    "What does padding do?",
    ({ padding, input, output }) =>
      `${padding === 0 ? "Without zeros around the input, windows stay inside" : `With ${padding} of zeros around the input, windows may hang over its edge`}: from ${input} it makes ${output}.`,
  ],
  dilation: [
    "What does dilation do?",
    ({ dilation, kernel }) =>
      `The taps of the filter lie ${dilation} apart: its ${kernel * kernel} weights reach over ${dilation * (kernel - 1) + 1} × ${dilation * (kernel - 1) + 1} numbers.`,
  ],
  channels: [
    "What happens to several channels?",
    ({ channels, filters }) =>
      `Each filter has a plane for each of the ${channels} channels, and adds all products up to one number. ${filters} filters make ${filters} planes.`,
  ],
  groups: [
    "What do groups do?",
    ({ groups, channels }) =>
      `Each filter sees ${channels / groups} of the ${channels} channels: there are ${groups} convolutions side by side.`,
  ],
  blur: [
    "Why does this filter blur?",
    () =>
      "Each output is a mean of its neighborhood with the middle counted twice: weights that add up to 1 keep the brightness.",
  ],
  input: [
    "Where does an input's derivative come from?",
    () =>
      "From every output whose window held it: each passes its derivative back through the weight that joined them, and all are added up.",
  ],
  weight: [
    "Where does a weight's derivative come from?",
    () =>
      "A weight is used at every place of the output: its derivative is the sum of all products of an output's derivative and the input that it met there.",
  ],
  "stride-back": [
    "How do derivatives pass a stride?",
    ({ stride }) =>
      stride === 1
        ? "With stride 1 an inner input has met every weight."
        : `With stride ${stride} an input has met only every ${stride === 2 ? "second" : `${stride}th`} weight in each direction; the flipped filter meets zeros in between.`,
  ],
} satisfies Record<string, Answer>;

const maxPooling = {
  what: [
    "What does max pooling keep?",
    ({ input, output }) => `The largest number of each window, and where it was: from ${input} it makes ${output}.`,
  ],
  overlap: [
    "What if windows overlap?",
    ({ kernel, stride }) =>
      `Windows of ${kernel} that move by ${stride} share numbers: one large number can win several of them.`,
  ],
  input: [
    "Which input gets the derivative?",
    () => "Only the winner of a window: the others could have been a little larger without changing anything.",
  ],
  "overlap-back": [
    "What if one number wins twice?",
    () => "Then it gets the derivatives of all the windows that it won: they add up.",
  ],
} satisfies Record<string, Answer>;

const meanPooling = {
  what: [
    "What does mean pooling compute?",
    ({ kernel }) =>
      `The mean of each window: a convolution whose ${kernel * kernel} weights are all 1/${kernel * kernel}.`,
  ],
  input: [
    "Who gets the derivative of a mean?",
    ({ kernel }) => `Everyone in the window, 1/${kernel * kernel} of it each.`,
  ],
  "overlap-back": [
    "What if windows overlap?",
    () => "Shares of all windows that held a number add up, most of them in the middle.",
  ],
} satisfies Record<string, Answer>;

const transposed = {
  what: [
    "How does a layer make maps larger?",
    ({ input, output, stride }) =>
      `Each input stamps the filter, times itself, onto the output, ${stride} apart: from ${input} it makes ${output}.`,
  ],
  input: [
    "Where does an input's derivative come from?",
    () => "From every output that it was stamped on, through the same weights: backwards, it is a convolution.",
  ],
  overlap: ["What happens where stamps overlap?", () => "They are added up."],
  holes: [
    "What if the stride is larger than the kernel?",
    () => "Then stamps leave holes: outputs that no input reaches stay at the bias.",
  ],
} satisfies Record<string, Answer>;

const activation = {
  what: [
    "What does an activation do?",
    () => "It changes each number alone. Without it, two layers would be no more than one.",
  ],
  dying: [
    "When does a ReLU pass nothing back?",
    () => "Where its input is negative, its slope is 0: the derivative ends there.",
  ],
  saturating: [
    "Why do sigmoids learn slowly?",
    () =>
      "Far from 0 the curve is flat: its slope, which multiplies the derivative, is nearly 0, and never more than 1/4.",
  ],
} satisfies Record<string, Answer>;

const softmax = {
  what: [
    "How do scores become probabilities?",
    () => "Each score's exponential is divided by the sum over its row: positive numbers that add up to 1.",
  ],
  input: [
    "What does one score change?",
    () => "All probabilities of its row: what one gains, the others lose. So every derivative of the row comes back.",
  ],
} satisfies Record<string, Answer>;

const normalization = {
  what: [
    "What does batch normalization do?",
    () =>
      "Each feature, a column, gets mean 0 and variance 1 over the samples of the batch, then a factor and a shift that are learned.",
  ],
  layer: [
    "And layer normalization?",
    () => "Each sample, a row, is normalized over its own features: nothing depends on the rest of the batch.",
  ],
  input: [
    "Why does one input's derivative depend on the others?",
    () => "It moves the mean and the variance of its group, and so every number in it.",
  ],
} satisfies Record<string, Answer>;

export const stepsAnswers: Readonly<Record<string, Readonly<Record<string, Answer>>>> = {
  convolution,
  "max-pooling": maxPooling,
  "mean-pooling": meanPooling,
  transposed,
  activation,
  softmax,
  normalization,
};
