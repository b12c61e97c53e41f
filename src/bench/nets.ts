/** Networks by name in the benchmark: predictions, training steps, and the files in which ONNX Runtime gets them. */
import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile, type Engine } from "../engines/index.ts";
import { toOnnx } from "../exchange/index.ts";
import { f32, i32, type Tensor } from "../graph/index.ts";
import { architectures } from "../models/index.ts";
import { crossEntropy, Model } from "../nn/index.ts";
import { minimize, sgd } from "../optim/index.ts";
import type { NetJob } from "./jobs.ts";
import { labels, uniform } from "./numbers.ts";

const CLASSES = 1000;

/** The network of the job before, which the next one often has as well. */
let latest: { readonly key: string; readonly model: Model } | undefined;

function modelOf({ name, input }: NetJob): Model {
  const key = JSON.stringify([name, input]);
  if (latest?.key === key) return latest.model;
  const model = Model.build(architectures[name]({ classes: CLASSES }), { input: [...input] });
  fillWeights(model);
  latest = { key, model };
  return model;
}

/** Small enough that maps neither vanish nor overflow in a deep network. */
const WEIGHT_SCALE = 0.05;

/** Weights that take less time than drawing initial ones does; statistics stay those of a new network. */
export function fillWeights({ variables }: Model): void {
  for (const variable of variables.filter(({ trainable, shape }) => trainable && shape.length > 1)) {
    const values = uniform(variable.name, variable.shape);
    for (let i = 0; i < values.size; i++) values.data[i] *= WEIGHT_SCALE;
    variable.value = values;
  }
}

/** Scores of a batch of pictures. */
export function prediction(job: NetJob, engine: Engine): () => Promise<unknown> {
  const model = modelOf(job);
  const run = compile((pictures) => model(pictures), [f32(job.batch, ...job.input)], { engine });
  const pictures = uniform("pictures", [job.batch, ...job.input]);
  return () => run(pictures);
}

/** A training step: cross-entropy, and SGD with momentum. */
export function stepOf(model: Model) {
  const optimizer = sgd({ learningRate: 0.01, momentum: 0.9 });
  return (pictures: Tensor, targets: Tensor) => {
    const loss = crossEntropy(model(pictures, { training: true }), targets);
    minimize(loss, optimizer);
    return { loss };
  };
}

/** One training step. Pictures are copied in and the loss is read back. */
export function netStep(job: NetJob, engine: Engine): () => Promise<unknown> {
  const step = compile(stepOf(modelOf(job)), [f32(job.batch, ...job.input), i32(job.batch)], { engine });
  const [pictures, targets] = [uniform("pictures", [job.batch, ...job.input]), labels(job.batch, CLASSES)];
  return () => step(pictures, targets);
}

/** The time from function to program, in milliseconds, without the network's own. */
export async function netCompileTime(job: NetJob, engine: Engine): Promise<number> {
  const model = modelOf(job);
  const types = [f32(job.batch, ...job.input), i32(job.batch)];
  const start = performance.now();
  if (job.kind === "net") await compile((pictures) => model(pictures), types.slice(0, 1), { engine }).ready;
  else await compile(stepOf(model), types, { engine }).ready;
  return performance.now() - start;
}

/** ONNX files of networks, in a temporary folder, written when they are asked for. */
export class NetFiles {
  readonly #files = new Map<string, string>();
  #folder: string | undefined;

  /** The path of the network's file. Its batch is free. */
  async pathOf(job: NetJob): Promise<string> {
    const known = this.#files.get(job.name);
    if (known !== undefined) return known;
    this.#folder ??= mkdtempSync(join(tmpdir(), "fovea-bench-"));
    const path = join(this.#folder, `${job.name}.onnx`);
    await writeFile(path, await toOnnx(modelOf(job)));
    this.#files.set(job.name, path);
    return path;
  }

  remove(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
    this.#files.clear();
  }
}
