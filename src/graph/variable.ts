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

/**
 * A named value. Inside a trace, `read` gives its tensor and `assign` records its next value, which takes effect when
 * the whole step is done; a `read` after an `assign` sees the assigned tensor. Outside, `value` is the host's copy.
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
  #fetch: (() => NdArray) | undefined;
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
   */
  get value(): NdArray {
    this.#value ??= this.#fetch!();
    this.#version++;
    return this.#value;
  }

  /** @throws ShapeError when the new value has another type or shape. */
  set value(next: NdArray) {
    checkArray(`variable ${this.name}`, "its value", next);
    this.#check(next, "set to");
    this.#value = next;
    this.#version++;
  }

  /** Counts the occasions on which the value may have changed: an engine's copy of an older version is out of date. */
  get version(): number {
    return this.#version;
  }

  /** For engines: the value has changed, and is fetched from the engine's memory when it is asked for. */
  defer(fetch: () => NdArray): void {
    this.#value = undefined;
    this.#fetch = fetch;
    this.#version++;
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

  #check(next: Pick<NdArray, "dtype" | "shape">, verb: string): void {
    if (next.dtype !== this.dtype || !sameShape(next.shape, this.shape)) {
      throw new ShapeError(`variable ${this.name} is ${formatType(this)} and cannot be ${verb} ${formatType(next)}`);
    }
  }
}

/** A scalar variable that is not trained. */
export const scalarVariable = (name: string, value: number, dtype: DType = "f32"): Variable =>
  new Variable(name, new NdArray(dtype === "i32" ? Int32Array.of(value) : Float32Array.of(value), [], dtype), {
    trainable: false,
  });
