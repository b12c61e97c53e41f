/**
 * PyTorch files of its first months: a tar archive of `storages`, `tensors` and `pickle`, which refers to both by number.
 * Source: PyTorch 2, `torch/serialization.py`, the function `legacy_load` in `_legacy_load`.
 */
import { MAX_RANK, sizeOf } from "../../array/index.ts";
import { Cursor } from "../cursor.ts";
import type { Fail } from "../fail.ts";
import { isCount } from "../json.ts";
import { type PickleHost, readPickle } from "../pickle/index.ts";
import { readTar } from "../tar.ts";
import { lonelyHost, type TorchContext, torchHost } from "./torch-globals.ts";
import { StorageView, TorchStorage, TorchStorageType } from "./torch-storage.ts";
import { TorchTensor } from "./torch-tensor.ts";

/** Storages, their parts and tensors, by number. The names begin with a letter: see `storage-list.ts`. */
type Things = Map<string, StorageView | TorchTensor>;

export async function readTorchTar(bytes: Uint8Array, context: TorchContext): Promise<unknown> {
  const files = await filesIn(bytes, context.file);
  const cursorOf = (name: string): Cursor => {
    const contents = files.get(name);
    if (contents === undefined)
      throw context.fail(`it is a tar archive without the file ${name}, expected one that an old PyTorch wrote`);
    return new Cursor(contents, (problem) => context.fail(`${name}: ${problem}`));
  };
  const things: Things = new Map();
  readStorages(cursorOf("storages"), things);
  readTensors(cursorOf("tensors"), things, context);
  const persistent = (id: unknown): unknown => (Array.isArray(id) ? id[0] : things.get(nameOf(id, context.fail)));
  return readPickle(cursorOf("pickle"), torchHost(context, persistent));
}

async function filesIn(bytes: Uint8Array, name: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const whole = async function* () {
    yield bytes;
  };
  for await (const entry of readTar(whole(), { name, wants: () => false }))
    if (entry.kind === "file") files.set(entry.path, bytes.subarray(entry.offset, entry.offset + entry.size));
  return files;
}

/** Each is (key, device, type), a number of elements and the elements; then follow parts: (key, whole, offset, elements). */
function readStorages(cursor: Cursor, things: Things): void {
  const { fail } = cursor;
  const host = lonelyHost(fail);
  for (let left = readCount(cursor, host); left > 0; left--) {
    const [key, , type] = readList(cursor, host);
    if (!(type instanceof TorchStorageType)) throw fail("a storage is of a type that is not known");
    const name = nameOf(key, fail);
    const storage = new TorchStorage(name, type, cursor.u64());
    storage.fill(cursor.take(storage.length * type.bytes), fail);
    things.set(name, new StorageView(storage));
  }
  for (const part of readList(cursor, host)) {
    const [key, whole, offset, length] = Array.isArray(part) ? part : [];
    const view = things.get(nameOf(whole, fail));
    if (!(view instanceof StorageView) || !isCount(offset) || !isCount(length) || offset + length > view.length)
      throw fail("a part of a storage lies outside of it; it is damaged");
    things.set(nameOf(key, fail), new StorageView(view.storage, view.offset + offset, length));
  }
}

/** Each is (key, storage, type), then, in 8 bytes each, the number of axes, their lengths, their strides and the offset. */
function readTensors(cursor: Cursor, things: Things, context: TorchContext): void {
  const { fail } = cursor;
  const host: PickleHost = lonelyHost(fail);
  for (let left = readCount(cursor, host); left > 0; left--) {
    const [key, storage] = readList(cursor, host);
    const view = things.get(nameOf(storage, fail));
    if (!(view instanceof StorageView)) throw fail("a tensor's storage is missing; it is damaged");
    const rank = cursor.u32();
    if (rank > MAX_RANK) throw fail(`a tensor has ${rank} axes, at most ${MAX_RANK} are supported`);
    cursor.take(4); // The upper half of the number of axes, which was not always written as 0.
    const [shape, strides] = [0, 1].map(() => Array.from({ length: rank }, () => cursor.u64()));
    if (!isCount(sizeOf(shape))) throw fail("a tensor has more elements than can be counted; it is damaged");
    things.set(nameOf(key, fail), new TorchTensor(view, cursor.u64(), shape, strides, context));
  }
}

function readCount(cursor: Cursor, host: PickleHost): number {
  const count = readPickle(cursor, host);
  if (!isCount(count)) throw cursor.fail("a number of storages or tensors is missing; it is damaged");
  return count;
}

function readList(cursor: Cursor, host: PickleHost): readonly unknown[] {
  const list = readPickle(cursor, host);
  if (!Array.isArray(list)) throw cursor.fail("a list is missing; it is damaged");
  return list;
}

function nameOf(key: unknown, fail: Fail): string {
  if (["number", "bigint", "string"].includes(typeof key)) return `number ${String(key)}`;
  throw fail("a storage or tensor has no number; it is damaged");
}
