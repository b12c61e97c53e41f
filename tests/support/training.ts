/** Training that takes milliseconds: pictures of a few pixels, a network of a few hundred weights, a store in memory. */
import { NdArray, Random } from "../../src/array/index.ts";
import type { Dataset } from "../../src/data/index.ts";
import * as nn from "../../src/nn/index.ts";
import { type FitOptions, type FitResult, fit, type RunStore, type TrainingEvent } from "../../src/train/index.ts";

const SIDE = 8;
const CLASSES = ["top", "bottom", "left", "right"];

/** Gray pictures of 8×8 whose class says which half is bright, classes in turn: a task that can be learned entirely. */
export function halves(count: number, { seed = 0, name = "halves" }: { seed?: number; name?: string } = {}): Dataset {
  const random = new Random(seed, name);
  const images = new Uint8Array(count * SIDE * SIDE);
  for (let i = 0; i < images.length; i++) {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE) % SIDE];
    const bright = [y < 4, y >= 4, x < 4, x >= 4][Math.floor(i / SIDE ** 2) % 4];
    images[i] = random.uniform(0, 130) + (bright ? 120 : 0);
  }
  return {
    name,
    images: new NdArray(images, [count, 1, SIDE, SIDE], "u8"),
    labels: new NdArray(
      Int32Array.from({ length: count }, (_, i) => i % 4),
      [count],
      "i32",
    ),
    classes: CLASSES,
  };
}

/** The same pictures, each under the name of the next class: the better a model, the worse it does on them. */
export const mislabeled = (data: Dataset): Dataset => ({
  ...data,
  name: `${data.name} (mislabeled)`,
  labels: new NdArray(
    Int32Array.from(data.labels.data, (label) => (label + 1) % 4),
    data.labels.shape,
    "i32",
  ),
});

/** The same pictures as floats in 0 … 1, which can hold what bytes cannot. */
export const asFloats = (data: Dataset): Dataset => ({
  ...data,
  images: new NdArray(
    Float32Array.from(data.images.data, (x) => x / 255),
    data.images.shape,
    "f32",
  ),
});

/** One convolution, one pooling, one linear layer, and dropout, which draws random numbers in every step. */
export const smallNetwork = ({ rate = 0.25, classes = 4 }: { rate?: number; classes?: number } = {}): nn.Layer =>
  nn.sequential(
    nn.conv2d(4, { kernel: 3 }), // [n, 4, 6, 6]
    nn.tanh(),
    nn.maxPool2d(2), // [n, 4, 3, 3]
    nn.flatten(),
    nn.dropout(rate),
    nn.linear(classes),
  );

export interface MemoryStore extends RunStore {
  /** Everything that was saved, the latest last. */
  readonly checkpoints: Uint8Array[];
  readonly best: Uint8Array[];
  /** Epochs without the seconds that they took. */
  readonly log: object[];
}

export function memoryStore(): MemoryStore {
  const store = { checkpoints: [] as Uint8Array[], best: [] as Uint8Array[], log: [] as object[] };
  return {
    ...store,
    saveCheckpoint: async (bytes) => void store.checkpoints.push(bytes),
    saveBest: async (bytes) => void store.best.push(bytes),
    logEpoch: async ({ seconds: _, ...record }) => void store.log.push(record),
  };
}

export interface Recorded extends FitResult {
  readonly store: MemoryStore;
  readonly events: readonly TrainingEvent[];
}

/**
 * Trains and keeps all that happened.
 * @param stopAfter the number of events after which the run is asked to stop
 */
export async function record(
  network: nn.Layer | nn.Model,
  data: Dataset,
  { stopAfter = Infinity, ...options }: FitOptions & { stopAfter?: number } = {},
): Promise<Recorded> {
  const store = memoryStore();
  const events: TrainingEvent[] = [];
  const controller = new AbortController();
  const onEvent = (event: TrainingEvent): void => {
    options.onEvent?.(event);
    if (events.push(event) >= stopAfter) controller.abort();
  };
  const result = await fit(network, data, { store, signal: controller.signal, ...options, onEvent });
  return { ...result, store, events };
}

/** Bytes in a form in which unequal ones make a short message. */
export const digest = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
