/**
 * The names of PyTorch that its files need: classes of storages, and the functions that put tensors together. Source: PyTorch
 * 2, `torch/_utils.py`, the functions `_rebuild_…`, for their arguments.
 */
import { MAX_RANK, sizeOf } from "../../array/index.ts";
import type { Fail } from "../fail.ts";
import { isCount } from "../json.ts";
import { type PickleCall, PickledGlobal, type PickleHost, plainGlobals } from "../pickle/index.ts";
import { CopyBudget, StorageView, torchStorageTypes } from "./torch-storage.ts";
import { TorchTensor } from "./torch-tensor.ts";

/** A file while it is read. */
export interface TorchContext {
  /** Its name in messages. */
  readonly file: string;
  readonly fail: Fail;
  readonly budget: CopyBudget;
}

export const contextOf = (file: string, length: number, fail: Fail): TorchContext => ({
  file,
  fail,
  budget: new CopyBudget(length),
});

/** Gives the names in a pickle their meaning. @param persistent what is kept outside of the pickle */
export function torchHost(context: TorchContext, persistent: PickleHost["persistent"]): PickleHost {
  const calls = new Map(Object.entries(callsIn(context)).map(([name, call]) => [name, new PickledGlobal(name, call)]));
  return {
    global: (name) =>
      calls.get(name) ?? torchStorageTypes.get(name.replace(/^torch\.cuda\./, "torch.")) ?? plainGlobals.get(name),
    persistent,
  };
}

/** Pickles that need nothing from outside. */
export const lonelyHost = (fail: Fail): PickleHost => ({
  global: (name) => torchStorageTypes.get(name.replace(/^torch\.cuda\./, "torch.")) ?? plainGlobals.get(name),
  persistent: () => {
    throw fail("a part of it that stands alone refers to others; it is damaged");
  },
});

const callsIn = (context: TorchContext): Record<string, PickleCall> => ({
  "torch._utils._rebuild_tensor": (args) => rebuildTensor(args, context),
  "torch._utils._rebuild_tensor_v2": (args) => rebuildTensor(args, context),
  "torch._utils._rebuild_parameter": ([data]) => data,
  "torch._utils._rebuild_parameter_with_state": ([data]) => data,
  "torch.nn.parameter.Parameter": ([data]) => data,
  "torch._tensor._rebuild_from_type_v2": ([call, , args]) => rebuildFromType(call, args, context),
  "torch.Size": ([sizes = []]) => sizes,
});

/** A tensor with attributes, which are left out. */
const rebuildFromType = (call: unknown, args: unknown, context: TorchContext): unknown =>
  call instanceof PickledGlobal && call.name === "torch._utils._rebuild_tensor_v2" && Array.isArray(args)
    ? rebuildTensor(args, context)
    : undefined;

/** Whether notes of a tensor say that its values are not those of the storage: negated or conjugated. */
const changesValues = (notes: unknown): boolean =>
  notes instanceof Map && ["neg", "conj"].some((note) => notes.get(note) === true);

/** @returns undefined if the storage is of a kind that is not known, or the tensor not what is stored */
function rebuildTensor(args: readonly unknown[], context: TorchContext): TorchTensor | undefined {
  const [view, offset, shape, strides, , , notes] = args;
  if (!(view instanceof StorageView) || changesValues(notes)) return undefined;
  if (!isCount(offset) || !isSizes(shape) || !isSizes(strides) || shape.length !== strides.length)
    throw context.fail(
      `a tensor's offset, shape and strides are no lists of at most ${MAX_RANK} counts; it is damaged`,
    );
  const size = sizeOf(shape);
  if (!isCount(size)) throw context.fail(`a tensor has ${size} elements, more than can be counted; it is damaged`);
  return new TorchTensor(view, offset, shape, strides, context);
}

/** A longer list may be one that is used again and again, so it is not looked through. */
const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length <= MAX_RANK && value.every(isCount);
