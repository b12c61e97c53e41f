/** The jobs that are measured: what is computed, what that comes to, and what it is called. Peers get them as JSON. */

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

/** A row of the table in `chains.ts`. */
export interface ChainJob {
  readonly kind: "elementwise";
  readonly name: string;
}

export type PeerJob = ConvJob | MatmulJob | LenetJob;
export type Job = PeerJob | ChainJob;

/** A job with its name, and what one run comes to in the unit of its section. */
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

/** Floating-point operations, of which a multiply-add has two. The gradients take as many as the forward pass, each. */
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

export const convWorks = (backward: boolean): Work<ConvJob>[] =>
  layers.map(([n, channels, side, filters, kernel, stride]) => {
    const job: ConvJob = {
      kind: "conv",
      input: [n, channels, side, side],
      filters: [filters, channels, kernel, kernel],
      stride,
      padding: (kernel - 1) / 2,
      backward,
    };
    const stepping = stride > 1 ? ` /${stride}` : "";
    const title = `${n}×${channels}×${side}², ${filters} of ${kernel}×${kernel}${stepping}`;
    return { job, title, amount: convFlops(job) };
  });

export const matmulWorks = (): Work<MatmulJob>[] =>
  [256, 512, 1024].map((size) => ({ job: { kind: "matmul", size }, title: `${size}³`, amount: 2 * size ** 3 }));

export const lenetWorks = (): Work<LenetJob>[] =>
  [1, 32, 128].map((batch) => ({ job: { kind: "lenet", batch }, title: `batch ${batch}`, amount: batch }));
