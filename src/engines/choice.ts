/** Choosing an engine by its name, from a table that says how each is made: at once, or as a promise. */
import { describeGiven, didYouMean, OptionError } from "../array/index.ts";
import { checkNames, type Kind, namesOf } from "../options/index.ts";
import type { Engine } from "./engine.ts";

/** Options of `selectEngine` and `openEngine`. */
export interface EngineOptions {
  /**
   * The most threads that compute a step, 1 to 256; the results have the same bits whatever the number. Default: as many as
   * the machine runs at once, at most 8.
   */
  readonly threads?: number | undefined;
}

/**
 * How an engine is made: `create` where that is done at once, `open` where a device has to be waited for. Both read the
 * options, and throw a CapabilityError where the engine cannot be used.
 */
export type EngineRow =
  | { readonly create: (options: EngineOptions) => Engine }
  | { readonly open: (options: EngineOptions) => Promise<Engine> };

/** What a table of engines offers; see `selectEngine`, `openEngine`, `engineNames` and `engineKind`. */
export interface EngineCatalog {
  readonly names: readonly string[];
  readonly select: (name: string, options?: EngineOptions) => Engine;
  readonly open: (name: string, options?: EngineOptions) => Promise<Engine>;
  readonly shared: (name: string) => Engine | Promise<Engine>;
  readonly kind: Kind<Engine | Promise<Engine>>;
}

const optionNames = namesOf<EngineOptions>({ threads: true });

/**
 * @param rows the engines by name, best first
 * @param best the name of the one that `auto` stands for
 */
export function engineCatalog(rows: Readonly<Record<string, EngineRow>>, best: () => string): EngineCatalog {
  const names = ["auto", ...Object.keys(rows)];

  function rowOf(name: string): EngineRow & { readonly chosen: string } {
    const chosen = name === "auto" ? best() : name;
    if (Object.hasOwn(rows, chosen)) return { ...rows[chosen], chosen };
    throw new OptionError(`there is no engine '${name}'${didYouMean(String(name), names)}`);
  }

  function select(name: string, options: EngineOptions = {}): Engine {
    checkNames("selectEngine", optionNames, options);
    const row = rowOf(name);
    if ("create" in row) return row.create(options);
    throw new OptionError(
      `selectEngine: the engine ${row.chosen} has to wait for its device; write await openEngine("${row.chosen}")`,
    );
  }

  async function open(name: string, options: EngineOptions = {}): Promise<Engine> {
    checkNames("openEngine", optionNames, options);
    const row = rowOf(name);
    return "create" in row ? row.create(options) : row.open(options);
  }

  /** One of each, so that programs, threads and devices are shared. */
  const made = new Map<string, Engine | Promise<Engine>>();

  function shared(name: string): Engine | Promise<Engine> {
    const known = made.get(name);
    if (known !== undefined) return known;
    const row = rowOf(name);
    const engine = "create" in row ? row.create({}) : row.open({});
    made.set(name, engine);
    // Opened anew when it is next asked for. The error is reported to those who wait for the engine.
    if (engine instanceof Promise) engine.catch(() => made.delete(name));
    return engine;
  }

  const kind: Kind<Engine | Promise<Engine>> = {
    expects: `an engine, such as selectEngine("wasm"), or one of the names ${names.join(", ")}`,
    read: (value) => {
      if (typeof value === "string") return shared(value);
      return isEngine(value) || value instanceof Promise ? value : undefined;
    },
  };
  return { names, select, open, shared, kind };
}

const isEngine = (value: unknown): value is Engine =>
  typeof value === "object" && value !== null && "compile" in value && "arithmetic" in value;

/** @throws OptionError unless a promise that was given as an engine gave one */
export function checkEngine(engine: Engine): Engine {
  if (isEngine(engine)) return engine;
  throw new OptionError(
    `engine: expects a promise of an engine, such as openEngine("wasm"), got one of ${describeGiven(engine)}`,
  );
}
