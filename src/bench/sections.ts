/** The parts of `fovea bench`, in the order in which they are measured. */
import { chainWorks } from "./chains.ts";
import {
  convWorks,
  type Job,
  lenetWorks,
  matmulWorks,
  netStepWorks,
  netWorks,
  recurrentWorks,
  residualWorks,
  type Work,
} from "./jobs.ts";
import { layerWorks } from "./layers.ts";
import { pixelWorks } from "./pixel-steps.ts";
import { languageWorks, sentenceWorks, writingWorks } from "./text-jobs.ts";

/** The parts that can be chosen. */
export const topics = [
  "peak",
  "lenet",
  "conv",
  "matmul",
  "recurrent",
  "language",
  "sentences",
  "residual",
  "elementwise",
  "nets",
  "training",
  "pixels",
  "layers",
] as const;
export type Topic = (typeof topics)[number];

export interface Section {
  readonly topic: Topic;
  readonly title: string;
  readonly unit: "ms" | "GFLOP/s" | "GB/s";
  /** What the figures of Fovea's engines are shares of. */
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
    topic: "recurrent",
    title: "LSTM, one training step",
    unit: "GFLOP/s",
    reference: "peak",
    works: recurrentWorks,
  },
  {
    topic: "language",
    title: "Language model, one training step",
    unit: "GFLOP/s",
    reference: "peak",
    works: languageWorks,
  },
  {
    topic: "language",
    title: "Language model, one token of a text",
    unit: "ms",
    works: writingWorks,
  },
  {
    topic: "sentences",
    title: "Convolution over sentences, one training step",
    unit: "ms",
    works: sentenceWorks,
  },
  {
    topic: "residual",
    title: "Residual block, forward and all gradients",
    unit: "ms",
    works: residualWorks,
  },
  {
    topic: "elementwise",
    title: "Elementwise chains and reductions",
    unit: "GB/s",
    reference: "copy",
    works: chainWorks,
  },
  {
    topic: "nets",
    title: "Networks, one prediction",
    unit: "ms",
    works: netWorks,
  },
  {
    topic: "training",
    title: "Networks, one training step",
    unit: "ms",
    works: netStepWorks,
  },
  {
    topic: "pixels",
    title: "Segmentation, one training step",
    unit: "ms",
    works: pixelWorks,
  },
  {
    topic: "layers",
    title: "Convolutions of ResNet-50, batch 8, forward",
    unit: "GFLOP/s",
    reference: "peak",
    works: () => layerWorks(false),
  },
  {
    topic: "layers",
    title: "Convolutions of ResNet-50, batch 8, forward and both gradients",
    unit: "GFLOP/s",
    reference: "peak",
    works: () => layerWorks(true),
  },
];
