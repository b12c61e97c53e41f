/** From a TypeScript function over symbolic tensors to an asynchronous function over host arrays. */
import { describeGiven, didYouMean, type NdArray, OptionError, ShapeError, sameShape } from "../array/index.ts";
import {
  formatType,
  type Graph,
  type TensorTree,
  type TensorType,
  type Traceable,
  type TreeOf,
} from "../graph/index.ts";
import { trace } from "../ops/index.ts";
import { checkNames, type Kind, namesOf, optional, readOptions } from "../options/index.ts";
import { createWasmEngine, createX64Engine } from "./cpu/engine.ts";
import { demandedSupport, findX64Support } from "./cpu/x64/support.ts";
import type { Engine } from "./engine.ts";
import { createInterpreter } from "./interpreter/interpreter.ts";

/** Options of `selectEngine`. */
export interface EngineOptions {
  /**
   * The most threads that compute a step, 1 to 256; the results have the same bits whatever the number. Default: as many as
   * the machine runs at once, at most 8.
   */
  readonly threads?: number | undefined;
}

const engineOptionNames = namesOf<EngineOptions>({ threads: true });

/** The engines, best first, each with what makes it. Where an engine cannot be used, that throws a CapabilityError. */
const engines = {
  x64: ({ threads }: EngineOptions) => createX64Engine({ threads }),
  wasm: ({ threads }: EngineOptions) => createWasmEngine({ threads }),
  interpreter: ({ threads = 1 }: EngineOptions) => {
    if (threads !== 1) throw new OptionError(`the interpreter has one thread, got threads ${describeGiven(threads)}`);
    return createInterpreter();
  },
} satisfies Readonly<Record<string, (options: EngineOptions) => Engine>>;

/** The name of an engine; `auto` is the fastest that there is and that is tested on this system. */
export type EngineName = "auto" | keyof typeof engines;

/** The names that `selectEngine` takes, best first; `auto` is the best that there is, and that is tested on this system. */
export const engineNames: readonly string[] = ["auto", ...Object.keys(engines)];

/** The fastest that there is, and that is tested. An instruction set that is demanded must be there. */
function bestEngine(): string {
  const isDemanded = !["off", undefined].includes(demandedSupport());
  const support = findX64Support();
  const isTested = support.found && support.host.reservation === undefined;
  return isDemanded || isTested ? "x64" : "wasm";
}

/**
 * An engine by its name; the best that there is, and that is tested on this system, unless one is named.
 * @throws OptionError for a name that is not in `engineNames`, and for options that the engine does not have
 * @throws CapabilityError for an engine that cannot be used here, with the reason
 */
export function selectEngine(name = "auto", options: EngineOptions = {}): Engine {
  checkNames("selectEngine", engineOptionNames, options);
  const chosen = name === "auto" ? bestEngine() : name;
  if (!Object.hasOwn(engines, chosen))
    throw new OptionError(`there is no engine '${name}'${didYouMean(String(name), engineNames)}`);
  return engines[chosen as keyof typeof engines](options);
}

/** Engines that were asked for by name, one of each, so that programs and threads are shared. */
const shared = new Map<string, Engine>();

function sharedEngine(name: string): Engine {
  const engine = shared.get(name) ?? selectEngine(name);
  shared.set(name, engine);
  return engine;
}

/** An engine, or the name of one; one that is named is shared by all who name it. */
export type EngineChoice = Engine | EngineName;

/** What takes an engine, or the name of one. */
export const engineKind: Kind<Engine> = {
  expects: `an engine, such as selectEngine("wasm"), or one of the names ${engineNames.join(", ")}`,
  read: (value) => {
    if (typeof value === "string") return sharedEngine(value);
    const isEngine = typeof value === "object" && value !== null && "compile" in value && "arithmetic" in value;
    return isEngine ? (value as Engine) : undefined;
  },
};

/** Options of `compile` and `evaluate`. */
export interface CompileOptions {
  /** What runs the program, or its name. Default: the fastest that is there. */
  readonly engine?: EngineChoice | undefined;
}

const compileOptions = { engine: optional(engineKind) };

/** A compiled function over host arrays. */
export interface Compiled<O extends TensorTree> {
  /** Runs once: outputs as host arrays, in the shape in which the function returned them; variables move on. */
  (...inputs: readonly NdArray[]): Promise<TreeOf<O, NdArray>>;
  /** The graph that was traced and is run. */
  readonly graph: Graph;
}

/**
 * Traces `body` once for inputs of the given types and compiles it.
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
  const program = engine.compile(graph);
  const run = async (...inputs: readonly NdArray[]): Promise<unknown> => {
    checkInputs(types, inputs);
    return unflatten(await program.run(inputs));
  };
  return Object.assign(run, { graph }) as Compiled<O>;
}

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
