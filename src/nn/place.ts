/**
 * Values of a network under construction: `network` calls its builder with places; calling layers on places returns places.
 * The calls are recorded and become the nodes of the network.
 */
import { describeGiven, didYouMean, OptionError, StateError } from "../array/index.ts";
import { isTensor } from "../graph/index.ts";
import type { Layer } from "./layer.ts";
import { givenName } from "./names.ts";

/** An input of a node: a place, or a number beside one. */
export type PlaceOperand = Place | number;

/** A recorded call of a layer. */
export interface RecordedNode {
  readonly layer: Layer;
  readonly from: readonly PlaceOperand[];
  /** The given name; others are named when the network is complete. */
  name: string | undefined;
}

/** The recording of a network under construction. */
export interface Recording {
  readonly nodes: RecordedNode[];
}

/** The origin of a place: an input by name, or an output of a node. */
interface Origin {
  readonly recording: Recording;
  readonly node: RecordedNode | string;
  /** The output's name or number, if the node has several. */
  readonly output?: string | number | undefined;
}

/**
 * A value of a network under construction. Layers are called on it, and it has the methods of tensors:
 * `head(x.add(y).mul(0.5))`. It has neither values nor a shape.
 */
export class Place {
  readonly #origin: Origin;

  /** For `network`, which creates the inputs. */
  constructor(origin: Origin) {
    this.#origin = origin;
  }

  /** The origin of a place. */
  static originOf(place: Place): Origin {
    return place.#origin;
  }

  /**
   * One of several outputs: of an op by number, of a network by name.
   * @throws OptionError for an unknown output
   * @example nn.op("maxPool", { kernel: [2], stride: [2], padding: [0, 0], dilation: [1], ceil: false })(x).output(1)
   */
  output(which: string | number): Place {
    const { recording, node } = this.#origin;
    if (typeof node === "string") throw new OptionError(`network: the input '${node}' has no outputs to choose from`);
    const { layer } = node;
    const known = layer.outputs;
    const isKnown = known === undefined ? Number.isInteger(which) && Number(which) >= 0 : known.includes(`${which}`);
    if (!isKnown) {
      const hint = known === undefined ? "; outputs of an op are numbered from 0" : didYouMean(`${which}`, known);
      throw new OptionError(`network: ${layerTitle(layer)} has no output ${describeGiven(which)}${hint}`);
    }
    return new Place({ recording, node, output: which });
  }

  /**
   * Names the node of the value, for messages, taps, summaries, the saved model and its parameters.
   * @throws OptionError if it has one already, StateError for an input
   */
  named(name: string): Place {
    const { node } = this.#origin;
    if (typeof node === "string") throw new StateError(`network: the input '${node}' has its name already`);
    if (node.name !== undefined && node.name !== name)
      throw new OptionError(`network: '${node.name}' cannot be named '${name}' also`);
    node.name = name;
    return this;
  }
}

/** Whether a value is a place. */
export const isPlace = (value: unknown): value is Place => value instanceof Place;

let current: Recording | undefined;

/** Runs a builder and records its calls. */
export function record<T>(body: (recording: Recording) => T): { readonly recording: Recording; readonly result: T } {
  const outer = current;
  const recording: Recording = { nodes: [] };
  current = recording;
  try {
    return { recording, result: body(recording) };
  } finally {
    current = outer;
  }
}

/** Records the application of a layer; the arguments are not trusted. */
export function callLayer(layer: Layer, given: readonly unknown[]): Place {
  if (current === undefined)
    throw new StateError(
      `${layerTitle(layer)}: layers are called on places inside nn.network(inputs, (places) => …) only; ` +
        `got ${given.map(describePlace).join(", ") || "nothing"}; a model is applied to tensors: nn.Model.build(layer, { input })`,
    );
  return addNode(layer, operandsOf(layer, given));
}

/** Records a node over places of the network under construction. */
export function addNode(layer: Layer, from: readonly PlaceOperand[]): Place {
  if (current === undefined)
    throw new StateError(`${layerTitle(layer)}: places can be used only while their network is described`);
  checkCount(layer, from.length);
  for (const place of from) {
    if (!isPlace(place)) continue;
    const { recording, node, output } = Place.originOf(place);
    if (recording !== current)
      throw new StateError(
        `${layerTitle(layer)}: this place belongs to another network; give it to this network as an input`,
      );
    if (
      typeof node !== "string" &&
      node.layer.outputs !== undefined &&
      node.layer.outputs.length > 1 &&
      output === undefined
    )
      throw new OptionError(
        `${layerTitle(layer)}: ${node.layer.type} has the outputs ${node.layer.outputs.join(", ")}; ` +
          `choose one: .output("${node.layer.outputs[0]}")`,
      );
  }
  const node: RecordedNode = { layer, from, name: givenName(layer) };
  current.nodes.push(node);
  return new Place({ recording: current, node });
}

const isPlainRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value));

/** The places that a layer is called on, in the order of its inputs. */
function operandsOf(layer: Layer, given: readonly unknown[]): readonly PlaceOperand[] {
  const [first] = given;
  const list = given.length === 1 && isPlainRecord(first) ? inputsByName(layer, first) : given;
  for (const [i, place] of list.entries())
    if (!isPlace(place) && !(typeof place === "number" && layer.outputs === undefined))
      throw new OptionError(
        `${layerTitle(layer)}: ${inputName(layer, i)} must be a place of the network, got ${describePlace(place)}`,
      );
  return list as readonly PlaceOperand[];
}

function inputsByName(layer: Layer, given: Readonly<Record<string, unknown>>): readonly unknown[] {
  const { inputs } = layer;
  const stranger = Object.keys(given).find((name) => !inputs.includes(name));
  if (stranger !== undefined)
    throw new OptionError(`${layerTitle(layer)}: there is no input '${stranger}'${didYouMean(stranger, inputs)}`);
  const missing = inputs.find((name) => !Object.hasOwn(given, name));
  if (missing !== undefined)
    throw new OptionError(`${layerTitle(layer)}: the input '${missing}' is missing; it takes ${inputs.join(", ")}`);
  return inputs.map((name) => given[name]);
}

/** The name of a layer in messages: its type or op. */
export const layerTitle = ({ type, outputs, options }: Layer): string =>
  outputs === undefined ? String(options.op) : type;

/** The name of an input of a layer. */
export const inputName = ({ inputs }: Layer, i: number): string =>
  (inputs[Math.min(i, inputs.length - 1)] ?? `input ${i}`).replace("...", "");

/** Whether a layer takes this number of inputs. */
export function takes({ inputs }: Layer, count: number): boolean {
  const isOpen = inputs.at(-1)?.startsWith("...") ?? false;
  return isOpen ? count >= inputs.length : count === inputs.length;
}

/** The number of inputs of a layer, in words. */
export function describeInputs({ inputs }: Layer): string {
  if (inputs.length === 0) return "no inputs";
  const isOpen = inputs.at(-1)?.startsWith("...") ?? false;
  const count = `${isOpen ? "at least " : ""}${inputs.length} input${inputs.length === 1 ? "" : "s"}`;
  return inputs.length === 1 ? count : `${count} (${inputs.join(", ")})`;
}

function checkCount(layer: Layer, count: number): void {
  if (!takes(layer, count)) throw new OptionError(`${layerTitle(layer)}: takes ${describeInputs(layer)}, got ${count}`);
}

const describePlace = (value: unknown): string =>
  isPlace(value) ? "a place" : `${describeGiven(value)}${isTensor(value) ? "; tensors have the model's own call" : ""}`;
