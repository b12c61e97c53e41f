/**
 * Networks with any number of inputs and outputs: a list of nodes, each a layer or an op applied to inputs and to nodes
 * before it. A network is a layer, and plain data; it is described by calling layers on places.
 */
import { converters, describeGiven, isFloat, OptionError, ShapeError, shorten } from "../array/index.ts";
import { fill, formatType, located, type Tensor } from "../graph/index.ts";
import type { Kind } from "../options/index.ts";
import { type InputSpec, type ModelInput, readInput } from "./inputs.ts";
import { createLayer, type Layer, levelsIn, type NestedReader, type Scope } from "./layer.ts";
import { outputOf } from "./named-ops.ts";
import { isLayerName, NAME_RULE, originalOf } from "./names.ts";
import { specFromJson } from "./network-json.ts";
import {
  type NetworkNode,
  type NetworkSpec,
  networkProblem,
  outputIndex,
  parseReference,
  specToJson,
} from "./network-spec.ts";
import { isOp } from "./op-layer.ts";
import { isPlace, layerTitle, Place, type PlaceOperand, type RecordedNode, type Recording, record } from "./place.ts";
import { givePlaceMethods } from "./place-methods.ts";

const listKind = (expects: string): Kind<readonly unknown[]> => ({
  expects,
  read: (value) => (Array.isArray(value) ? value : undefined),
});

const networkDefinition = {
  type: "network",
  options: {
    inputs: listKind("a list of inputs, { name, shape, dtype }"),
    nodes: listKind("a list of nodes, { name, layer, from }, { name, op, attributes, from } or { name, shares, from }"),
    outputs: listKind("a list of outputs, { name, from }"),
  },
};

const specs = new WeakMap<Layer["forwardAll"], NetworkSpec>();

/** Whether a layer is a network of named inputs and outputs. */
export const isNetwork = (layer: Layer): boolean => specs.has(layer.forwardAll);

/** The network of a layer, as plain data; `undefined` for other layers. */
export const specOf = (layer: Layer): NetworkSpec | undefined => specs.get(layer.forwardAll);

/** The inputs whose shapes a network declares, by name. */
export function declaredInputs(layer: Layer): ReadonlyMap<string, ModelInput> {
  const declared = specOf(layer)?.inputs ?? [];
  return new Map(declared.flatMap(({ name, input }) => (input === undefined ? [] : [[name, input] as const])));
}

/** A layer that is a network. The description must be valid (`networkProblem`). */
function createNetwork(spec: NetworkSpec): Layer {
  const json = specToJson(spec);
  const nodes = new Map(spec.nodes.map((node) => [node.name, node]));
  const forwardAll = (inputs: readonly Tensor[], scope: Scope): readonly Tensor[] =>
    runNodes(spec, nodes, inputs, scope);
  specs.set(forwardAll, spec);
  return createLayer(networkDefinition, {
    type: networkDefinition.type,
    options: json,
    inputs: spec.inputs.map(({ name }) => name),
    outputs: spec.outputs.map(({ name }) => name),
    forwardAll,
    steps: () => "followed",
    toJSON: () => ({ type: networkDefinition.type, ...json }),
    levels: spec.nodes.reduce((most, { layer }) => Math.max(most, 1 + levelsIn(layer)), 1),
  });
}

function runNodes(
  spec: NetworkSpec,
  nodes: ReadonlyMap<string, NetworkNode>,
  inputs: readonly Tensor[],
  scope: Scope,
): readonly Tensor[] {
  const values = new Map<string, readonly Tensor[]>(spec.inputs.map(({ name }, i) => [name, [inputs[i]]]));
  const valueAt = (reference: string): Tensor => {
    const [name, output] = parseReference(reference);
    const node = nodes.get(name);
    return outputOf(values.get(name)!, node === undefined ? 0 : outputIndex(node.layer, output), name);
  };
  for (const { name, layer, shares, from } of spec.nodes) {
    const tensors = from.map((operand) => (typeof operand === "number" ? operand : valueAt(operand)));
    values.set(name, scope.applyAll(name, layer, numbersAsTensors(layer, tensors), shares));
  }
  return spec.outputs.map(({ from }) => valueAt(from));
}

