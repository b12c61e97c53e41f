/** The jobs that are measured: what is computed, its number of operations, and its name. Peers get them as JSON. */
import type { PixelJob } from "./pixel-steps.ts";
import type { TextJob } from "./text-jobs.ts";

/** A convolution without bias; `backward` adds the gradients of input and filters. */
export interface ConvJob {
  readonly kind: "conv";
  /** [n, channels, height, width] */
  readonly input: readonly [number, number, number, number];
  /** [filters, channels, height, width] */
  readonly filters: readonly [number, number, number, number];
  readonly stride: number;
  readonly padding: number;
  readonly backward: boolean;
}

/** The product of two square matrices. */
export interface MatmulJob {
  readonly kind: "matmul";
  readonly size: number;
}

/** A training step of LeNet-5 on images of 28×28: cross-entropy, and SGD with momentum 0.9. */
export interface LenetJob {
  readonly kind: "lenet";
  readonly batch: number;
}

/** A training step of an LSTM over sequences [batch, steps, channels]: the mean of its outputs' squares, and SGD. */
export interface RecurrentJob {
  readonly kind: "recurrent";
  readonly batch: number;
  readonly steps: number;
  readonly channels: number;
  readonly units: number;
}

/**
 * The two 3×3 convolutions of a residual block in training, with or without the other layers of the block: forward, and the gradients of input and parameters for given derivatives of the output.
 */
export interface ResidualJob {
  readonly kind: "residual";
  /** [n, channels, height, width], which is the output's shape too. */
  readonly input: readonly [number, number, number, number];
  /** Batch normalization after each convolution. */
  readonly norm: boolean;
  /** ReLU before the second convolution and at the end. */
  readonly activation: boolean;
  /** The input is added to the output of the second convolution. */
  readonly add: boolean;
}

/** A row of the table in `chains.ts`. */
export interface ChainJob {
  readonly kind: "elementwise";
  readonly name: string;
}

/** A network of `fovea/models` on pictures: a prediction, or a training step with cross-entropy and SGD with momentum 0.9. */
export interface NetJob {
  readonly kind: "net" | "netStep";
  /** As `architectures` and torchvision call it. */
  readonly name: string;
  readonly batch: number;
  /** [channels, height, width] */
  readonly input: readonly [number, number, number];
}

export type PeerJob = ConvJob | MatmulJob | LenetJob | RecurrentJob | ResidualJob | NetJob | PixelJob | TextJob;
export type Job = PeerJob | ChainJob;

/** A job with its name, and the amount of one run in the unit of its section. */
export interface Work<J extends Job = Job> {
  readonly job: J;
  readonly title: string;
  readonly amount: number;
}

/** Output height and width. */
export function outputSize({ input, filters, stride, padding }: ConvJob): [number, number] {
  const along = (axis: 2 | 3): number => Math.floor((input[axis] + 2 * padding - filters[axis]) / stride) + 1;
  return [along(2), along(3)];
}

/** Floating-point operations; a multiply-add is two. Each gradient takes as many as the forward pass. */
export function convFlops(job: ConvJob): number {
  const [height, width] = outputSize(job);
  const multiplyAdds = job.input[0] * height * width * job.filters.reduce((product, n) => product * n, 1);
  return 2 * multiplyAdds * (job.backward ? 3 : 1);
}

/** n, channels, side of the input; filters, side of the filters; stride. */
const layers = [
  [8, 64, 56, 64, 3, 1],
  [8, 128, 28, 128, 3, 1],
  [8, 256, 14, 256, 3, 1],
  [8, 3, 224, 64, 7, 2],
  [8, 256, 14, 1024, 1, 1],
  [32, 16, 28, 32, 3, 1],
] as const;

/** A convolution of square maps with square filters and the padding that keeps their size. */
export interface SquareConv {
  readonly batch: number;
  readonly channels: number;
  /** Of the input. */
  readonly side: number;
  readonly filters: number;
  readonly kernel: number;
  readonly stride: number;
}

