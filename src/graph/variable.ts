/** State that lives between steps: parameters, optimizer slots, running statistics, the position in random streams. */
import {
  checkArray,
  checkOptions,
  type DType,
  describeGiven,
  NdArray,
  type Shape,
  ShapeError,
  StateError,
  sameShape,
} from "../array/index.ts";
import { formatType, isTensor, TENSOR_HINT, type Tensor } from "./tensor.ts";
import { currentTrace } from "./trace.ts";

/** Fetches a value from the memory of an engine: at once, or as a promise if the engine has to wait. */
export type FetchValue = () => NdArray | PromiseLike<NdArray>;

/** A first value that is computed when it is first needed. */
export interface LateValue {
  readonly shape: Shape;
  readonly dtype: DType;
  /** Computes the value, of that shape and type. */
  readonly draw: () => NdArray;
}

const isLate = (value: NdArray | LateValue): value is LateValue =>
  typeof value === "object" && value !== null && "draw" in value && typeof value.draw === "function";

/**
 * A named value. Inside a trace, `read` gives its tensor and `assign` records its next value, which takes effect when
 * the whole step is done; a `read` after an `assign` sees the assigned tensor. Outside, `fetch` and `value` give the host's
 * copy.
 */
export class Variable {
  /** The variable's name in messages and saved models. */
  readonly name: string;
  /** The element type. */
  readonly dtype: DType;
  /** The length of each axis; [] for a scalar. */
  readonly shape: Shape;
  /** Whether `minimize` changes it by default. */
  readonly trainable: boolean;
  #value: NdArray | undefined;
  #fetch: FetchValue | undefined;
  /** A pending fetch of the value; dropped when the variable gets another one. */
  #pending: Promise<NdArray> | undefined;
  #version = 0;

  /** @param name unique within a model; for parameters the layer path, such as `features.0.weight` */
  constructor(name: string, value: NdArray | LateValue, options: { trainable?: boolean } = {}) {
    if (isLate(value)) this.#fetch = value.draw;
    else {
      checkArray(`variable ${name}`, "its value", value);
      this.#value = value;
    }
    checkOptions(`variable ${name}`, options);
    const { trainable = true } = options;
    this.name = name;
    this.dtype = value.dtype;
    this.shape = value.shape;
    this.trainable = trainable;
  }

  /**
   * The value between steps. To change it, set another one, or write into the data of the returned array before the next
   * step; writes into arrays returned earlier are ignored.
   *
   * Reading needs an available value: set or fetched since the last step, or in memory that the engine reads synchronously,
   * as the CPU engine does. `fetch` works with every engine. Setting never waits: the next step takes the new value to its
   * device.
   * @throws StateError when read while the value lies on a device
   */
  get value(): NdArray {
    const value = this.peek();
    if (value instanceof Promise)
      throw new StateError(
        `the value of variable ${this.name} lies on a device and cannot be read at once; write await variable.fetch() in place of variable.value`,
      );
    this.#version++;
    return value;
  }

  /** @throws ShapeError when the new value has another type or shape. */
  set value(next: NdArray) {
    checkArray(`variable ${this.name}`, "its value", next);
    this.#check(next, "set to");
    this.#set(next);
  }

  /**
   * The value at the time of the call, from any device; afterwards `value` works until the next step changes the variable.
   * @example const weights = (await model.variables[0].fetch()).toNested();
   */
  async fetch(): Promise<NdArray> {
    const value = await this.peek();
    // Otherwise the variable has changed meanwhile, and writes into this array are ignored.
    if (value === this.#value) this.#version++;
    return value;
  }

  /** Counts possible changes of the value: an engine's copy of an older version is stale. */
  get version(): number {
    return this.#version;
  }

  /**
   * For engines: the value, or a promise of it if it is on a device. Read-only: unlike `value` this does not count as a
   * change.
   */
  peek(): NdArray | Promise<NdArray> {
    if (this.#value !== undefined) return this.#value;
    if (this.#pending !== undefined) return this.#pending;
    const fetched = this.#fetch!();
    if (isPromise(fetched)) return this.#wait(fetched);
    this.#value = fetched;
    return fetched;
  }

  /**
   * For engines: the value has changed and is in the engine's memory. `fetch` is called on demand and returns the value at
   * the time of the call, even if a later run changes it before the promise settles.
   */
  defer(fetch: FetchValue): void {
    this.#set(undefined, fetch);
  }

  /**
   * The current value inside a trace.
   * @throws StateError outside a trace
   */
  read(): Tensor {
    return currentTrace(`variable ${this.name} was read`, ", or read its .value").read(this);
  }

  /**
   * Sets the next value inside a trace.
   * @throws ShapeError for another shape or element type, StateError outside a trace
   */
  assign(next: Tensor): void {
    if (!isTensor(next))
      throw new StateError(
        `variable ${this.name} was assigned ${describeGiven(next)}; ${TENSOR_HINT}, or set its .value`,
      );
    this.#check(next, "assigned");
    currentTrace(`variable ${this.name} was assigned`, ", or set its .value").assign(this, next);
  }

  #set(value: NdArray | undefined, fetch?: FetchValue): void {
    this.#value = value;
    this.#fetch = fetch;
    this.#pending = undefined;
    this.#version++;
  }

  #wait(fetched: PromiseLike<NdArray>): Promise<NdArray> {
    const settle = (value: NdArray | undefined): void => {
      if (this.#pending !== pending) return;
      this.#pending = undefined;
      this.#value = value;
    };
    const pending: Promise<NdArray> = Promise.resolve(fetched).then(
      (value) => {
        settle(value);
        return value;
      },
      (error) => {
        settle(undefined);
        throw error;
      },
    );
    // The error rejects the promise that callers await; it must not count as an unhandled rejection as well.
    pending.catch(() => {});
    this.#pending = pending;
    return pending;
  }

  #check(next: Pick<NdArray, "dtype" | "shape">, verb: string): void {
    if (next.dtype !== this.dtype || !sameShape(next.shape, this.shape)) {
      throw new ShapeError(`variable ${this.name} is ${formatType(this)} and cannot be ${verb} ${formatType(next)}`);
    }
  }
}

const isPromise = (value: NdArray | PromiseLike<NdArray>): value is PromiseLike<NdArray> => "then" in value;

/** A scalar variable that is not trained. */
export const scalarVariable = (name: string, value: number, dtype: DType = "f32"): Variable =>
  new Variable(name, new NdArray(dtype === "i32" ? Int32Array.of(value) : Float32Array.of(value), [], dtype), {
    trainable: false,
  });