/** Numbers take the shape and type of the last tensor operand, since `select` has its condition first. */
function numbersAsTensors(layer: Layer, operands: readonly (Tensor | number)[]): readonly Tensor[] {
  const like = operands.findLast((operand) => typeof operand !== "number");
  return operands.map((operand) => {
    if (typeof operand !== "number") return operand;
    const { shape, dtype } = like!;
    if (!isFloat(dtype) && converters[dtype](operand) !== operand)
      throw new ShapeError(
        `${located(layerTitle(layer))}: ${operand} is no value of type ${dtype}, that of ` +
          `${formatType(like!)}; cast the tensor to f32 first`,
      );
    return fill(operand, shape, dtype);
  });
}

/** The argument of a builder: a place for each input, by name. */
type NamedPlaces<N extends string> = Readonly<Record<N, Place>>;

/** The result of a builder: one value, or several by name. */
type Results = Place | Readonly<Record<string, Place>>;

/**
 * A network of named inputs, each [n, …], and outputs, described by calling layers on places. It is a layer of type
 * `network`: models of it are built, saved and loaded like any other, and it can be part of other networks, and of
 * `sequential` if it has one input and one output. A layer that is called twice shares its parameters. Parameters are named
 * after the layers: those that `named` gave, else the type (`linear`), with a number from the second one on (`linear_2`).
 * @param inputs the shape of one sample of each input, without the batch axis, or the result of `tokens` or `sequence`; or
 *   only the names, for networks that are part of others
 * @param build gets a place for each input, and returns one (the output `output`), or a record of them by name
 * @throws OptionError for invalid or duplicate names, for layers that no output needs, and for values that are not places;
 *   StateError for places of another network
 * @example
 * network({ image: [3, 32, 32], question: tokens(20) }, ({ image, question }) => {
 *   const seen = trunk(image);
 *   return { scores: head(concat(seen, encoder(question))), box: linear(4)(seen) };
 * });
 */
export function network<const N extends string>(
  inputs: readonly N[],
  build: (places: NamedPlaces<N>) => Results,
): Layer;
export function network<N extends string>(
  inputs: Readonly<Record<N, InputSpec>>,
  build: (places: NamedPlaces<N>) => Results,
): Layer;
export function network(
  inputs: readonly string[] | Readonly<Record<string, InputSpec>>,
  build: (places: NamedPlaces<string>) => Results,
): Layer {
  givePlaceMethods();
  const declared = readNetworkInputs(inputs);
  if (typeof build !== "function")
    throw new OptionError(`network: expects a function (places) => place, got ${describeGiven(build)}`);
  const { recording, result } = record((recording) =>
    build(Object.fromEntries(declared.map(({ name }) => [name, new Place({ recording, node: name })]))),
  );
  const spec = specOfRecording(declared, recording, readResults(result, recording));
  const found = networkProblem(spec);
  if (found !== undefined) throw new OptionError(`network: ${found.at}: ${found.problem}`);
  return createNetwork(spec);
}

function readNetworkInputs(inputs: unknown): NetworkSpec["inputs"] {
  if (Array.isArray(inputs)) return inputs.map((name) => ({ name: checkName("an input's name", name) }));
  if (typeof inputs !== "object" || inputs === null)
    throw new OptionError(`network: expects its inputs, such as { image: [3, 32, 32] }, got ${describeGiven(inputs)}`);
  return Object.entries(inputs).map(([name, spec]) => ({
    name: checkName("an input's name", name),
    input: readInput(`network: input ${shorten(name)}`, spec),
  }));
}

function checkName(what: string, name: unknown): string {
  if (isLayerName(name)) return name;
  throw new OptionError(`network: ${what} ${NAME_RULE}, got ${describeGiven(name)}`);
}

function readResults(result: unknown, recording: Recording): ReadonlyMap<string, Place> {
  const entries = isPlace(result) ? [["output", result] as const] : Object.entries((result ?? {}) as object);
  if (entries.length === 0 || !entries.every(([, place]) => isPlace(place)))
    throw new OptionError(
      `network: its function must return a place, or a record of places by name, got ${describeResult(result)}`,
    );
  for (const [name, place] of entries) {
    checkName("an output's name", name);
    if (Place.originOf(place).recording !== recording)
      throw new OptionError(`network: the output '${name}' is a place of another network`);
  }
  return new Map(entries);
}

