/** The table of engines. A new engine is a folder, and a row here. */
import { describeGiven, OptionError } from "../array/index.ts";
import { type Kind, readOptions } from "../options/index.ts";
import { checkEngine, type EngineOptions, type EngineRow, engineCatalog } from "./choice.ts";
import { createWasmEngine, createX64Engine } from "./cpu/index.ts";
import { demandedSupport, findX64Support } from "./cpu/x64/index.ts";
import type { Engine } from "./engine.ts";
import { createInterpreter } from "./interpreter/interpreter.ts";

/** The engines, best first. */
const rows = {
  x64: { create: ({ threads }) => createX64Engine({ threads }) },
  wasm: { create: ({ threads }) => createWasmEngine({ threads }) },
  interpreter: {
    create: ({ threads = 1 }) => {
      if (threads !== 1) throw new OptionError(`the interpreter has one thread, got threads ${describeGiven(threads)}`);
      return createInterpreter();
    },
  },
} satisfies Readonly<Record<string, EngineRow>>;

/** The fastest that there is, and that is tested. An instruction set that is demanded must be there. */
function bestEngine(): keyof typeof rows {
  const isDemanded = !["off", undefined].includes(demandedSupport());
  const support = findX64Support();
  const isTested = support.found && support.host.reservation === undefined;
  return isDemanded || isTested ? "x64" : "wasm";
}

const catalog = engineCatalog(rows, bestEngine);

/** The name of an engine; `auto` is the fastest that there is and that is tested on this system. */
export type EngineName = "auto" | keyof typeof rows;

/** The names of the engines, best first; `auto` is the best that there is, and that is tested on this system. */
export const engineNames: readonly string[] = catalog.names;

/**
 * An engine by its name; the best that there is, and that is tested on this system, unless one is named. For engines that
 * are made at once, as all those for processors are; `openEngine` takes every name.
 * @throws OptionError for a name that is not in `engineNames`, for options that the engine does not have, and for an engine
 *   that has to wait for a device
 * @throws CapabilityError for an engine that cannot be used here, with the reason
 */
export const selectEngine = (name = "auto", options: EngineOptions = {}): Engine => catalog.select(name, options);

/**
 * An engine by its name, as a promise: those that have to wait for a device, and all others.
 * @example const engine = await openEngine("wasm", { threads: 1 });
 * @throws OptionError for a name that is not in `engineNames`, and for options that the engine does not have
 * @throws CapabilityError for an engine that cannot be used here, with the reason
 */
export const openEngine = (name = "auto", options: EngineOptions = {}): Promise<Engine> => catalog.open(name, options);

/** The engine that all share who name it. */
export const sharedEngine = (name: EngineName): Engine | Promise<Engine> => catalog.shared(name);

/** An engine, a promise of one, or the name of one; one that is named is shared by all who name it. */
export type EngineChoice = Engine | Promise<Engine> | EngineName;

/** What takes an engine, a promise of one, or the name of one. */
export const engineKind: Kind<Engine | Promise<Engine>> = catalog.kind;

/**
 * The engine of a choice, opened.
 * @param where what messages begin with
 * @throws OptionError unless it is an engine, a promise of one, or the name of one
 */
export async function openChoice(where: string, engine: EngineChoice): Promise<Engine> {
  return checkEngine(await readOptions(where, { engine: engineKind }, { engine }).engine);
}
