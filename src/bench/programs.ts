/** The jobs in Fovea: ordinary functions over tensors, compiled once, with their state in variables. */
import { zeros } from "../array/index.ts";
import { compile, type Engine } from "../engines/index.ts";
import { f32, i32, type Tensor, Variable } from "../graph/index.ts";
import { lenet5 } from "../models/index.ts";
import {
  batchNorm2d,
  conv2d,
  crossEntropy,
  globalAvgPool,
  type Layer,
  linear,
  lstm,
  Model,
  relu,
  residual,
  sequential,
} from "../nn/index.ts";
import { convOp, filterGradientOp, gradient, inputGradientOp, matmul, mean, square } from "../ops/index.ts";
import { minimize, sgd } from "../optim/index.ts";
import { chainOf } from "./chains.ts";
import { type ConvJob, type Job, outputSize, type RecurrentJob, type ResidualJob } from "./jobs.ts";
import { netStep, prediction } from "./nets.ts";
import { labels, uniform } from "./numbers.ts";
import { pixelStep } from "./pixel-steps.ts";
import { languageStep, sentenceStep, writingStep } from "./text-programs.ts";

/** One run of a job. */
export type Run = () => Promise<unknown>;

/** @throws CapabilityError when the engine cannot */
export function programFor(job: Job, engine: Engine): Run {
  switch (job.kind) {
    case "conv":
      return compile(convBody(job), [], { engine });
    case "matmul":
      return compile(matmulBody(job.size), [], { engine });
    case "elementwise":
      return compile(chainOf(job), [], { engine });
    case "lenet":
      return lenetStep(job.batch, engine);
    case "recurrent":
      return lstmStep(job, engine);
    case "residual":
      return compile(residualBody(job), [], { engine });
    case "language":
      return languageStep(job, engine);
    case "writing":
      return writingStep(job, engine);
    case "sentences":
      return sentenceStep(job, engine);
    case "net":
      return prediction(job, engine);
    case "pixels":
      return pixelStep(job, engine);
    case "netStep":
      return netStep(job, engine);
  }
}

const variable = (name: string, shape: readonly number[]): Variable => new Variable(name, uniform(name, shape));
const result = (name: string, shape: readonly number[]): Variable => new Variable(name, zeros(shape));

/** Input and filters stay the same; the output, and both gradients for given derivatives of the output, are kept. */
function convBody(job: ConvJob): () => void {
  const { input, filters, stride, padding, backward } = job;
  const outputShape = [input[0], filters[0], ...outputSize(job)];
  const attributes = { stride: [stride, stride], padding: Array(4).fill(padding), dilation: [1, 1], groups: 1 };
  const [x, w, dy] = [variable("x", input), variable("w", filters), variable("dy", outputShape)];
  const [y, dx, dw] = [result("y", outputShape), result("dx", input), result("dw", filters)];
  return () => {
    y.assign(convOp([x.read(), w.read()], attributes));
    if (!backward) return;
    dx.assign(inputGradientOp([dy.read(), w.read()], { ...attributes, size: input.slice(2) }));
    dw.assign(filterGradientOp([x.read(), dy.read()], { ...attributes, kernel: filters.slice(2) }));
  };
}

function matmulBody(size: number): () => void {
  const [a, b] = [variable("a", [size, size]), variable("b", [size, size])];
  const c = result("c", [size, size]);
  return () => c.assign(matmul(a.read(), b.read()));
}

/** One training step of a new LeNet-5. */
export function lenetStep(batch: number, engine: Engine): Run {
  const input = [1, 28, 28];
  const classes = 10;
  const model = Model.build(lenet5({ input, classes }), { input });
  const optimizer = sgd({ learningRate: 0.01, momentum: 0.9 });
  const body = (images: Tensor, targets: Tensor) => {
    const loss = crossEntropy(model(images, { training: true }), targets);
    minimize(loss, optimizer);
    return { loss };
  };
  const step = compile(body, [f32(batch, ...input), i32(batch)], { engine });
  const [images, targets] = [uniform("images", [batch, ...input]), labels(batch, classes)];
  return () => step(images, targets);
}

/** One training step of a new LSTM. */
export function lstmStep({ batch, steps, channels, units }: RecurrentJob, engine: Engine) {
  const input = [steps, channels];
  const model = Model.build(lstm(units), { input });
  const optimizer = sgd({ learningRate: 0.01 });
  const body = (x: Tensor) => {
    const loss = mean(square(model(x, { training: true })));
    minimize(loss, optimizer);
    return { loss };
  };
  const step = compile(body, [f32(batch, ...input)], { engine });
  const sequences = uniform("sequences", [batch, ...input]);
  return () => step(sequences);
}

function residualBlock({ input: [, channels], norm, activation, add }: ResidualJob): Layer {
  const convolution = (): Layer[] => [
    conv2d(channels, { kernel: 3, padding: 1, bias: false }),
    ...(norm ? [batchNorm2d()] : []),
  ];
  const between = activation ? [relu()] : [];
  const body = sequential(...convolution(), ...between, ...convolution());
  return sequential(add ? residual(body) : body, ...between);
}

/** The time that the training step of a new chain of residual blocks takes to compile, in milliseconds. */
export async function residualChainStep(convolutions: number, batch: number, engine: Engine): Promise<number> {
  const input = [16, 16, 16] as const;
  const block = residualBlock({
    kind: "residual",
    input: [batch, 16, 16, 16],
    norm: true,
    activation: true,
    add: true,
  });
  const blocks = Array.from({ length: (convolutions - 1) / 2 }, () => block);
  const model = Model.build(sequential(conv2d(16, { kernel: 3, padding: 1 }), ...blocks, globalAvgPool(), linear(10)), {
    input,
  });
  const optimizer = sgd({ learningRate: 0.01, momentum: 0.9 });
  const body = (images: Tensor, targets: Tensor) => {
    minimize(crossEntropy(model(images, { training: true }), targets), optimizer);
  };
  const start = performance.now();
  await compile(body, [f32(batch, ...input), i32(batch)], { engine }).ready;
  return performance.now() - start;
}

/** The output, and the gradients of input and parameters for given derivatives of the output, are kept. */
export function residualBody(job: ResidualJob): () => void {
  const model = Model.build(residualBlock(job), { input: job.input.slice(1) });
  const [x, dy, y] = [variable("x", job.input), variable("dy", job.input), result("y", job.input)];
  const sources = [x, ...model.variables.filter(({ trainable }) => trainable)];
  const slopes = sources.map(({ name, shape }) => result(`d ${name}`, shape));
  return () => {
    const output = model(x.read(), { training: true });
    y.assign(output);
    const wanted = sources.map((source) => source.read());
    const gradients = gradient(output, wanted, { outputGradient: dy.read() });
    for (const [i, slope] of slopes.entries()) slope.assign(gradients[i]);
  };
}