export function convWork({ batch, channels, side, filters, kernel, stride }: SquareConv, backward: boolean) {
  const job: ConvJob = {
    kind: "conv",
    input: [batch, channels, side, side],
    filters: [filters, channels, kernel, kernel],
    stride,
    padding: (kernel - 1) / 2,
    backward,
  };
  const stepping = stride > 1 ? ` /${stride}` : "";
  const title = `${batch}×${channels}×${side}², ${filters} of ${kernel}×${kernel}${stepping}`;
  return { job, title, amount: convFlops(job) };
}

export const convWorks = (backward: boolean): Work<ConvJob>[] =>
  layers.map(([batch, channels, side, filters, kernel, stride]) =>
    convWork({ batch, channels, side, filters, kernel, stride }, backward),
  );

export const matmulWorks = (): Work<MatmulJob>[] =>
  [256, 512, 1024].map((size) => ({ job: { kind: "matmul", size }, title: `${size}³`, amount: 2 * size ** 3 }));

export const lenetWorks = (): Work<LenetJob>[] =>
  [1, 32, 128].map((batch) => ({ job: { kind: "lenet", batch }, title: `batch ${batch}`, amount: batch }));

/**
 * Floating-point operations of the matrix products of a step. Forward, each of the four gates takes channels + units
 * multiply-adds; the gradients of the weights take as many, and that of the states units more; the input has no gradient.
 */
export const recurrentFlops = ({ batch, steps, channels, units }: RecurrentJob): number =>
  2 * batch * steps * 4 * units * (2 * channels + 3 * units);

export function recurrentWorks(): Work<RecurrentJob>[] {
  const job: RecurrentJob = { kind: "recurrent", batch: 32, steps: 64, channels: 256, units: 256 };
  const title = `${job.units} units, ${job.steps} steps, batch ${job.batch}`;
  return [{ job, title, amount: recurrentFlops(job) }];
}

/** Each row adds to the one before it. */
const blocks = [
  { title: "two convolutions", norm: false, activation: false, add: false },
  { title: "with batch norm", norm: true, activation: false, add: false },
  { title: "with batch norm, ReLU", norm: true, activation: true, add: false },
  { title: "the whole: batch norm, ReLU, sum", norm: true, activation: true, add: true },
] as const;

export const residualWorks = (): Work<ResidualJob>[] =>
  blocks.map(({ title, ...parts }) => {
    const job: ResidualJob = { kind: "residual", input: [32, 64, 28, 28], ...parts };
    return { job, title, amount: job.input[0] };
  });

const IMAGENET_INPUT = [3, 224, 224] as const;

/** The networks whose predictions are measured, by the names of `architectures`. */
export const predictedNets = {
  alexnet: "AlexNet",
  vgg16: "VGG-16",
  googlenet: "GoogLeNet",
  resnet18: "ResNet-18",
  resnet50: "ResNet-50",
  densenet121: "DenseNet-121",
  squeezenet1_1: "SqueezeNet 1.1",
  mobilenet_v2: "MobileNetV2",
} as const;

export const netWorks = (): Work<NetJob>[] =>
  Object.entries(predictedNets).flatMap(([name, title]) =>
    [1, 8].map((batch) => ({
      job: { kind: "net", name, batch, input: IMAGENET_INPUT },
      title: `${title}, batch ${batch}`,
      amount: batch,
    })),
  );

const trainedNets = [
  ["resnet18", 8],
  ["resnet50", 8],
  ["mobilenet_v2", 32],
] as const;

export const netStepWorks = (): Work<NetJob>[] =>
  trainedNets.map(([name, batch]) => ({
    job: { kind: "netStep", name, batch, input: IMAGENET_INPUT },
    title: `${predictedNets[name]}, batch ${batch}`,
    amount: batch,
  }));
