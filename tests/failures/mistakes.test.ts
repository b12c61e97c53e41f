/**
 * Mistakes of plain JavaScript, which no compiler sees: each ends in an error of ours that says what was expected, what came,
 * and what to change, and never in a TypeError from somewhere inside.
 */
import { describe, expect, it } from "vitest";
import * as dataRoom from "../../src/data/index.ts";
import * as main from "../../src/entries/main.ts";
import * as formatsRoom from "../../src/formats/index.ts";
import * as imageRoom from "../../src/image/index.ts";
import * as inspectRoom from "../../src/inspect/index.ts";
import * as modelsRoom from "../../src/models/index.ts";
import * as trainRoom from "../../src/train/index.ts";

/** The library as JavaScript sees it: anything may be called with anything. */
type Loose = ((...given: unknown[]) => Loose) & (new (...given: unknown[]) => Loose) & { [name: string]: Loose };
const loose = (value: unknown): Loose => value as Loose;

const fovea = loose(main);
const [data, formats, image] = [dataRoom, formatsRoom, imageRoom].map(loose);
const [inspect, models, train] = [inspectRoom, modelsRoom, trainRoom].map(loose);
const { nn, optim, zeros, array, NdArray, compile, f32, trace } = fovea;
const { fit, evaluateModel, predict, singleView, ensemble, cropVote, reportOn } = train;

const Variable = loose(main.Variable);

const set = {
  name: "x",
  images: main.zeros([12, 1, 8, 8]),
  labels: main.zeros([12], "i32"),
  classes: ["a", "b"],
};
const net = main.nn.sequential(main.nn.flatten(), main.nn.linear(2));
const model = loose(main.nn.Model.build(net, { input: [1, 8, 8] }));
const pic = imageRoom.arrayToPicture(main.zeros([1, 8, 8], "u8"));
const quiet = { epochs: 1, onNotice: () => {} };
const inTrace = (body: (x: unknown) => unknown): unknown => trace((x: unknown) => body(x), [f32(2, 3)]);

/** A tensor of a trace that is over. */
let stray: unknown;
trace(
  (x: unknown) => {
    stray = x;
    return x;
  },
  [f32(2, 3)],
);

type Row = readonly [what: string, program: () => unknown, error: string, message: string];

