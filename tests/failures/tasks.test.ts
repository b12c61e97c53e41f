/** What a user reads when data, network and task do not fit together: through `fit`, `evaluateModel` and `predict`. */
import { describe, expect, it } from "vitest";
import { array, zeros } from "../../src/array/index.ts";
import * as data from "../../src/data/index.ts";
import type { Tensor } from "../../src/graph/index.ts";
import * as nn from "../../src/nn/index.ts";
import { vocabulary } from "../../src/text/index.ts";
import * as train from "../../src/train/index.ts";

const { boxes, classes, dataset, mask, picture, ragged, tokens } = data;
const { classification, defineTask, evaluateModel, fit, localization, predict, segmentation, together } = train;

const image = picture(zeros([4, 1, 4, 4]));
const label = classes(array([0, 1, 0, 1], "i32"), ["cat", "dog"]);
const seen = mask(zeros([4, 4, 4], "u8"), { classes: ["ground", "cat"] });
const text = tokens(ragged([[2], [3, 4], [2, 2], [1]], "i32"), vocabulary(["a b c"]));
const pets = dataset("pets", { image, label });

const scores = nn.sequential(nn.flatten(), nn.linear(2));
const model = nn.Model.build(scores, { input: [1, 4, 4], classes: ["cat", "dog"] });
const modelFor = (task: object) => nn.Model.build(scores, { input: [1, 4, 4], task: task as never });
/** Two inputs and one output. */
const compare = nn.network({ left: [1, 4, 4], right: [1, 4, 4] }, ({ left, right }) => ({
  scores: scores(left.sub(right)),
}));
/** One input and two outputs. */
const forked = nn.network({ image: [1, 4, 4] }, ({ image }) => ({ a: scores(image), b: nn.flatten()(image) }));
const wide = (units: number) => nn.sequential(nn.flatten(), nn.linear(units));

const loose = (value: unknown): never => value as never;
const trained = (network: nn.Layer | nn.Model, set: data.AnyDataset, options: train.FitOptions = {}) =>
  fit(network, set, { epochs: 1, engine: "interpreter", ...options });

type Rules = Partial<Record<"loss" | "tally" | "collect" | "best", unknown>>;

/** A task of the user's own with something wrong in it. */
const own = (wrong: Rules): train.Task =>
  defineTask({
    type: "own",
    options: {},
    targets: () => ({ label: { kinds: ["class"] } }),
    outputs: () => ({ scores: { shape: ["n", 2], holds: "scores" } }),
    loss: ({ scores }) => scores.mean(),
    ...(wrong as object),
  })({});

type Given = Readonly<Record<string, Tensor>>;
type Row = readonly [what: string, program: () => unknown, error: string, message: string];

/** The error of a program, at once or later: its class and its message. */
async function failureOf(program: () => unknown): Promise<{ error: string; message: string }> {
  try {
    await program();
  } catch (error) {
    return { error: (error as Error).constructor.name, message: (error as Error).message };
  }
  return { error: "none", message: "" };
}

const fails = (rows: readonly Row[]): void =>
  it.each(rows)("%s", async (_, program, error, message) => {
    const failure = await failureOf(program);
    expect(failure).toEqual({ error, message: expect.stringContaining(message) });
  });

describe("a target", () => {
  fails([
    [
      "that is missing",
      () => trained(scores, dataset("pets", { image })),
      "DataError",
      "data set pets: classification needs a column of kind class as labels; the columns are image (picture)",
    ],
    [
      "of another task",
      () => evaluateModel(model, pets, { task: segmentation() }),
      "DataError",
      "data set pets: segmentation needs a column of kind mask as mask; the columns are image (picture), label (class)",
    ],
    [
      "that could be two columns",
      () => trained(scores, dataset("pets", { image, label, breed: label })),
      "DataError",
      "data set pets: classification needs a column of kind class as labels; it has label, breed; name one as an option of the task",
    ],
    [
      "by a name that no column has",
      () => trained(scores, pets, { task: classification({ target: "lable" }) }),
      "DataError",
      "classification needs a column of kind class as labels; there is no column 'lable'; did you mean label?",
    ],
    [
      "of another kind",
      () => trained(scores, pets, { task: classification({ target: "image" }) }),
      "DataError",
      "classification needs a column of kind class as labels; image is of kind picture",
    ],
    [
      "of one of several tasks that is missing",
      () => trained(scores, pets, { task: together({ kind: classification(), head: localization() }) }),
      "DataError",
      "data set pets: together needs a column of kind boxes as head.boxes",
    ],
    [
      "whose classes are weighed by another number of weights",
      () => trained(scores, pets, { task: classification({ classWeights: [1, 2, 3] }) }),
      "OptionError",
      "classification: classWeights must have a number for each of 2 classes, got 3",
    ],
    [
      "whose pixels are weighed by another number of weights",
      () =>
        trained(nn.conv2d(2, { kernel: 1 }), dataset("scenes", { image, seen }), {
          task: segmentation({ classWeights: [1, 2, 3] }),
        }),
      "ShapeError",
      "classWeights must have a number for each of 2 classes, f32[2]; got f32[3]",
    ],
  ]);
});

