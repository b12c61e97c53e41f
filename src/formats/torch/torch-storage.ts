/** The storages of PyTorch files: runs of elements that tensors are views of. */
import { type TypedArray, takingMemory } from "../../array/index.ts";
import { type StoredType, storedTypes } from "../element-types.ts";
import type { Fail } from "../fail.ts";
import { PickledGlobal } from "../pickle/index.ts";

/** A class of storages. */
export class TorchStorageType extends PickledGlobal {
  /** Bytes of an element. */
  readonly bytes: number;
  /** How elements are read; undefined for complex and quantized numbers. */
  readonly type: StoredType | undefined;

  constructor(name: string, bytes: number, type: StoredType | undefined) {
    super(name);
    this.bytes = bytes;
    this.type = type;
  }
}

const readable = {
  Float: "F32",
  Double: "F64",
  Half: "F16",
  BFloat16: "BF16",
  Long: "I64",
  Int: "I32",
  Short: "I16",
  Char: "I8",
  Byte: "U8",
  Bool: "BOOL",
};

/** Bytes of an element of types that are skipped. */
const others = { ComplexHalf: 4, ComplexFloat: 8, ComplexDouble: 16, QInt8: 1, QUInt8: 1, QInt32: 4 };

/** By module and name, as in `torch.FloatStorage`. */
export const torchStorageTypes: ReadonlyMap<string, TorchStorageType> = new Map(
  [
    ...Object.entries(readable).map(([kind, name]) => {
      const type = storedTypes.get(name)!;
      return new TorchStorageType(`torch.${kind}Storage`, type.bytes, type);
    }),
    ...Object.entries(others).map(([kind, bytes]) => new TorchStorageType(`torch.${kind}Storage`, bytes, undefined)),
  ].map((type) => [type.name, type]),
);

/** A storage, whose bytes are known when the file has been read. */
export class TorchStorage {
  readonly key: string;
  readonly type: TorchStorageType;
  /** How many elements it has. */
  readonly length: number;
  #bytes: Uint8Array | undefined;
  #values: TypedArray | undefined;

  constructor(key: string, type: TorchStorageType, length: number) {
    this.key = key;
    this.type = type;
    this.length = length;
  }

  /** @throws what `fail` makes if there are more or fewer bytes than elements */
  fill(bytes: Uint8Array, fail: Fail): void {
    if (bytes.length !== this.length * this.type.bytes)
      throw fail(
        `storage ${this.key} has ${bytes.length} bytes, ${this.length} elements of ${this.type.name} take ` +
          `${this.length * this.type.bytes}: the file is damaged, fetch or save it again`,
      );
    this.#bytes = bytes;
  }

  /** The elements, converted once: tensors share them. */
  values(fail: Fail): TypedArray {
    const { type, name } = this.type;
    if (type === undefined) throw fail(`elements of ${name} cannot be read; convert it to float32 and save it again`);
    const bytes = this.#bytes;
    if (bytes === undefined) throw fail(`its storage ${this.key} is missing in the file; fetch or save it again`);
    this.#values ??= takingMemory(
      () => `storage ${this.key}`,
      () => type.read(bytes, fail),
    );
    return this.#values;
  }
}

/** What tensors are views of: a storage, or a part of one. */
export class StorageView {
  readonly storage: TorchStorage;
  /** The first element of the part. */
  readonly offset: number;
  readonly length: number;

  constructor(storage: TorchStorage, offset = 0, length = storage.length) {
    this.storage = storage;
    this.offset = offset;
    this.length = length;
  }
}

/** How many more bytes may be copied out of storages, so that small storages cannot be spread to huge tensors. */
export class CopyBudget {
  readonly #limit: number;
  #left: number;

  /** @param length bytes of the file */
  constructor(length: number) {
    this.#limit = 2 * length + (1 << 20);
    this.#left = this.#limit;
  }

  spend(bytes: number, fail: Fail): void {
    this.#left -= bytes;
    if (this.#left >= 0) return;
    throw fail(
      `copies of views that are not contiguous would take more than ${this.#limit} bytes, twice the file; ` +
        "save the tensors with .contiguous(), or the file is hostile",
    );
  }
}