const mistakes: readonly Row[] = [
  [
    "fit([layers])",
    () => fit([nn.flatten(), nn.linear(2)], set),
    "OptionError",
    "fit: the network must be a layer or a model, got a list; put layers into nn.sequential(…)",
  ],
  [
    "fit(nn.relu)",
    () => fit(nn.relu, set),
    "OptionError",
    "fit: the network must be a layer or a model, got a function; layers are made by a call: nn.relu()",
  ],
  [
    "fit(undefined)",
    () => fit(undefined, set),
    "OptionError",
    "fit: the network must be a layer or a model, got nothing",
  ],
  [
    "fit promise model",
    () => fit(Promise.resolve(model), set),
    "OptionError",
    "fit: the network must be a layer or a model, got a Promise; did you forget await?",
  ],
  ["fit no data", () => fit(net), "DataError", "expected a data set, { name, images, labels, classes }, got nothing"],
  [
    "fit promise data",
    () => fit(net, Promise.resolve(set)),
    "DataError",
    "expected a data set, { name, images, labels, classes }, got a Promise; did you forget await?",
  ],
  [
    "fit data float array",
    () => fit(net, { ...set, images: new Float32Array(12 * 64) }),
    "DataError",
    "data set x: images must be an NdArray [count, …], got a Float32Array of 768; give the numbers a shape: new NdArray(numbers, [count, channels, height, width], dtype)",
  ],
  [
    "fit labels list",
    () => fit(net, { ...set, labels: [0, 1] }),
    "DataError",
    'data set x: labels must be an NdArray i32 [count], got [0,1]; such as array([0, 2, 1], "i32")',
  ],
  [
    "fit classes number",
    () => fit(net, { ...set, classes: 2 }),
    "DataError",
    'data set x: classes must be a list of their names, got 2; such as ["cat", "dog"]',
  ],
  [
    "fit null options",
    () => fit(net, set, null),
    "OptionError",
    "fit: options must be an object, { name: value, … }, got null",
  ],
  [
    "fit options number",
    () => fit(net, set, 5),
    "OptionError",
    "fit: options must be an object, { name: value, … }, got 5",
  ],
  [
    "fit epochs string",
    () => fit(net, set, { epochs: "5" }),
    "OptionError",
    'fit: epochs must be an integer of at least 1, got "5"',
  ],
  [
    "fit batch NaN",
    () => fit(net, set, { batch: NaN }),
    "OptionError",
    "fit: batch must be an integer of at least 1, got NaN",
  ],
  [
    "fit batch Inf",
    () => fit(net, set, { batch: Infinity }),
    "OptionError",
    "fit: batch must be an integer of at least 1, got Infinity",
  ],
  [
    "fit optimizer adm",
    () => fit(net, set, { ...quiet, optimizer: "adm" }),
    "OptionError",
    "there is no optimizer 'adm'; did you mean adam?",
  ],
  [
    "fit optimizer fn",
    () => fit(net, set, { optimizer: optim.adam }),
    "OptionError",
    "fit: optimizer must be an optimizer, such as adam(), or the name of one, got a function; call it: adam()",
  ],
  [
    "fit optimizer {}",
    () => fit(net, set, { optimizer: {} }),
    "OptionError",
    "fit: optimizer must be an optimizer, such as adam(), or the name of one, got an object",
  ],
  [
    "classification loss 3",
    () => train.classification({ loss: 3 }),
    "OptionError",
    "classification: loss must be a function (scores, labels) => loss, or one of the names crossEntropy, negativeLogLikelihood, multiMargin, meanSquaredError, mse, got 3",
  ],
  [
    "fit engine gpu",
    () => fit(net, set, { engine: "gpu" }),
    "OptionError",
    `there is no engine 'gpu'; known: ${main.engineNames.join(", ")}`,
  ],
  [
    "fit engine {}",
    () => fit(net, set, { engine: {} }),
    "OptionError",
    `fit: engine must be an engine, such as selectEngine("wasm"), or one of the names ${main.engineNames.join(", ")}, got an object`,
  ],
  [
    "fit validation true",
    () => fit(net, set, { validation: true }),
    "OptionError",
    "fit: validation must be a data set, or the share or number of training samples to hold out, got true",
  ],
  [
    "fit validation promise",
    () => fit(net, set, { validation: Promise.resolve(set) }),
    "OptionError",
    "fit: validation must be a data set, or the share or number of training samples to hold out, got a Promise; did you forget await?",
  ],
  [
    "fit validation 2",
    () => fit(net, set, { validation: 20 }),
    "OptionError",
    "validation: 20 of 12 samples cannot be set aside; give a share below 1, or a count below 12",
  ],
  [
    "fit store",
    () => fit(net, set, { store: "runs/x" }),
    "OptionError",
    'fit: store must be a run store, { saveCheckpoint, saveBest, logEpoch }, got "runs/x"; open one first: await createRunFolder("runs/x", {})',
  ],
  [
    "fit store promise",
    () => fit(net, set, { store: Promise.resolve({}) }),
    "OptionError",
    "fit: store must be a run store, { saveCheckpoint, saveBest, logEpoch }, got a Promise; did you forget await?",
  ],
  [
    "fit resume buffer",
    () => fit(net, set, { resume: new ArrayBuffer(3) }),
    "OptionError",
    "fit: resume must be the bytes of a checkpoint, a Uint8Array, got an ArrayBuffer",
  ],
  [
    "fit resume string",
    () => fit(net, set, { resume: "x" }),
    "OptionError",
    'fit: resume must be the bytes of a checkpoint, a Uint8Array, got "x"',
  ],
  [
    "fit augment flip",
    () => fit(net, set, { augment: data.flip }),
    "OptionError",
    "fit: augment must be a list of steps, such as [flip(), randomCrop({ padding: 4 })], got a function",
  ],
  ["fit signal", () => fit(net, set, { signal: true }), "OptionError", "fit: signal must be an AbortSignal, got true"],
  ["fit onEvent", () => fit(net, set, { onEvent: true }), "OptionError", "fit: onEvent must be a function, got true"],
  ["fit seed str", () => fit(net, set, { seed: "1" }), "OptionError", 'fit: seed must be a number, got "1"'],
  [
    "evaluate layer",
    () => evaluateModel(net, set),
    "OptionError",
    "evaluate: expects a model, got a layer; nn.Model.build(layer, { input }) makes a model, and fit trains one",
  ],
  ["evaluate result", () => evaluateModel({ model }, set), "OptionError", "evaluate: expects a model, got an object"],
  [
    "evaluate no data",
    () => evaluateModel(model),
    "DataError",
    "expected a data set, { name, images, labels, classes }, got nothing",
  ],
  [
    "evaluate promise",
    () => evaluateModel(fit(net, set, quiet), set),
    "OptionError",
    "evaluate: expects a model, got a Promise; did you forget await?",
  ],
  [
    "predict float",
    () => predict(model, new Float32Array(64)),
    "OptionError",
    "predict: input must be an NdArray, got a Float32Array of 64; give it a shape: new NdArray(data, shape, dtype)",
  ],
  [
    "predict layer",
    () => predict(net, zeros([1, 1, 8, 8])),
    "OptionError",
    "predict: expects a model, got a layer; nn.Model.build(layer, { input }) makes a model, and fit trains one",
  ],
  ["predict picture", () => predict(model, pic), "OptionError", "predict: input must be an NdArray, got an object"],
  [
    "predict one image w/o batch",
    () => predict(model, zeros([1, 8, 8])),
    "ShapeError",
    "the model takes inputs of shape [n,1,8,8], got f32[1,8,8]",
  ],
  [
    "predict opts null",
    () => predict(model, zeros([1, 1, 8, 8]), null),
    "OptionError",
    "predict: options must be an object, { name: value, … }, got null",
  ],
  [
    "singleView layer",
    () => singleView(net),
    "OptionError",
    "singleView: expects a model, got a layer; nn.Model.build(layer, { input }) makes a model, and fit trains one",
  ],
  [
    "cropVote null",
    () => cropVote(model, null),
    "OptionError",
    "cropVote: options must be an object, { name: value, … }, got null",
  ],
  [
    "ensemble models",
    () => ensemble([model, model]),
    "OptionError",
    "ensemble: expects a predictor, got a model; singleView(model) makes one of a model",
  ],
  [
    "ensemble model",
    () => ensemble(model),
    "OptionError",
    "ensemble: expects a list of predictors, such as [singleView(a), singleView(b)], got a function",
  ],
  [
    "reportOn",
    () => reportOn([[1, 2]], set),
    "OptionError",
    "reportOn: probabilities must be an NdArray, got [[1,2]]; array([…]) makes one of nested lists",
  ],
  [
    "topK",
    () => train.topKAccuracy([[1]], [0], 1),
    "OptionError",
    "topKAccuracy: scores must be an NdArray, got [[1]]; array([…]) makes one of nested lists",
  ],
  [
    "vote",
    () => train.vote(zeros([1, 2])),
    "OptionError",
    "vote: expects a list of probabilities [n, classes], got an NdArray f32[1,2]",
  ],
  [
    "openRunFolder number",
    () => train.openRunFolder(5),
    "OptionError",
    "openRunFolder: expects a path, a text that is not empty, got 5",
  ],
  [
    "Model.build list",
    () => nn.Model.build([nn.relu()], { input: [3] }),
    "OptionError",
    "Model.build: expects a layer, got a list; put layers into nn.sequential(…)",
  ],
  [
    "Model.build factory",
    () => nn.Model.build(nn.relu, { input: [3] }),
    "OptionError",
    "Model.build: expects a layer, got a function; layers are made by a call: nn.relu()",
  ],
  [
    "Model.build model",
    () => nn.Model.build(model, { input: [3] }),
    "OptionError",
    "Model.build: expects a layer, got a model; its layer is model.layer",
  ],
  [
    "Model.build no input",
    () => nn.Model.build(net),
    "OptionError",
    "Model.build: input must be the shape of one input, such as [1, 28, 28], got nothing",
  ],
  [
    "Model.build input number",
    () => nn.Model.build(net, { input: 3 }),
    "OptionError",
    "Model.build: input must be the shape of one input, such as [1, 28, 28], got 3",
  ],
  [
    "Model.fromBytes buffer",
    () => nn.Model.fromBytes(new ArrayBuffer(10)),
    "OptionError",
    "Model.fromBytes: expects bytes, a Uint8Array, got an ArrayBuffer; wrap it: new Uint8Array(buffer)",
  ],
  [
    "Model.fromBytes promise",
    () => nn.Model.fromBytes(Promise.resolve()),
    "OptionError",
    "Model.fromBytes: expects bytes, a Uint8Array, got a Promise; did you forget await?",
  ],
  [
    "Model.fromBytes string",
    () => nn.Model.fromBytes("model.safetensors"),
    "OptionError",
    'Model.fromBytes: expects bytes, a Uint8Array, got "model.safetensors"; read the file first: await readFile(path)',
  ],
  [
    "Model.load null",
    () => nn.Model.load(),
    "OptionError",
    "Model.load: expects a path, a text that is not empty, got nothing",
  ],
  [
    "model(NdArray) outside",
    () => model(zeros([1, 1, 8, 8])),
    "ShapeError",
    "the model: takes symbolic tensors, got an NdArray f32[1,1,8,8]; inside a trace, read() a Variable and wrap a host array with constant()",
  ],
  [
    "model(NdArray) inside",
    () => inTrace(() => model(zeros([1, 1, 8, 8]))),
    "ShapeError",
    "the model: takes symbolic tensors, got an NdArray f32[1,1,8,8]; inside a trace, read() a Variable and wrap a host array with constant()",
  ],
  [
    "model() inside",
    () => inTrace(() => model()),
    "ShapeError",
    "the model: takes symbolic tensors, got nothing; inside a trace, read() a Variable and wrap a host array with constant()",
  ],
  ["nn.conv2d()", () => nn.conv2d(), "OptionError", "conv2d: filters must be an integer of at least 1, got nothing"],
  [
    "nn.conv2d(8)",
    () => nn.conv2d(8),
    "OptionError",
    "conv2d: kernel must be an integer of at least 1, or one for each axis, got nothing",
  ],
  [
    "nn.conv2d('8')",
    () => nn.conv2d("8", { kernel: 3 }),
    "OptionError",
    'conv2d: filters must be an integer of at least 1, got "8"',
  ],
  ["nn.linear(-1)", () => nn.linear(-1), "OptionError", "linear: units must be an integer of at least 1, got -1"],
  ["nn.linear(NaN)", () => nn.linear(NaN), "OptionError", "linear: units must be an integer of at least 1, got NaN"],
  [
    "nn.linear(Infinity)",
    () => nn.linear(Infinity),
    "OptionError",
    "linear: units must be an integer of at least 1, got Infinity",
  ],
  [
    "nn.sequential([a,b])",
    () => nn.sequential([nn.relu(), nn.relu()]),
    "OptionError",
    "sequential: takes layers one by one, sequential(a, b), or as one record, got a list; spread it: sequential(...list)",
  ],
  [
    "nn.sequential(relu)",
    () => nn.sequential(nn.relu),
    "OptionError",
    "sequential: 0 must be a layer, such as relu(), got a function; call it: relu()",
  ],
  [
    "nn.sequential(model)",
    () => nn.sequential(model),
    "OptionError",
    "sequential: 0 must be a layer, such as relu(), got a function; its layer is model.layer",
  ],
  [
    "nn.sequential(promise)",
    () => nn.sequential(Promise.resolve(nn.relu())),
    "OptionError",
    "sequential: 0 must be a layer, such as relu(), got a Promise; did you forget await?",
  ],
  ["nn.residual()", () => nn.residual(), "OptionError", "residual: body must be a layer, such as relu(), got nothing"],
  [
    "nn.dropout('0.5')",
    () => nn.dropout("0.5"),
    "OptionError",
    'dropout: rate must be a number from 0 to 1, got "0.5"',
  ],
  [
    "nn.lstm null",
    () => nn.lstm(3, null),
    "OptionError",
    "lstm: options must be an object, { name: value, … }, got null",
  ],
  [
    "nn.batchNorm2d(64)",
    () => nn.batchNorm2d(64),
    "OptionError",
    "batchNorm2d: options must be an object, { name: value, … }, got 64",
  ],
  [
    "nn.defineLayer()",
    () => nn.defineLayer(),
    "OptionError",
    "defineLayer: expects { type, options, forward }, a name, a record of what its options take ({} for none) and a function (options, x, scope) => y, got nothing",
  ],
  [
    "nn.defineLayer no fwd",
    () => nn.defineLayer({ type: "x", options: {} }),
    "OptionError",
    "defineLayer: expects { type, options, forward }, a name, a record of what its options take ({} for none) and a function (options, x, scope) => y, got { type, options }",
  ],
  [
    "nn.toConvolutional(layer)",
    () => nn.toConvolutional(net),
    "OptionError",
    "toConvolutional: expects a model, got a layer; nn.Model.build(layer, { input }) makes a model, and fit trains one",
  ],
  [
    "nn.crossEntropy arrays",
    () => nn.crossEntropy(zeros([2, 3]), zeros([2], "i32")),
    "ShapeError",
    "crossEntropy: takes symbolic tensors, got an NdArray f32[2,3]; inside a trace, read() a Variable and wrap a host array with constant()",
  ],
  [
    "nn.crossEntropy one",
    () => inTrace((x: unknown) => nn.crossEntropy(x)),
    "ShapeError",
    "crossEntropy: takes symbolic tensors, got nothing; inside a trace, read() a Variable and wrap a host array with constant()",
  ],
  [
    "nn.mse number",
    () => inTrace((x: unknown) => nn.meanSquaredError(x, 1)),
    "ShapeError",
    "meanSquaredError: takes symbolic tensors, got 1; inside a trace, read() a Variable and wrap a host array with constant()",
  ],
  [
    "nn.weightedSum null",
    () => nn.weightedSum({ a: null }),
    "ShapeError",
    "weightedSum: the loss of a must be one number, got null; reduce it by mean or sum",
  ],
  [
    "optim.sgd(0.1)",
    () => optim.sgd(0.1),
    "OptionError",
    "sgd: options must be an object, { name: value, … }, got 0.1",
  ],
  [
    "optim.sgd null",
    () => optim.sgd(null),
    "OptionError",
    "sgd: options must be an object, { name: value, … }, got null",
  ],
  [
    "optim.adam lr NaN",
    () => optim.adam({ learningRate: NaN }),
    "OptionError",
    "adam: learningRate must be a number of at least 0, got NaN",
  ],
  [
    "optim.warmup(cosine)",
    () => optim.warmup(optim.cosine, { epochs: 1 }),
    "OptionError",
    "warmup: the first argument must be a schedule, such as cosine()",
  ],
  [
    "minimize str",
    () => inTrace((x: unknown) => optim.minimize(fovea.mean(x), "adam")),
    "OptionError",
    'minimize: expects an optimizer that was made before, such as adam(), got "adam"; its memory must outlive the step, so make it outside the traced function',
  ],
  [
    "minimize no loss",
    () => inTrace((_: unknown) => optim.minimize(undefined, optim.sgd())),
    "StateError",
    "minimize: the loss depends on no trainable variable",
  ],
  [
    "minimize variables wrong",
    () => inTrace((x: unknown) => optim.minimize(fovea.mean(x), optim.sgd(), { variables: [x] })),
    "OptionError",
    "minimize: variables must be a list of variables, such as model.variables, got [a Tensor f32[2,3]]",
  ],
  [
    "compile no types",
    () => compile((x: unknown) => x),
    "OptionError",
    "trace: expects a list of the inputs' types, such as [f32(128, 1, 28, 28)], got nothing",
  ],
  ["compile null", () => compile(null, []), "OptionError", "trace: expects a function over tensors, got null"],
  [
    "compile async",
    () => compile(async (x: unknown) => x, [f32(2)]),
    "StateError",
    "a traced function may return tensors in lists and records, got Promise; it must not be async",
  ],
  [
    "compile engine",
    () => compile((x: unknown) => x, [f32(2)], "wasm"),
    "OptionError",
    'compile: options must be an object, { name: value, … }, got "wasm"',
  ],
  [
    "compile call list",
    () => compile((x: unknown) => ({ x }), [f32(2)])([1, 2]),
    "ShapeError",
    "compiled for input 0 of type f32[2], called with [1,2]; compile again for other shapes",
  ],
  [
    "compile returns NdArray",
    () => compile(() => zeros([2]), []),
    "StateError",
    "a traced function may return tensors in lists and records, got NdArray; inside a trace, read() a Variable and wrap a host array with constant()",
  ],
  [
    "selectEngine null opts",
    () => fovea.selectEngine("wasm", null),
    "OptionError",
    "selectEngine: options must be an object, { name: value, … }, got null",
  ],
  ["zeros(3)", () => zeros(3), "ShapeError", "a shape is a list of lengths, such as [2, 3], got 3"],
  ["zeros(-1)", () => zeros([-1]), "ShapeError", "a shape is a list of lengths, such as [2, 3], got [-1]"],
  [
    "zeros dtype",
    () => zeros([2], "float32"),
    "ShapeError",
    "there is no element type float32, expected f32, f64, i32, u8, bool",
  ],
  ["full()", () => fovea.full([2]), "OptionError", "full: expects a number to fill the array with, got nothing"],
  ["array [str]", () => array(["a", "b"]), "ShapeError", 'array(): elements must be numbers, got "a"'],
  [
    "NdArray no shape",
    () => new NdArray(new Float32Array(2)),
    "ShapeError",
    "a shape is a list of lengths, such as [2, 3], got nothing",
  ],
  ["reshape num", () => zeros([4]).reshape(4), "ShapeError", "a shape is a list of lengths, such as [2, 3], got 4"],
  [
    "op outside",
    () => fovea.relu(zeros([2])),
    "ShapeError",
    "relu: x must be a symbolic tensor, got an NdArray f32[2]; inside a trace, read() a Variable and wrap a host array with constant()",
  ],
  [
    "op undefined",
    () => fovea.add(),
    "ShapeError",
    "add: at least one operand must be a tensor, got nothing and nothing",
  ],
  [
    "op stray",
    () => compile((x: unknown) => fovea.add(x, stray), [f32(2, 3)]),
    "StateError",
    "input0 f32[2,3] is an input of another traced function; a tensor cannot leave the function that it was made in: return it, and pass its value in",
  ],
  [
    "op array",
    () => inTrace((x: unknown) => fovea.add(x, zeros([2, 3]))),
    "ShapeError",
    "add: takes tensors and numbers, got an NdArray f32[2,3]; inside a trace, read() a Variable and wrap a host array with constant()",
  ],
  [
    "op list",
    () => inTrace((x: unknown) => fovea.add(x, [1, 2])),
    "ShapeError",
    "add: takes tensors and numbers, got [1,2]; inside a trace, read() a Variable and wrap a host array with constant()",
  ],
  [
    "op string",
    () => inTrace((x: unknown) => fovea.mul(x, "2")),
    "ShapeError",
    'mul: takes tensors and numbers, got "2"; inside a trace, read() a Variable and wrap a host array with constant()',
  ],
  [
    "matmul",
    () => inTrace((x: unknown) => fovea.matmul(x)),
    "ShapeError",
    "matmul: takes symbolic tensors, got nothing; inside a trace, read() a Variable and wrap a host array with constant()",
  ],
  [
    "sum axis str",
    () => inTrace((x: unknown) => fovea.sum(x, "1")),
    "ShapeError",
    'sum: axes must be a number or a list of numbers, got "1"',
  ],
  [
    "mean arr",
    () => inTrace(() => fovea.mean(zeros([2]))),
    "ShapeError",
    "mean: takes symbolic tensors, got an NdArray f32[2]; inside a trace, read() a Variable and wrap a host array with constant()",
  ],
  [
    "gradient",
    () => inTrace((x: unknown) => fovea.gradient(x)),
    "ShapeError",
    "gradient: takes a list of tensors to differentiate with respect to, got nothing",
  ],
  [
    "gradient of one",
    () => inTrace((x: unknown) => fovea.gradient(fovea.sum(x), x)),
    "ShapeError",
    "gradient: takes a list of tensors to differentiate with respect to, got a Tensor f32[2,3]",
  ],
  ["Variable", () => new Variable("x", 3), "OptionError", "variable x: its value must be an NdArray, got 3"],
  [
    "Variable value",
    () => {
      new Variable("x", zeros([2])).value = loose([1, 2]);
    },
    "OptionError",
    "variable x: its value must be an NdArray, got [1,2]; array([…]) makes one of nested lists",
  ],
  [
    "Variable in op",
    () => inTrace((x: unknown) => fovea.add(x, new Variable("v", zeros([2, 3])))),
    "ShapeError",
    "add: takes tensors and numbers, got a Variable; inside a trace, read() a Variable and wrap a host array with constant()",
  ],
  [
    "Variable assign",
    () => inTrace(() => new Variable("v", zeros([2])).assign(zeros([2]))),
    "StateError",
    "variable v was assigned an NdArray f32[2]; inside a trace, read() a Variable and wrap a host array with constant(), or set its .value",
  ],
  [
    "constant list",
    () => inTrace(() => fovea.constant([1, 2])),
    "OptionError",
    "constant: the value must be an NdArray, got [1,2]; array([…]) makes one of nested lists",
  ],
  [
    "digits number",
    () => data.digits(100),
    "OptionError",
    "digits: options must be an object, { name: value, … }, got 100",
  ],
  [
    "imageFolder()",
    () => data.imageFolder(),
    "OptionError",
    "imageFolder: expects a path, a text that is not empty, got nothing",
  ],
  [
    "holdOut promise",
    () => data.holdOut(Promise.resolve(set), 0.1, 1),
    "DataError",
    "expected a data set, { name, images, labels, classes }, got a Promise; did you forget await?",
  ],
  [
    "holdOut typo",
    () => data.holdOut(set, 0.1, 1, { stratify: true }),
    "OptionError",
    "holdOut: there is no option 'stratify'; known: stratified, together",
  ],
  [
    "firstSamples",
    () => data.firstSamples(set, "5"),
    "OptionError",
    'firstSamples: count must be an integer of at least 0, got "5"',
  ],
  [
    "subset out of range",
    () => data.subset(set, [99]),
    "OptionError",
    "subset: expects a list of numbers of samples, 0 to 11, got 99",
  ],
  [
    "sampleCount promise",
    () => data.sampleCount(Promise.resolve(set)),
    "DataError",
    "expected a data set, { name, images, labels, classes }, got a Promise; did you forget await?",
  ],
  [
    "alignClasses",
    () => data.alignClasses(set, "ab"),
    "OptionError",
    'alignClasses: expects a list of class names, got "ab"',
  ],
  [
    "augmentBatch",
    () => data.augmentBatch(data.flip()),
    "DataError",
    "expected a batch to augment, { images, labels }, got nothing",
  ],
  ["flip(1)", () => data.flip(1), "OptionError", "flip: options must be an object, { name: value, … }, got 1"],
  [
    "fiveCrop",
    () => data.fiveCrop(pic, { size: 3 }),
    "OptionError",
    "tenCrop: images must be an NdArray, got an object",
  ],
  [
    "readSafetensors buffer",
    () => formats.readSafetensors(new ArrayBuffer(9)),
    "OptionError",
    "readSafetensors: expects bytes, a Uint8Array, got an ArrayBuffer; wrap it: new Uint8Array(buffer)",
  ],
  [
    "writeSafetensors obj",
    () => formats.writeSafetensors({ a: zeros([1]) }),
    "OptionError",
    "writeSafetensors: expects a list of [name, array], got an object; Object.entries({ … }) makes one",
  ],
  [
    "readIdx",
    () => (formats.readIdx ?? formats.decodeIdx)(new ArrayBuffer(3)),
    "OptionError",
    "readIdx: expects bytes, a Uint8Array, got an ArrayBuffer; wrap it: new Uint8Array(buffer)",
  ],
  [
    "decodePng",
    () => image.decodePng(new ArrayBuffer(3)),
    "OptionError",
    "decodePng: expects bytes, a Uint8Array, got an ArrayBuffer; wrap it: new Uint8Array(buffer)",
  ],
  [
    "readPicture str",
    () => image.readPicture("x.png"),
    "OptionError",
    'readPicture: expects bytes, a Uint8Array, got "x.png"; read the file first: await readFile(path)',
  ],
  [
    "writePicture swapped",
    () => image.writePicture(pic, "x.png"),
    "OptionError",
    "writePicture: expects a path, a text that is not empty, got an object",
  ],
  [
    "pictureToArray promise",
    () => image.pictureToArray(Promise.resolve(pic)),
    "OptionError",
    "pictureToArray: expects a picture, { width, height, channels, data }, got a Promise; did you forget await?",
  ],
  [
    "arrayToPicture",
    () => image.arrayToPicture(new Float32Array(3)),
    "OptionError",
    "arrayToPicture: the picture must be an NdArray, got a Float32Array of 3; give it a shape: new NdArray(data, shape, dtype)",
  ],
  [
    "resize promise",
    () => image.resize(Promise.resolve(pic), 4, 4),
    "OptionError",
    "resize: expects a picture, { width, height, channels, data }, got a Promise; did you forget await?",
  ],
  [
    "pictureGrid",
    () => image.pictureGrid(),
    "OptionError",
    "pictureGrid: expects a list of cells, { picture, caption }, got nothing",
  ],
  [
    "lenet5(10)",
    () => models.lenet5?.(10),
    "OptionError",
    "lenet5: options must be an object, { name: value, … }, got 10",
  ],
  [
    "summarize layer",
    () => (inspect.summarize ?? inspect.summary)?.(net),
    "OptionError",
    "summarize: expects a model, got a layer; nn.Model.build(layer, { input }) makes a model, and fit trains one",
  ],
  [
    "conv of arrays",
    () => fovea.conv(zeros([1, 1, 4, 4]), zeros([1, 1, 3, 3])),
    "ShapeError",
    "conv: takes symbolic tensors, got an NdArray f32[1,1,4,4]; inside a trace, read() a Variable and wrap a host array with constant()",
  ],
  [
    "conv(x, filters, null)",
    () => trace((x: unknown) => fovea.conv(x, x, null), [f32(1, 1, 3, 3)]),
    "OptionError",
    "conv: options must be an object, { name: value, … }, got null",
  ],
  ...["convTranspose", "maxUnpool"].map(
    (name): Row => [
      `${name} of nothing`,
      () => fovea[name](),
      "ShapeError",
      `${name}: takes symbolic tensors, got nothing; inside a trace, read() a Variable and wrap a host array with constant()`,
    ],
  ),
  ...["pad", "padReflect", "upsampleNearest", "oneHot", "flatten", "globalAvgPool", "standardize", "gru"].map(
    (name): Row => [
      `${name} of an array`,
      () => fovea[name](zeros([2, 3]), {}),
      "ShapeError",
      `${name}: takes symbolic tensors, got an NdArray f32[2,3]; inside a trace, read() a Variable and wrap a host array with constant()`,
    ],
  ),
  [
    "pad(x, 1)",
    () => inTrace((x) => fovea.pad(x, 1)),
    "OptionError",
    "pad: expects [before, after] for each axis, such as [[0, 0], [1, 2]], got 1",
  ],
  [
    "createWasmEngine(null)",
    () => fovea.createWasmEngine(null),
    "OptionError",
    "createWasmEngine: options must be an object, { name: value, … }, got null",
  ],
  [
    "createX64Engine({ instructions: 'sse' })",
    () => fovea.createX64Engine({ instructions: "sse" }),
    "OptionError",
    'instructions must be avx512 or avx2, got "sse"',
  ],
  ["fill(0)", () => fovea.fill(0), "ShapeError", "a shape is a list of lengths, such as [2, 3], got nothing"],
  ["globalNorm([])", () => optim.globalNorm([]), "OptionError", "globalNorm: expects at least one tensor, got none"],
  [
    "globalNorm(x)",
    () => inTrace((x) => optim.globalNorm(x)),
    "OptionError",
    "globalNorm: expects a list of tensors, got a Tensor f32[2,3]",
  ],
  ["drawLine(pic)", () => image.drawLine(pic), "OptionError", "drawLine: expects a place, { x, y }, got nothing"],
  [
    "picturesToBatch(pic)",
    () => image.picturesToBatch(pic),
    "OptionError",
    "picturesToBatch: expects a list of pictures, got an object",
  ],
  [
    "takePictures()",
    () => data.takePictures(),
    "OptionError",
    "takePictures: expects the images of a data set, got nothing",
  ],
  [
    "takePictures of a list",
    () => data.takePictures(set.images, [1]),
    "OptionError",
    "takePictures: expects an Int32Array of numbers below 12, got [1]",
  ],
  [
    "gelu of another name",
    () => inTrace((x) => fovea.gelu(x, { approximate: "erf" })),
    "OptionError",
    "gelu: approximate must be one of 'none', 'tanh', got \"erf\"",
  ],
  [
    "softplus null options",
    () => inTrace((x) => fovea.softplus(x, null)),
    "OptionError",
    "softplus: options must be an object, { name: value, … }, got null",
  ],
  [
    "matmul option unknown",
    () => inTrace((x) => fovea.matmul(x, x, { transpose_b: true })),
    "OptionError",
    "matmul: there is no option 'transpose_b'; did you mean transposeB?",
  ],
  [
    "split sizes number",
    () => inTrace((x) => fovea.split(x, 3)),
    "OptionError",
    "split: sizes must be a list of integers of at least 0, got 3",
  ],
  [
    "turns too many",
    () => nn.turns(1e12),
    "OptionError",
    "turns: expects a whole number from 1 to 5760, got 1000000000000",
  ],
  [
    "mirrored number",
    () => nn.mirrored(4),
    "OptionError",
    "mirrored: expects a list of transforms, such as turns(4), got 4",
  ],
  [
    "scaled without scales",
    () => nn.scaled(nn.turns(4)),
    "OptionError",
    "scaled: expects a list of scales, numbers above 0, got nothing",
  ],
  [
    "rnn activation",
    () => inTrace((x) => fovea.rnn(x, {}, { activation: "gru" })),
    "OptionError",
    "rnn: activation must be 'tanh' or 'relu', got \"gru\"",
  ],
  [
    "lstm option unknown",
    () => inTrace((x) => fovea.lstm(x, {}, { initialState: 1 })),
    "OptionError",
    "lstm: there is no option 'initialState'; known: initial, lengths, between",
  ],
  [
    "embedding null options",
    () => nn.embedding(4, 2, null),
    "OptionError",
    "embedding: options must be an object, { name: value, … }, got null",
  ],
  [
    "withAverages without work",
    () => optim.withAverages(optim.sgd()),
    "OptionError",
    "withAverages: expects a function to call meanwhile, got nothing",
  ],
  [
    "fit augment of lists",
    () => fit(net, set, { augment: [[1]] }),
    "OptionError",
    "fit: augment must be a list of steps, which calls make: flip(); got [1]",
  ],
  [
    "picture of a canvas",
    () => image.toFloats({ width: 1, height: 1, channels: 1, data: new Uint8ClampedArray(1) }),
    "OptionError",
    "toFloats: the picture's data must be a Uint8Array or a Float32Array, got an Uint8ClampedArray of 1; bytes of a canvas become that by new Uint8Array(data)",
  ],
  [
    "picture of a list",
    () => image.toBytes({ width: 1, height: 1, channels: 1, data: [255] }),
    "OptionError",
    "toBytes: the picture's data must be a Uint8Array or a Float32Array, got [255]",
  ],
  [
    "crop without a part",
    () => image.crop(pic),
    "OptionError",
    "crop: options must be an object, { name: value, … }, got nothing",
  ],
  [
    "encodePicture null options",
    () => image.encodePicture(pic, null),
    "OptionError",
    "encodePicture: options must be an object, { name: value, … }, got null",
  ],
  [
    "encodePicture option unknown",
    () => image.encodePicture(pic, { type: "jpeg" }),
    "OptionError",
    "encodePicture: there is no option 'type'; known: format, quality, text",
  ],
  [
    "markPoints of one",
    () => image.markPoints(pic, { x: 1, y: 1 }),
    "OptionError",
    "markPoints: expects a list of points, { x, y }, got an object",
  ],
  [
    "drawKeypoints of sift's answer",
    () => image.drawKeypoints(pic, { keypoints: [] }),
    "OptionError",
    "drawKeypoints: expects a list of keypoints, as sift finds them, got an object",
  ],
  [
    "matchDescriptors of lists",
    () => image.matchDescriptors([[1]], [[1]]),
    "OptionError",
    "matchDescriptors: a must be an NdArray, got [[1]]; array([…]) makes one of nested lists",
  ],
  [
    "warpAffine rows",
    () =>
      image.warpAffine(pic, [
        [1, 0, 0],
        [0, 1, 0],
      ]),
    "OptionError",
    "invertAffine: expects an affine map, six numbers [a, b, c, d, e, f], got [[1,0,0],[0,1,0]]",
  ],
  [
    "writeSafetensors of numbers",
    () => formats.writeSafetensors([1, 2]),
    "OptionError",
    "writeSafetensors: an entry must be [name, array], got 1",
  ],
  [
    "vote without rows",
    () => train.vote([[0.5, 0.5]]),
    "OptionError",
    "vote: scores must be an NdArray, got [0.5,0.5]; array([…]) makes one of nested lists",
  ],
  [
    "vote null",
    () => train.vote([array([[0.5, 0.5]])], null),
    "OptionError",
    "vote: voting must be one of probabilities, classes, got null",
  ],
  [
    "boxIoU of lists",
    () => train.boxIoU([[0, 0, 1, 1]], [[0, 0, 1, 1]]),
    "OptionError",
    "boxIoU: boxes must be an NdArray, got [[0,0,1,1]]; array([…]) makes one of nested lists",
  ],
  [
    "classCounts of labels",
    () => data.classCounts(set.labels),
    "DataError",
    'data set without a name: labels must be an NdArray i32 [count], got nothing; such as array([0, 2, 1], "i32")',
  ],
  [
    "balancedWeights promise",
    () => data.balancedWeights(Promise.resolve(set)),
    "DataError",
    "expected a data set, { name, images, labels, classes }, got a Promise; did you forget await?",
  ],
  [
    "classCounts of a label too high",
    () => data.classCounts({ labels: array([0, 5], "i32"), classes: ["a", "b"] }),
    "DataError",
    "classCounts: label 1 is 5; there are 2 classes, counted from 0",
  ],
  [
    "inputShape of pictures",
    () => data.inputShape(set.images),
    "DataError",
    "data set without a name: images must be an NdArray [count, …], got nothing; give the numbers a shape: new NdArray(numbers, [count, channels, height, width], dtype)",
  ],
  [
    "inTurns nothing",
    () => data.inTurns(),
    "DataError",
    "expected a data set, { name, images, labels, classes }, got nothing",
  ],
];

describe("a mistake", () => {
  it.each(mistakes)("%s", async (_, program, name, message) => {
    const error: unknown = await (async () => program())().then(
      () => "no error",
      (error) => error,
    );
    expect(error).toBeInstanceOf(main.FoveaError);
    const { name: got, message: text } = error as Error;
    expect([got, text]).toEqual([name, message]);
  });
});

describe("names", () => {
  it.each([
    { optimizer: "adam" },
    { schedule: "cosine" },
    { task: trainRoom.classification({ loss: "mse" }) },
    { engine: "interpreter" },
    { validation: 0.25 },
  ])("stand for what they name: %o", async (options) => {
    const few = dataRoom.firstSamples(set, 4);
    const { history } = (await fit(net, few, { ...quiet, ...options })) as unknown as trainRoom.FitResult;
    expect(history).toHaveLength(1);
  });
});
