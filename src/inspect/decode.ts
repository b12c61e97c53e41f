/**
 * From codes back to what a network makes of them, such as the pictures of an autoencoder's codes: the values of an inner layer are
 * given instead of computed. Walks between codes show what lies between two samples.
 */
import { checkArray, NdArray, OptionError, ShapeError, sameShape, zeros } from "../array/index.ts";
import { checkModel, type Model } from "../nn/index.ts";
import { optional, readOptions, text, withDefault } from "../options/index.ts";
import { createProbe } from "./probe/index.ts";
import type { EngineOption } from "./space/index.ts";

/** Options of `createDecoder`. */
export interface DecoderOptions extends EngineOption {
  /** The path of the layer whose values are given. Default `code`. */
  readonly code?: string | undefined;
  /** The output to return. Default: the network's only one, else `values`. */
  readonly output?: string | undefined;
}

/** From codes [n, …], as values of the layer, to the network's output for each. */
export type Decode = (codes: NdArray) => Promise<NdArray>;

/**
 * A function that decodes codes. It returns the output as it is: scores, where the loss takes scores.
 * @throws OptionError for a path or an output that does not exist; calls throw ShapeError for codes of another shape
 * @example
 * const decode = createDecoder(model);
 * const [a, b] = [0, 1].map((i) => codes.row(i));
 * const between = await decode(walk(a, b, 9));
 */
export function createDecoder(model: Model, options: DecoderOptions = {}): Decode {
  checkModel("createDecoder", model);
  const { engine, ...names } = options;
  const { code, output } = readOptions(
    "createDecoder",
    { code: withDefault(text(), "code"), output: optional(text()) },
    names,
  );
  const wanted = output ?? (model.outputs.length === 1 ? model.outputs[0] : "values");
  const probe = createProbe(model, { values: [wanted], replaced: [code], engine });
  return async (codes) => {
    const n = codes.shape[0];
    // What comes before the code has no effect on what comes after it.
    const inputs = Object.entries(model.inputs).map(([name, { shape, dtype }]) => [name, zeros([n, ...shape], dtype)]);
    const { values } = await probe(Object.fromEntries(inputs), undefined, { [code]: codes });
    return values[wanted];
  };
}

/**
 * Codes on the straight line from one to another, both included: [steps, …].
 * @throws ShapeError for codes of two shapes, OptionError for fewer than two steps
 * @example await decode(walk(codes.row(0), codes.row(1), 9));
 */
export function walk(from: NdArray, to: NdArray, steps: number): NdArray {
  checkArray("walk", "from", from);
  checkArray("walk", "to", to);
  if (!sameShape(from.shape, to.shape)) throw new ShapeError(`walk: from [${from.shape}] to [${to.shape}]`);
  if (!Number.isInteger(steps) || steps < 2)
    throw new OptionError(`walk: steps must be an integer of at least 2, got ${steps}`);
  const data = Float32Array.from({ length: steps * from.size }, (_, i) => {
    const [step, k] = [Math.floor(i / from.size), i % from.size];
    return from.data[k] + ((to.data[k] - from.data[k]) * step) / (steps - 1);
  });
  return new NdArray(data, [steps, ...from.shape], "f32");
}
