/** ONNX Runtime in WebAssembly: predictions of networks from their files, on as many threads as the first word says. */
import { readFile } from "node:fs/promises";
import { load, randomArray, serve, sizeOf } from "./serve.mjs";

const threads = Number(process.argv[2]);

serve(async () => {
  const { InferenceSession, Tensor, env } = load("onnxruntime-web");
  env.wasm.numThreads = threads;
  const prepare = async ({ batch, input, file }) => {
    const session = await InferenceSession.create(await readFile(file), { executionProviders: ["wasm"] });
    const shape = [batch, ...input];
    const x = new Tensor("float32", randomArray(sizeOf(shape)), shape);
    return () => session.run({ [session.inputNames[0]]: x });
  };
  return { version: env.versions.web ?? env.versions.common, prepare };
});