describe("an input", () => {
  fails([
    [
      "without a column",
      () => trained(scores, dataset("pets", { label })),
      "DataError",
      "data set pets: none of its columns can be an input: label",
    ],
    [
      "that could be two columns",
      () => trained(scores, dataset("pets", { front: image, side: image, label })),
      "DataError",
      'data set pets: its columns front, side could all be the network\'s input; say which: inputs: { input: "front" }',
    ],
    [
      "that the network does not have",
      () => trained(scores, pets, { inputs: { photo: "image" } }),
      "DataError",
      "inputs: the network has no input 'photo', its inputs are input",
    ],
    [
      "from a column that there is not",
      () => trained(scores, pets, { inputs: { input: "imgae" } }),
      "DataError",
      "data set pets: the network's input input needs a column 'imgae', which is missing; did you mean image?",
    ],
    [
      "of a predictor from a column that there is not",
      () => evaluateModel(train.singleView(model), pets, { inputs: { input: "photo" } }),
      "DataError",
      "data set pets: the network's input input needs a column 'photo', which is missing; known: image, label",
    ],
    [
      "that is not a name",
      () => trained(scores, pets, { inputs: loose({ input: 3 }) }),
      "OptionError",
      "fit: inputs must be the names of columns by the names of inputs, such as { image: 'photo' }",
    ],
    [
      "of several, without a column of its name",
      () => trained(compare, dataset("pairs", { left: image, label })),
      "DataError",
      "data set pairs: the network's input right needs a column 'right', which is missing; known: left, label; rename one, or say which: inputs: { right: … }",
    ],
    [
      "of several, of another shape",
      () => trained(compare, dataset("pairs", { left: image, right: picture(zeros([4, 1, 5, 5])), label })),
      "ShapeError",
      "the model takes right of shape [n,1,4,4], got f32[4,1,5,5]",
    ],
    [
      "of fixed length for tokens of different lengths",
      () =>
        trained(
          nn.network({ text: { shape: [2], dtype: "i32" } }, ({ text }) => wide(2)(nn.embedding(5, 2)(text))),
          dataset("texts", { text, label }),
        ),
      "DataError",
      "data set texts: rows of column text differ in length, but the network's input text has the fixed shape [n,2]; declare it as a sequence, nn.tokens(2), or give rows of one length",
    ],
    [
      "that is shorter than the sequences",
      () =>
        trained(
          nn.network({ text: nn.tokens(1) }, ({ text }) => nn.lstm(2, { output: "last" })(nn.embedding(5, 2)(text))),
          dataset("texts", { text, label }),
        ),
      "ShapeError",
      "i32[n,1…1], got i32[4,2]",
    ],
  ]);
});

describe("an output", () => {
  fails([
    [
      "that is missing among several",
      () => trained(forked, pets),
      "ShapeError",
      "classification: needs an output 'scores' with scores, one for each class, the network gives a, b; name it in the network, or give the task its name as the option output",
    ],
    [
      "by a name that the network does not have",
      () => trained(forked, pets, { task: classification({ output: "c" }) }),
      "ShapeError",
      "classification: needs an output 'c' with scores, one for each class, the network gives a, b",
    ],
    [
      "of another number of classes",
      () => trained(wide(3), pets),
      "ShapeError",
      "classification: the network gives output as f32[4,3], expected [n, 2]: scores, one for each class; change its last layer",
    ],
    [
      "that is smaller than the mask",
      () =>
        trained(nn.conv2d(2, { kernel: 3 }), dataset("scenes", { image, seen }), {
          task: segmentation(),
        }),
      "ShapeError",
      "segmentation: the network gives output as f32[4,2,2,2], expected [n, 2, 4, 4]: scores, a map for each class",
    ],
    [
      "of another number of boxes",
      () =>
        trained(wide(4), dataset("scenes", { image, box: boxes(zeros([4, 2, 4])) }), {
          task: localization(),
        }),
      "ShapeError",
      "localization: the network gives output as f32[4,4], expected [n, 2, 4]: boxes in shares of the picture",
    ],
    [
      "of a model that was trained for something else",
      () => predict(model, zeros([1, 1, 4, 4]), { task: segmentation() }),
      "ShapeError",
      "segmentation: the network gives output as f32[1,2], expected [n, 2, height, width]: scores, a map for each class",
    ],
  ]);
});

