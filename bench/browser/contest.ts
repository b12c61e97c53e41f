/**
 * In a worker of the page: one network on Fovea's engine `wasm` and in ONNX Runtime Web, in turns, on the same pictures and
 * the same number of threads.
 */
import { compile, createWasmEngine, f32, NdArray, nn } from "fovea";
import { architectures } from "fovea/models";

/** What is measured. */
export interface Order {
  /** As `architectures` calls it. */
  readonly name: string;
  readonly batch: number;
  readonly threads: number;
  /** Turns of each. */
  readonly rounds: number;
}

/** Milliseconds of each turn. */
export interface Times {
  readonly fovea: readonly number[];
  readonly onnxRuntime: readonly number[];
}

interface Session {
  readonly inputNames: readonly string[];
  run(inputs: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/** What is used of ONNX Runtime Web. */
interface Runtime {
  readonly env: { readonly wasm: { numThreads: number; wasmPaths: string } };
  readonly InferenceSession: { create(file: Uint8Array, options: object): Promise<Session> };
  readonly Tensor: new (type: string, data: Float32Array, shape: readonly number[]) => unknown;
}

const INPUT = [3, 224, 224];

type Run = () => Promise<unknown>;

function foveaRun({ name, batch, threads }: Order, pictures: Float32Array): Run {
  const model = nn.Model.build(architectures[name](), { input: INPUT });
  const engine = createWasmEngine({ threads });
  const run = compile((x) => model(x), [f32(batch, ...INPUT)], { engine });
  const batchOfPictures = new NdArray(pictures, [batch, ...INPUT], "f32");
  return () => run(batchOfPictures);
}

async function runtimeRun({ name, batch, threads }: Order, pictures: Float32Array): Promise<Run> {
  const path = "/ort/ort.wasm.min.mjs";
  const { env, InferenceSession, Tensor } = (await import(path)) as Runtime;
  env.wasm.numThreads = threads;
  env.wasm.wasmPaths = "/ort/";
  const file = new Uint8Array(await (await fetch(`/${name}.onnx`)).arrayBuffer());
  const session = await InferenceSession.create(file, { executionProviders: ["wasm"] });
  const x = new Tensor("float32", pictures, [batch, ...INPUT]);
  return () => session.run({ [session.inputNames[0]]: x });
}

async function timeOf(run: Run): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/** One unmeasured turn of each, then the measured ones. */
export async function contest(order: Order): Promise<Times> {
  const size = INPUT.reduce((product, n) => product * n, order.batch);
  const pictures = Float32Array.from({ length: size }, (_, i) => ((i * 0.618) % 2) - 1);
  const runs = [foveaRun(order, pictures), await runtimeRun(order, pictures)];
  for (const run of runs) for (let i = 0; i < 2; i++) await run();
  const times: Times & { fovea: number[]; onnxRuntime: number[] } = { fovea: [], onnxRuntime: [] };
  for (let i = 0; i < order.rounds; i++) {
    times.fovea.push(await timeOf(runs[0]));
    times.onnxRuntime.push(await timeOf(runs[1]));
  }
  return times;
}

self.onmessage = async ({ data }: MessageEvent<Order>) => {
  try {
    self.postMessage(await contest(data));
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