const describeResult = (result: unknown): string =>
  typeof result === "object" && result !== null && !Array.isArray(result)
    ? `{ ${Object.entries(result)
        .map(([name, value]) => `${name}: ${isPlace(value) ? "place" : describeGiven(value)}`)
        .join(", ")} }`
    : describeGiven(result);

/** The recorded calls as nodes: named, and with references in place of places. */
function specOfRecording(
  inputs: NetworkSpec["inputs"],
  recording: Recording,
  results: ReadonlyMap<string, Place>,
): NetworkSpec {
  const names = nameNodes(
    recording.nodes,
    inputs.map(({ name }) => name),
  );
  const referenceTo = (operand: PlaceOperand): string | number => {
    if (!isPlace(operand)) return operand;
    const { node, output } = Place.originOf(operand);
    if (typeof node === "string") return node;
    const isOnly = output === undefined || output === 0 || node.layer.outputs?.length === 1;
    return isOnly ? names.get(node)! : `${names.get(node)}.${output}`;
  };
  checkUse(recording.nodes, names, results);
  const firsts = new Map<Layer, string>();
  const nodes = recording.nodes.map((recorded): NetworkNode => {
    const { layer, from } = recorded;
    const name = names.get(recorded)!;
    const first = isOp(layer) ? undefined : firsts.get(originalOf(layer));
    if (first === undefined) firsts.set(originalOf(layer), name);
    return { name, layer, ...(first !== undefined && { shares: first }), from: from.map(referenceTo) };
  });
  const outputs = [...results].map(([name, place]) => ({ name, from: referenceTo(place) as string }));
  return { inputs, nodes, outputs };
}

/** The name of each node: the given one, or the type of its layer, with a number from the second on. */
function nameNodes(nodes: readonly RecordedNode[], inputs: readonly string[]): ReadonlyMap<RecordedNode, string> {
  const names = givenNames(nodes, inputs);
  const taken = new Set([...inputs, ...names.values()]);
  const counts = new Map<string, number>();
  /** The name of a layer that is called again. */
  const bases = new Map<Layer, string>();
  for (const node of nodes) {
    const given = names.get(node);
    if (given !== undefined) {
      bases.set(originalOf(node.layer), given);
      continue;
    }
    const base = bases.get(originalOf(node.layer)) ?? baseName(node.layer);
    let count = counts.get(base) ?? 0;
    let name: string;
    do name = ++count === 1 ? base : `${base}_${count}`;
    while (taken.has(name));
    counts.set(base, count);
    names.set(node, name);
    taken.add(name);
  }
  return names;
}

/** The names that were chosen. @throws OptionError for invalid and duplicate names */
function givenNames(nodes: readonly RecordedNode[], inputs: readonly string[]): Map<RecordedNode, string> {
  const named = new Map<string, RecordedNode>();
  for (const node of nodes) {
    const { name } = node;
    if (name === undefined) continue;
    checkName("a layer's name", name);
    const first = named.get(name);
    // A layer that is called again has given its name to its first call.
    if (first !== undefined && originalOf(first.layer) === originalOf(node.layer)) continue;
    if (first !== undefined || inputs.includes(name))
      throw new OptionError(`network: two of its values are named '${shorten(name)}'`);
    named.set(name, node);
  }
  return new Map([...named].map(([name, node]) => [node, name]));
}

const baseName = (layer: Layer): string => {
  const name = layerTitle(layer).replace(/[./]/g, "_").slice(0, 200);
  return name === "" ? "layer" : name;
};

/** @throws OptionError for a layer that no output needs */
function checkUse(
  nodes: readonly RecordedNode[],
  names: ReadonlyMap<RecordedNode, string>,
  results: ReadonlyMap<string, Place>,
): void {
  const used = new Set([...results.values()].map((place) => Place.originOf(place).node));
  for (const node of [...nodes].reverse()) {
    if (!used.has(node))
      throw new OptionError(`network: no output needs '${names.get(node)}'; return it, or leave it out`);
    for (const operand of node.from) if (isPlace(operand)) used.add(Place.originOf(operand).node);
  }
}

/** The factory, for the catalog. */
export const networkLayer = {
  definition: networkDefinition,
  fromJson: (json: Readonly<Record<string, unknown>>, reader: NestedReader): Layer =>
    createNetwork(specFromJson(json, reader)),
};
