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

/** What brings a value from the memory of an engine to the host: at once, or as a promise where the engine has to wait. */
export type FetchValue = () => NdArray | PromiseLike<NdArray>;

/**
 * A named value. Inside a trace, `read` gives its tensor and `assign` records its next value, which takes effect when
 * the whole step is done; a `read` after an `assign` sees the assigned tensor. Outside, `fetch` and `value` give the host's
 * copy.
 */
export class Variable {
  /** What messages and saved models call the variable. */
  readonly name: string;
  /** The element type. */
  readonly dtype: DType;
  /** The length of each axis; [] for a scalar. */
  readonly shape: Shape;
  /** Whether `minimize` changes it when no list of variables is given. */
  readonly trainable: boolean;
  #value: NdArray | undefined;
  #fetch: FetchValue | undefined;
  /** The value on its way to the host; dropped when the variable gets another one. */
  #pending: Promise<NdArray> | undefined;
  #version = 0;

  /** @param name unique within a model; for parameters the layer path, such as `features.0.weight` */
  constructor(name: string, value: NdArray, options: { trainable?: boolean } = {}) {
    checkArray(`variable ${name}`, "its value", value);
    checkOptions(`variable ${name}`, options);
    const { trainable = true } = options;
    this.name = name;
    this.dtype = value.dtype;
    this.shape = value.shape;
    this.trainable = trainable;
    this.#value = value;
  }

  /**
   * The value between steps. Set another one, or write into the data of the one that you get, before the next step runs;
   * what is written into an array that was got earlier is not seen.
   *
   * Reading needs a value at hand: one that was set or fetched since the last step, or that lies in memory which the engine
   * can read at once, as the CPU engine can. `fetch` works with every engine. Setting never waits: the next step takes the
   * new value to its device.
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
   * The value at the time of the call, wherever it lies; then the same as `value`, which works until the next step changes
   * the variable.
   * @example const weights = (await model.variables[0].fetch()).toNested();
   */
  async fetch(): Promise<NdArray> {
    const value = await this.peek();
    // Otherwise the variable has changed meanwhile, and what is written into this array is not seen.
    if (value === this.#value) this.#version++;
    return value;
  }

  /** Counts the occasions on which the value may have changed: an engine's copy of an older version is out of date. */
  get version(): number {
    return this.#version;
  }

  /**
   * For engines: the value, or a promise of it where it lies on a device. To be read only: unlike `value` this does not
   * count as a change.
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
   * For engines: the value has changed and lies in the engine's memory. `fetch` is called when the value is asked for, and
   * gives it as it is at the time of the call, even where a later run changes it before the promise settles.
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
    // Reported to those who await the value; not as an unhandled rejection.
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
