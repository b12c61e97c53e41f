/**
 * PyTorch files before version 1.6: pickles of a magic number, the version, notes on the machine, the contents and the keys of
 * the storages; then each storage, as the number of its elements in 8 bytes and the elements. Source: PyTorch 2,
 * `torch/serialization.py`, the functions `_legacy_save` and `_legacy_load`.
 */
import { Cursor } from "../cursor.ts";
import type { Fail } from "../fail.ts";
import { quoted } from "../json.ts";
import { type PickleHost, readPickle } from "../pickle/index.ts";
import { StorageList } from "./storage-list.ts";
import { lonelyHost, type TorchContext, torchHost } from "./torch-globals.ts";

const MAGIC = 0x1950a86a20f9469cfc6cn;
const VERSION = 1001;

export function readTorchLegacy(bytes: Uint8Array, context: TorchContext): unknown {
  const { fail } = context;
  const cursor = new Cursor(bytes, fail);
  const alone = lonelyHost(fail);
  checkBeginning(cursor, alone, fail);
  const storages = new StorageList(fail);
  const value = readPickle(
    cursor,
    torchHost(context, (id) => storages.find(id)),
  );
  const keys = readPickle(cursor, alone);
  if (!Array.isArray(keys)) throw fail("its list of storages is missing; it is damaged");
  for (const key of keys) readStorage(cursor, key, storages, fail);
  return value;
}

function checkBeginning(cursor: Cursor, host: PickleHost, fail: Fail): void {
  if (readPickle(cursor, host) !== MAGIC)
    throw fail("it is a pickle, but not one of PyTorch; load it in Python and save the arrays with numpy.savez");
  const version = readPickle(cursor, host);
  if (version !== VERSION) throw fail(`it has version ${String(version)} of the format, expected ${VERSION}`);
  const machine = readPickle(cursor, host);
  if (machine instanceof Map && machine.get("little_endian") === false)
    throw fail("its numbers are big-endian, only little-endian ones are read; save it on another machine");
}

/** Reads the next storage of the file. */
function readStorage(cursor: Cursor, key: unknown, storages: StorageList, fail: Fail): void {
  const storage = typeof key === "string" ? storages.get(key) : undefined;
  if (storage === undefined)
    throw fail(`storage ${quoted(String(key))} is in the list, but nothing refers to it in a way that is known`);
  const length = cursor.u64();
  if (length !== storage.length)
    throw fail(
      `storage ${quoted(storage.key)} has ${length} elements, its tensors expect ${storage.length}; it is damaged`,
    );
  storage.fill(cursor.take(length * storage.type.bytes), fail);
}
