/** Layers without inputs, for networks: parameters and constants. */
import {
  array,
  type DType,
  dtypes,
  isDType,
  NdArray,
  type Nested,
  OptionError,
  type Shape,
  ShapeError,
  sizeOf,
} from "../array/index.ts";
import { constant as constantTensor, located } from "../graph/index.ts";
import { flag, integers, type Kind, withDefault, word } from "../options/index.ts";
import { type Initializer, initializerOption } from "./initializers.ts";
import { defineLayer, type Layer } from "./layer.ts";

const isOneOf = Object.keys(dtypes).filter(isDType);

const parameterLayer = defineLayer({
  type: "parameter",
  inputs: [],
  options: {
    shape: integers(1),
    initializer: initializerOption("zeros"),
    trainable: withDefault(flag(), true),
    dtype: withDefault(word<DType>(...isOneOf), "f32"),
  },
  forward: ({ shape, initializer, trainable, dtype }, _, scope) => {
    if (!trainable) return scope.state("value", shape, initializer, dtype).read();
    if (dtype === "f32") return scope.parameter("value", shape, initializer);
    throw new ShapeError(`${located("parameter")}: what is trained is f32, not ${dtype}; give trainable: false`);
  },
});

/** Options of `parameter`. */
export interface ParameterOptions {
  /** Its initializer. Default `zeros`. */
  readonly initializer?: Initializer | undefined;
  /** Whether it is trained; otherwise it is only saved, such as a fixed table. Default true. */
  readonly trainable?: boolean | undefined;
  /** The element type, if not trained. Default `f32`. */
  readonly dtype?: DType | undefined;
}

/**
 * A parameter as a value of a network: no input, its own value, such as [8] or [1, 8], without a batch axis. Its name is
 * `name.value`.
 * @throws OptionError for an invalid shape
 * @example
 * network({ x: [8] }, ({ x }) => x.mul(named("scale", parameter([8], { initializer: "ones" }))()));
 */
export const parameter = (shape: Shape, options: ParameterOptions = {}): Layer => parameterLayer({ shape, ...options });

/** Larger ones should be untrained parameters, which are stored as tensors. */
const MAX_CONSTANT = 2 ** 16;

const numbersKind: Kind<readonly number[]> = {
  expects: `a list of up to ${MAX_CONSTANT} numbers`,
  read: (value) =>
    Array.isArray(value) && value.length <= MAX_CONSTANT && value.every((n) => typeof n === "number")
      ? [...value]
      : undefined,
};

const constantLayer = defineLayer({
  type: "constant",
  inputs: [],
  options: { shape: integers(0), dtype: withDefault(word<DType>(...isOneOf), "f32"), values: numbersKind },
  forward: ({ shape, dtype, values }) => {
    if (values.length !== sizeOf(shape))
      throw new ShapeError(`${located("constant")}: ${values.length} values do not fill [${shape}]`);
    return constantTensor(new NdArray(Float64Array.from(values), shape, "f64").cast(dtype));
  },
});

/**
 * Fixed numbers as a value of a network: no input, an array such as [3, 3], without a batch axis. They are a part of the
 * network's description, so there are at most 65,536; use an untrained `parameter` for more. A saved network cannot hold
 * NaN.
 * @throws OptionError for more numbers, ShapeError for a ragged list
 * @example constant([[0, 1, 0], [1, -4, 1], [0, 1, 0]])()
 */
export function constant(value: NdArray | Nested, dtype: DType = "f32"): Layer {
  const { shape, dtype: own, data, size } = value instanceof NdArray ? value : array(value, dtype);
  if (size > MAX_CONSTANT)
    throw new OptionError(
      `constant: ${size} numbers; the limit is ${MAX_CONSTANT}; use a parameter with trainable: false, and set its value`,
    );
  return constantLayer({ shape, dtype: own, values: [...data] });
}

/** The factories, for the catalog. */
export const parameterLayers = [parameterLayer, constantLayer];
