/**
 * Finds the tensors of a model in what `torch.save` was given: a dictionary of tensors (a state dict), such a dictionary in
 * another one under one of the usual keys, or a whole module.
 */
import { describeGiven, shorten } from "../../array/index.ts";
import type { Fail } from "../fail.ts";
import { quoted } from "../json.ts";
import { PickledObject } from "../pickle/index.ts";
import { TorchTensor } from "./torch-tensor.ts";

/** Where training programs keep the state dict beside other things, in order of preference. */
export const usualKeys = [
  "state_dict",
  "model_state_dict",
  "model_state",
  "model",
  "net",
  "network",
  "module",
  "weights",
  "params",
  "params_ema",
] as const;

/** How deep dictionaries are searched. */
const DEEPEST = 4;

/** Tensors by name, and the dictionary around them. */
export interface Found {
  readonly tensors: ReadonlyMap<string, TorchTensor>;
  readonly around: unknown;
}

/**
 * @param key where in the outermost dictionary the tensors are; by default they are searched
 * @throws what `fail` makes if there are none, or in several places
 */
export function findStateDict(value: unknown, key: string | undefined, fail: Fail): Found {
  const found = new Search(fail).tensorsOf(key === undefined ? value : entryOf(value, key, fail), 0);
  if (found !== undefined) return { tensors: found, around: value };
  const keys = value instanceof Map ? ` with the keys ${listKeys(value)}` : "";
  throw fail(`it holds ${describeValue(value)}${keys}, in which no dictionary of tensors was found; name one with key`);
}

function entryOf(value: unknown, key: string, fail: Fail): unknown {
  if (value instanceof Map && value.has(key)) return value.get(key);
  const known = value instanceof Map ? `; its keys are ${listKeys(value)}` : "";
  throw fail(`it holds ${describeValue(value)} without the key ${quoted(key)}${known}`);
}

/** Looks through every dictionary once: a pickle can have the same one in many places, or within itself. */
class Search {
  readonly #fail: Fail;
  readonly #visited = new Set<unknown>();
  readonly #hasTensors = new Map<unknown, boolean>();

  constructor(fail: Fail) {
    this.#fail = fail;
  }

  tensorsOf(value: unknown, depth: number): Map<string, TorchTensor> | undefined {
    if (depth > DEEPEST || this.#visited.has(value)) return undefined;
    this.#visited.add(value);
    if (value instanceof PickledObject) return tensorsOfModule(value, this.#fail);
    return value instanceof Map ? this.#tensorsIn(value, depth) : undefined;
  }

  #tensorsIn(map: ReadonlyMap<unknown, unknown>, depth: number): Map<string, TorchTensor> | undefined {
    for (const key of usualKeys) {
      const inner = this.tensorsOf(map.get(key), depth + 1);
      if (inner !== undefined) return inner;
    }
    if (this.#holdsTensors(map)) return takeTensors(map, this.#fail);
    const places = [...map].filter(([, item]) => item instanceof Map && this.#holdsTensors(item));
    if (places.length > 1)
      throw this.#fail(`tensors are in several places of it: ${listKeys(new Map(places))}; choose one with key`);
    return places.length === 1 ? this.tensorsOf(places[0][1], depth + 1) : undefined;
  }

  #holdsTensors(map: ReadonlyMap<unknown, unknown>): boolean {
    const known = this.#hasTensors.get(map) ?? [...map.values()].some((item) => item instanceof TorchTensor);
    this.#hasTensors.set(map, known);
    return known;
  }
}

/** The tensors of a dictionary; what else is in it is left out. */
function takeTensors(map: ReadonlyMap<unknown, unknown>, fail: Fail): Map<string, TorchTensor> {
  const tensors = new Map<string, TorchTensor>();
  for (const [name, item] of map) {
    if (typeof name !== "string") throw fail(`a tensor's name is ${describeGiven(name)}, expected a text`);
    if (item instanceof TorchTensor) tensors.set(name, item);
    else checkNoTensor(name, item, fail);
  }
  return tensors;
}

/** Tensors of kinds that are not known must not be left out silently. */
function checkNoTensor(name: string, item: unknown, fail: Fail): void {
  if (item instanceof PickledObject && /^torch\..*_rebuild_/.test(item.type))
    throw fail(`tensor ${quoted(name)} is made by ${item.type}, which is not known; save it as a dense float tensor`);
}

/** A module's attributes that hold what belongs to it, whose keys are names. */
const parts = ["_parameters", "_buffers", "_modules"];
const MOST_MODULES = 100_000;
const DEEPEST_MODULE = 64;
const LONGEST_NAME = 1000;

/** The tensors of a pickled module under the names that its state dict has; of a scripted one, all attributes. */
function tensorsOfModule(module: PickledObject, fail: Fail): Map<string, TorchTensor> | undefined {
  const tensors = new Map<string, TorchTensor>();
  let left = MOST_MODULES;
  const walk = (value: unknown, name: string, depth: number): void => {
    if (left-- === 0 || depth > DEEPEST_MODULE || name.length > LONGEST_NAME)
      throw fail("its modules are nested too deeply; it is hostile");
    if (value instanceof TorchTensor) tensors.set(name, value);
    else if (value instanceof PickledObject && value.state instanceof Map) {
      checkNoTensor(name, value, fail);
      for (const [key, item] of attributesOf(value.state)) walk(item, name === "" ? key : `${name}.${key}`, depth + 1);
    } else checkNoTensor(name, value, fail);
  };
  walk(module, "", 0);
  return tensors.size > 0 ? tensors : undefined;
}

function* attributesOf(state: ReadonlyMap<unknown, unknown>): Generator<[string, unknown]> {
  const named = parts.map((part) => state.get(part)).filter((part) => part instanceof Map);
  for (const map of named.length > 0 ? named : [state])
    for (const [key, item] of map) if (typeof key === "string") yield [key, item];
}

const describeValue = (value: unknown): string =>
  value instanceof Map
    ? "a dictionary"
    : value instanceof PickledObject
      ? `an object of ${value.type}`
      : value instanceof TorchTensor
        ? "one tensor"
        : describeGiven(value);

const SHOWN_KEYS = 12;

function listKeys(map: ReadonlyMap<unknown, unknown>): string {
  const keys = [...map.keys()]
    .slice(0, SHOWN_KEYS)
    .map((key) => (typeof key === "string" ? shorten(key) : describeGiven(key)));
  return keys.join(", ") + (map.size > SHOWN_KEYS ? ", …" : "");
}