describe("a task", () => {
  fails([
    [
      "by its name",
      () => trained(scores, pets, { task: loose("segmentation") }),
      "OptionError",
      'fit: task must be a task, such as classification(), got "segmentation"',
    ],
    [
      "that was not called",
      () => trained(scores, pets, { task: loose(segmentation) }),
      "OptionError",
      "fit: task must be a task, such as classification(), got a function; call it: classification()",
    ],
    [
      "with an option that it does not have",
      () => segmentation(loose({ classWeigths: [1, 2] })),
      "OptionError",
      "segmentation: there is no option 'classWeigths'; did you mean classWeights?",
    ],
    [
      "of a model file that is not known, evaluated",
      () => evaluateModel(modelFor({ type: "segmentatoin" }), pets),
      "OptionError",
      "there is no task 'segmentatoin'; did you mean segmentation?",
    ],
    [
      "of a model file that is not known, asked for predictions",
      () => predict(modelFor({ type: "quantile" }), zeros([1, 1, 4, 4])),
      "OptionError",
      "there is no task 'quantile'; known: classification",
    ],
    [
      "of a model file that is not known, trained on",
      () => trained(modelFor({ type: "quantile" }), pets),
      "OptionError",
      "there is no task 'quantile'",
    ],
    [
      "of a model file with an option that it does not have",
      () => evaluateModel(modelFor({ type: "segmentation", ignroe: 255 }), pets),
      "OptionError",
      "segmentation: there is no option 'ignroe'; did you mean ignore?",
    ],
    [
      "that a predictor is not for",
      () => evaluateModel(train.singleView(model), dataset("scenes", { image, seen, label }), { task: segmentation() }),
      "OptionError",
      "evaluate: a predictor is for classification, got the task segmentation; give the model itself",
    ],
  ]);
});

describe("a task of one's own", () => {
  const both = (wrong: Rules, batch: number): readonly (() => unknown)[] => [
    () => trained(scores, pets, { task: own(wrong), batch }),
    () => evaluateModel(model, pets, { task: own(wrong), batch, engine: "interpreter" }),
  ];

  it.each<[what: string, wrong: Rules, error: string, message: string]>([
    [
      "whose sums change their shape with the batch",
      { tally: ({ scores }: Given) => ({ all: scores }) },
      "ShapeError",
      "the sum all is [3,2] over the batches so far, this batch gives [1,2]; a task must give sums of one shape",
    ],
    [
      "whose loss is no scalar",
      { loss: ({ scores }: Given) => scores },
      "ShapeError",
      "own: the loss must be a scalar, got f32[3,2]; take the mean over the samples",
    ],
    ["whose loss is a number", { loss: () => 3 }, "ShapeError", "own: loss: takes symbolic tensors, got 3"],
    [
      "whose sum is a number",
      { tally: () => ({ n: 1 }) },
      "ShapeError",
      "own: tally: n: takes symbolic tensors, got 1",
    ],
  ])("%s", async (_, wrong, error, message) => {
    for (const program of both(wrong, 3))
      expect(await failureOf(program)).toEqual({ error, message: expect.stringContaining(message) });
  });

  fails([
    [
      "that collects other things than a row for each sample",
      () => evaluateModel(model, pets, { task: own({ collect: ({ scores }: Given) => ({ s: scores.mean(0) }) }) }),
      "ShapeError",
      "own: collect gives s as [2], expected a row for each of the 4 samples of the batch",
    ],
    [
      "whose best figure does not exist",
      () => trained(scores, pets, { task: own({ best: "recall" }), validation: pets }),
      "OptionError",
      "own: best is 'recall', but the figures are loss; figures must give it as a number",
    ],
    [
      "without a loss",
      () => defineTask(loose({ type: "own", options: {}, outputs: () => ({}) })),
      "OptionError",
      "defineTask: own needs loss, a function, got nothing",
    ],
  ]);
});

describe("inputs of predictions", () => {
  const pair = nn.Model.build(compare);
  const one = zeros([1, 1, 4, 4]);
  fails([
    [
      "as one array for several",
      () => predict(pair, one),
      "OptionError",
      "predict: the model has the inputs left, right; give a record of arrays, got an NdArray f32[1,1,4,4]",
    ],
    [
      "of which one is missing",
      () => predict(pair, { left: one }),
      "OptionError",
      "the model: the input 'right' is missing; got left",
    ],
    [
      "of which one is unknown",
      () => predict(pair, { left: one, right: one, up: one }),
      "OptionError",
      "the model: there is no input 'up'; known: left, right",
    ],
    [
      "by another name",
      () => predict(model, { image: one }),
      "OptionError",
      "the model: the input 'input' is missing; got image",
    ],
    [
      "of different numbers of samples",
      () => predict(pair, { left: one, right: zeros([2, 1, 4, 4]) }),
      "ShapeError",
      "the model: inputs have different numbers of samples: left 1, right 2",
    ],
    [
      "as nested lists",
      () => predict(model, loose([[1]])),
      "OptionError",
      "predict: input must be an NdArray, got [[1]]; array([…]) makes one of nested lists",
    ],
  ]);
});
