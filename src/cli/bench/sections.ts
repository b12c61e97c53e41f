/** The parts of `fovea bench`, in the order in which they are measured. */
import { chainWorks } from "./chains.ts";
import { convWorks, type Job, lenetWorks, matmulWorks, type Work } from "./jobs.ts";

/** What people ask for. */
export const topics = ["peak", "lenet", "conv", "matmul", "elementwise"] as const;
export type Topic = (typeof topics)[number];

export interface Section {
  readonly topic: Topic;
  readonly title: string;
  readonly unit: "ms" | "GFLOP/s" | "GB/s";
  /** What Fovea's figures are shares of. */
  readonly reference?: "peak" | "copy";
  readonly works: () => readonly Work<Job>[];
}

export const sections: readonly Section[] = [
  {
    topic: "lenet",
    title: "LeNet-5, one training step",
    unit: "ms",
    works: lenetWorks,
  },
  {
    topic: "conv",
    title: "Convolution, forward",
    unit: "GFLOP/s",
    reference: "peak",
    works: () => convWorks(false),
  },
  {
    topic: "conv",
    title: "Convolution, forward and both gradients",
    unit: "GFLOP/s",
    reference: "peak",
    works: () => convWorks(true),
  },
  {
    topic: "matmul",
    title: "Matrix product",
    unit: "GFLOP/s",
    reference: "peak",
    works: matmulWorks,
  },
  {
    topic: "elementwise",
    title: "Elementwise chains and reductions",
    unit: "GB/s",
    reference: "copy",
    works: chainWorks,
  },
];
