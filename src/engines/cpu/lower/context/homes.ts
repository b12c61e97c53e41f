/**
 * Where tensors lie that are parts of a larger one: what makes them writes them there, and nothing is copied when the larger
 * one is needed. A part of a part lies in the whole of its whole.
 */
import type { Tensor } from "../../../../graph/index.ts";
import { partOf, type View } from "./views.ts";

/** A tensor's place in a larger one. */
export interface Part {
  readonly whole: Tensor;
  readonly axis: number;
  /** Along the axis. */
  readonly start: number;
}

export class Homes {
  readonly #parts: ReadonlyMap<Tensor, Part>;
  readonly #wholes: ReadonlySet<Tensor>;
  readonly #allocate: (whole: Tensor) => View;
  readonly #views = new Map<Tensor, View>();

  /** @param allocate makes room for a tensor that is no part of another */
  constructor(parts: ReadonlyMap<Tensor, Part>, allocate: (whole: Tensor) => View) {
    this.#parts = parts;
    this.#wholes = new Set([...parts.values()].map(({ whole }) => whole));
    this.#allocate = allocate;
  }

  /** Where a tensor should be, if it is a part of another one, or has parts. */
  of(tensor: Tensor): View | undefined {
    const known = this.#views.get(tensor);
    if (known !== undefined) return known;
    const view = this.#find(tensor);
    if (view !== undefined) this.#views.set(tensor, view);
    return view;
  }

  #find(tensor: Tensor): View | undefined {
    const part = this.#parts.get(tensor);
    if (part === undefined) return this.#wholes.has(tensor) ? this.#allocate(tensor) : undefined;
    const { whole, axis, start } = part;
    return partOf(this.of(whole)!, axis, start, tensor.shape[axis]);
  }
}
