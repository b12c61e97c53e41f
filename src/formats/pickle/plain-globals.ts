/** The classes and functions of Python and NumPy that checkpoints hold beside tensors, and what they make. */
import { costs, type PickleBudget } from "./pickle-budget.ts";
import { type PickleCall, PickledGlobal, PickledObject } from "./pickled-object.ts";

/** A dictionary, of a list of pairs if one is given; of another dictionary it is a copy. */
function makeMap([source]: readonly unknown[], budget: PickleBudget): unknown {
  budget.spend(costs.map);
  const map = new Map<unknown, unknown>();
  const pairs = source instanceof Map || Array.isArray(source) ? source : [];
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2) return undefined;
    budget.key(pair[0]);
    map.set(pair[0], pair[1]);
  }
  return map;
}

function makeSet([items = []]: readonly unknown[], budget: PickleBudget): unknown {
  if (!Array.isArray(items)) return undefined;
  budget.spend(costs.map);
  const set = new Set<unknown>();
  for (const item of items) {
    budget.key(item);
    set.add(item);
  }
  return set;
}

/** Bytes, which protocol 2 writes as a text whose characters they are. */
function encode([text, encoding]: readonly unknown[], budget: PickleBudget): unknown {
  if (typeof text !== "string" || encoding !== "latin1") return undefined;
  budget.spend(costs.map + text.length);
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

type Get = (view: DataView, isLittle: boolean) => number | bigint | boolean;

/** By the name that NumPy gives a type: its kind and the number of its bytes. */
const numpyScalars: ReadonlyMap<unknown, Get> = new Map<unknown, Get>([
  ["b1", (view) => view.getUint8(0) !== 0],
  ["i1", (view) => view.getInt8(0)],
  ["u1", (view) => view.getUint8(0)],
  ["i2", (view, isLittle) => view.getInt16(0, isLittle)],
  ["u2", (view, isLittle) => view.getUint16(0, isLittle)],
  ["i4", (view, isLittle) => view.getInt32(0, isLittle)],
  ["u4", (view, isLittle) => view.getUint32(0, isLittle)],
  ["i8", (view, isLittle) => exact(view.getBigInt64(0, isLittle))],
  ["u8", (view, isLittle) => exact(view.getBigUint64(0, isLittle))],
  ["f4", (view, isLittle) => view.getFloat32(0, isLittle)],
  ["f8", (view, isLittle) => view.getFloat64(0, isLittle)],
]);

const exact = (value: bigint): number | bigint => (Number.isSafeInteger(Number(value)) ? Number(value) : value);

function numpyScalar([type, bytes]: readonly unknown[]): unknown {
  if (!(type instanceof PickledObject && type.type === "numpy.dtype" && bytes instanceof Uint8Array)) return undefined;
  const name = type.args[0];
  const get = numpyScalars.get(name);
  if (get === undefined || bytes.length !== Number(String(name)[1])) return undefined;
  const isBig = Array.isArray(type.state) && type.state[1] === ">";
  return get(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), !isBig);
}

/** Python 2 and 3, and NumPy 1 and 2, have some under two names. */
const calls: Readonly<Record<string, PickleCall>> = {
  "collections.OrderedDict": makeMap,
  "builtins.dict": makeMap,
  "__builtin__.dict": makeMap,
  "collections.defaultdict": (_, budget) => makeMap([], budget),
  "builtins.set": makeSet,
  "__builtin__.set": makeSet,
  "builtins.frozenset": makeSet,
  "__builtin__.frozenset": makeSet,
  "_codecs.encode": encode,
  "numpy.core.multiarray.scalar": numpyScalar,
  "numpy._core.multiarray.scalar": numpyScalar,
};

/** By module and name. */
export const plainGlobals: ReadonlyMap<string, PickledGlobal> = new Map(
  Object.entries(calls).map(([name, call]) => [name, new PickledGlobal(name, call)]),
);
