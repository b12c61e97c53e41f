/** The storages that a pickle refers to, by key: `("storage", type, key, device, elements)`, in old files with a view. */
import { describeGiven } from "../../array/index.ts";
import type { Fail } from "../fail.ts";
import { isCount, quoted } from "../json.ts";
import { StorageView, TorchStorage, TorchStorageType } from "./torch-storage.ts";

/** A list that grows as the pickle is read. */
export class StorageList {
  readonly #fail: Fail;
  /** Keys begin with a letter: integer keys could be chosen so that their hashes collide. */
  readonly #storages = new Map<string, TorchStorage>();

  constructor(fail: Fail) {
    this.#fail = fail;
  }

  [Symbol.iterator](): Iterator<TorchStorage> {
    return this.#storages.values();
  }

  get(key: string): TorchStorage | undefined {
    return this.#storages.get(`key ${key}`);
  }

  /** What an id in a pickle stands for. */
  find(id: unknown): unknown {
    const [kind, type, key, , length, part = null] = Array.isArray(id) ? id : [];
    if (kind === "module") return type; // A class whose source is kept with it.
    if (kind !== "storage" || typeof key !== "string" || !isCount(length))
      throw this.#fail(`it refers to ${describeGiven(id)}, expected a storage with a key and a number of elements`);
    // Tensors on a storage of an unknown kind are reported when they are read.
    if (!(type instanceof TorchStorageType)) return null;
    return this.#partOf(this.#add(key, type, length), part);
  }

  #add(key: string, type: TorchStorageType, length: number): TorchStorage {
    const found = this.get(key);
    if (found !== undefined && (found.type !== type || found.length !== length))
      throw this.#fail(
        `storage ${quoted(key)} is ${found.length} elements of ${found.type.name} and ${length} of ${type.name}; it is damaged`,
      );
    const storage = found ?? new TorchStorage(key, type, length);
    this.#storages.set(`key ${key}`, storage);
    return storage;
  }

  #partOf(storage: TorchStorage, part: unknown): StorageView {
    if (part === null) return new StorageView(storage);
    const [, offset, length] = Array.isArray(part) ? part : [];
    if (!isCount(offset) || !isCount(length) || offset + length > storage.length)
      throw this.#fail(`a part of storage ${quoted(storage.key)} lies outside of it; it is damaged`);
    return new StorageView(storage, offset, length);
  }
}
