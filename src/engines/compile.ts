/** From a TypeScript function over symbolic tensors to an asynchronous function over host arrays. */
import { describeGiven, type NdArray, ShapeError, sameShape } from "../array/index.ts";
import {
  formatType,
  type Graph,
  type TensorTree,
  type TensorType,
  type Traceable,
  type TreeOf,
} from "../graph/index.ts";
import { trace } from "../ops/index.ts";
import { optional, readOptions } from "../options/index.ts";
import { checkEngine } from "./choice.ts";
import type { Engine, Program } from "./engine.ts";
import { type EngineChoice, engineKind, sharedEngine } from "./table.ts";

/** Options of `compile` and `evaluate`. */
export interface CompileOptions {
  /** What runs the program, or its name. Default: the fastest that is there. */
  readonly engine?: EngineChoice | undefined;
}

const compileOptions = { engine: optional(engineKind) };

/** A compiled function over host arrays. */
export interface Compiled<O extends TensorTree> {
  /**
   * Runs once: outputs as host arrays, in the shape in which the function returned them; variables move on. Wait for it
   * before you change inputs, or set variables that it uses.
   */
  (...inputs: readonly NdArray[]): Promise<TreeOf<O, NdArray>>;
  /** The graph that was traced and is run. */
  readonly graph: Graph;
  /**
   * Settles when the function is compiled, which engines for processors do at once; the first call waits for it by itself.
   * Rejects, as every call does, with the error of a compilation that failed, or of an engine that could not be opened.
   */
  readonly ready: Promise<void>;
}

/**
 * Traces `body` once for inputs of the given types and compiles it. Errors of tracing are thrown here, and those of
 * compiling too where the engine compiles at once; else they come from `ready` and from calls.
 * @example
 * const step = compile((x, y) => { … return { loss }; }, [f32(128, 1, 28, 28), i32(128)]);
 * const { loss } = await step(images, labels);
 */
export function compile<O extends TensorTree = undefined>(
  body: Traceable<O>,
  types: readonly TensorType[],
  options: CompileOptions = {},
): Compiled<O> {
  const { engine = sharedEngine("auto") } = readOptions("compile", compileOptions, options);
  const { graph, unflatten } = trace(body, types);
  const compiled = compileOn(engine, graph);
  let program = compiled instanceof Promise ? undefined : compiled;
  const settle = async (): Promise<void> => {
    program = await compiled;
  };
  const ready = settle();
  // Callers and awaiters of `ready` get the error; it must not count as an unhandled rejection as well.
  ready.catch(() => {});
  const run = async (...inputs: readonly NdArray[]): Promise<unknown> => {
    checkInputs(types, inputs);
    if (program === undefined) await ready;
    return unflatten(await program!.run(inputs));
  };
  return Object.assign(run, { graph, ready }) as Compiled<O>;
}

const compileOn = (engine: Engine | Promise<Engine>, graph: Graph): Program | Promise<Program> =>
  engine instanceof Promise ? engine.then((opened) => checkEngine(opened).compile(graph)) : engine.compile(graph);

/** Traces, runs once and forgets: `await evaluate(() => softmax(constant(array([1, 2, 3]))))`. */
export const evaluate = <O extends TensorTree>(body: () => O, options?: CompileOptions): Promise<TreeOf<O, NdArray>> =>
  compile(body, [], options)();

function checkInputs(types: readonly TensorType[], inputs: readonly NdArray[]): void {
  if (inputs.length !== types.length)
    throw new ShapeError(`compiled for ${types.length} inputs, called with ${inputs.length}`);
  types.forEach((type, i) => {
    const given = inputs[i];
    if (given?.dtype === type.dtype && sameShape(given.shape, type.shape)) return;
    const got = given?.shape === undefined || given.dtype === undefined ? describeGiven(given) : formatType(given);
    throw new ShapeError(
      `compiled for input ${i} of type ${formatType(type)}, called with ${got}; compile again for other shapes`,
    );
  });
}
