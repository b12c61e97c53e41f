/** The tensors of PyTorch files: element (i, j, …) is element offset + i·strides[0] + j·strides[1] + … of a storage. */
import {
  allocate,
  type DType,
  FormatError,
  formatShape,
  NdArray,
  type Shape,
  sizeOf,
  type TypedArray,
} from "../../array/index.ts";
import type { Fail } from "../fail.ts";
import { quoted } from "../json.ts";
import type { CopyBudget, StorageView } from "./torch-storage.ts";

/** A tensor in a PyTorch file, which is read when it is asked for. */
export class TorchTensor {
  /** The length of each axis; [] for a scalar. */
  readonly shape: Shape;
  readonly #view: StorageView;
  readonly #offset: number;
  readonly #strides: Shape;
  readonly #file: string;
  readonly #budget: CopyBudget;
  #array: NdArray | undefined;

  /** @param offset of the first element, `strides` in elements */
  constructor(
    view: StorageView,
    offset: number,
    shape: Shape,
    strides: Shape,
    about: { readonly file: string; readonly budget: CopyBudget },
  ) {
    this.shape = shape;
    this.#view = view;
    this.#offset = offset;
    this.#strides = strides;
    this.#file = about.file;
    this.#budget = about.budget;
  }

  /** The element type after reading; undefined for complex and quantized numbers, which cannot be read. */
  get dtype(): DType | undefined {
    return this.#view.storage.type.type?.dtype;
  }

  /**
   * The values, row-major. Contiguous tensors of one storage share their data, as in PyTorch; others are copied.
   * @param name what it is called in messages
   * @throws FormatError if it lies outside of its storage, or has values that do not fit into our types
   */
  read(name = "of the file"): NdArray {
    const fail: Fail = (problem) => new FormatError(`${this.#file}: tensor ${quoted(name)}: ${problem}`);
    this.#array ??= new NdArray(this.#data(fail), this.shape, this.dtype);
    return this.#array;
  }

  #data(fail: Fail): TypedArray {
    const size = sizeOf(this.shape);
    const { storage, offset, length } = this.#view;
    const values = storage.values(fail);
    if (size === 0) return values.subarray(0, 0);
    const last = this.shape.reduce((at, n, axis) => at + (n - 1) * this.#strides[axis], this.#offset);
    if (last >= length || offset + length > storage.length)
      throw fail(
        `${formatShape(this.shape)} with strides ${formatShape(this.#strides)} ends at element ${last} of a storage of ` +
          `${length} elements; the file is damaged`,
      );
    const begin = offset + this.#offset;
    if (isContiguous(this.shape, this.#strides)) return values.subarray(begin, begin + size);
    this.#budget.spend(size * values.BYTES_PER_ELEMENT, fail);
    const copy = allocate(this.dtype!, size);
    copyView(values.subarray(begin), this.shape, this.#strides, copy);
    return copy;
  }
}

/** Whether elements follow each other in row-major order; strides of axes of length 1 do not matter. */
function isContiguous(shape: Shape, strides: Shape): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== step) return false;
    step *= shape[axis];
  }
  return true;
}

/** Copies a view in row-major order; no axis is empty. */
function copyView(from: TypedArray, shape: Shape, strides: Shape, to: TypedArray): void {
  const index = new Array<number>(shape.length).fill(0);
  for (let i = 0, at = 0; i < to.length; i++) {
    to[i] = from[at];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis];
      if (++index[axis] < shape[axis]) break;
      at -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}
