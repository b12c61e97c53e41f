/** Any op as a layer, by its name and attributes: plain data, saved with networks. */
import { checkOptions, OptionError } from "../array/index.ts";
import { isRecord } from "../formats/index.ts";
import { type Kind, text, withDefault } from "../options/index.ts";
import { createLayer, type Layer } from "./layer.ts";
import { namedOp, type OpAttributes } from "./named-ops.ts";

const attributesKind: Kind<OpAttributes> = {
  expects: "a record of attributes",
  read: (value) => (isRecord(value) ? value : undefined),
};

const opDefinition = { type: "op", options: { op: text(), attributes: withDefault(attributesKind, {}) } };

/**
 * An op of `fovea`'s registry as a layer, by its name and attributes; without parameters. It has the op's inputs and, by
 * number, its outputs, in the op's shapes, batch included: [n, …]. Elementwise ops broadcast. In attributes that hold the
 * number of samples, such as the shape of `broadcastTo`, −1 stands for it. Beside the registry there are `mean`, `sum`,
 * `reduceMax`, `reduceMin` with `{ axes, keep }`, `reshape` with `{ shape }`, in which one length may be −1, and `sliceAxis`
 * with `{ axis, start, stop, step }`.
 * @throws OptionError for an unknown op or invalid attributes
 * @example op("transpose", { order: [0, 2, 1] })(x)
 * @example sequential(embedding(1000, 64), op("transpose", { order: [0, 2, 1] }), conv1d(32, { kernel: 3, padding: "same" }))
 */
export function op(name: string, attributes: OpAttributes = {}): Layer {
  if (typeof name !== "string") throw new OptionError(`op: expects the name of an op, such as "transpose"`);
  checkOptions(`op ${name}`, attributes);
  const named = namedOp(name);
  const kept = named.read(attributes);
  const options = { op: name, attributes: kept };
  return createLayer(opDefinition, {
    type: opDefinition.type,
    options,
    inputs: named.inputs,
    outputs: undefined,
    forwardAll: (inputs, scope) => named.apply(inputs, kept, scope.batch),
    steps: () => "followed",
    toJSON: () => ({ type: opDefinition.type, ...options }),
    levels: 1,
  });
}

/** Whether a layer is an op, by its options. */
export const isOp = (layer: Layer): layer is Layer & { readonly options: { op: string; attributes: OpAttributes } } =>
  layer.type === opDefinition.type && layer.outputs === undefined;

/** The factory, for the catalog. */
export const opLayer = {
  definition: opDefinition,
  fromJson: (json: Readonly<Record<string, unknown>>): Layer => {
    const { op: name, attributes = {}, ...rest } = json;
    const [stranger] = Object.keys(rest);
    if (stranger !== undefined) throw new OptionError(`op: there is no option '${stranger}'; known: op, attributes`);
    return op(name as string, attributes as OpAttributes);
  },
};
