/**
 * What is attributed, and to what: a network, a target, and the values among which the target is divided. For each input these
 * are its own numbers; for words, which have no derivative, those of the layer that the input goes into, an embedding.
 */
import { describeGiven, isFloat, OptionError } from "../../array/index.ts";
import type { EngineChoice } from "../../engines/index.ts";
import { isOpNode, type Tensor } from "../../graph/index.ts";
import type { Model } from "../../nn/index.ts";
import { recordsOf } from "../../ops/index.ts";
import type { Target } from "../probe/index.ts";
import { type AppliedNetwork, applyOnce, type LayerRow } from "../rows.ts";
import { type Layout, layoutOf } from "./layout.ts";

/** A question to a network. */
export interface Subject {
  readonly model: Model;
  readonly target: Target;
  /** The paths of the values that the target is attributed to. */
  readonly places: readonly string[];
  /** How the numbers at each place lie. */
  readonly layouts: Readonly<Record<string, Layout>>;
  /** The network as it is applied to one sample. */
  readonly network: AppliedNetwork;
  /** The most samples in one run of the network. */
  readonly batch: number;
  readonly engine: EngineChoice | undefined;
}

/** What is asked, and how. */
export interface SubjectOptions extends Pick<Subject, "target" | "batch" | "engine"> {
  /** Inputs and layers by path; default: all inputs, or the layers that they go into. */
  readonly of?: readonly string[] | undefined;
}

/** @throws OptionError for a value that is no list of paths */
export function subjectOf(model: Model, { of, ...rest }: SubjectOptions): Subject {
  if (of !== undefined && !(Array.isArray(of) && of.length > 0 && of.every((path) => typeof path === "string")))
    throw new OptionError(`attribute: of must be a list of inputs and layers, got ${describeGiven(of)}`);
  const network = applyOnce(model);
  const places = of ?? Object.keys(model.inputs).map((name) => placeOfInput(model, network, name));
  const layouts = Object.fromEntries(places.map((path) => [path, layoutAt(model, network, path)]));
  return { model, network, places, layouts, ...rest };
}

/** The input itself if it has floats, else the first layer that makes floats of it. @throws OptionError without one */
function placeOfInput({ inputs }: Model, { rows }: AppliedNetwork, name: string): string {
  if (inputs[name].dtype === "f32") return name;
  const row = rows.find(({ path, output, from }) => {
    return (
      path !== "" && isFloat(output.dtype) && from.some((source) => source.kind === "input" && source.name === name)
    );
  });
  if (row !== undefined) return row.path;
  throw new OptionError(
    `attribute: input '${name}' has integers, and no layer makes numbers of it; name a layer in of, such as an embedding`,
  );
}

function layoutAt({ inputs }: Model, { rows }: AppliedNetwork, path: string): Layout {
  if (Object.hasOwn(inputs, path)) {
    const { shape, sequence } = inputs[path];
    return layoutOf(shape, shape.length < 2 ? undefined : sequence ? shape.length - 1 : 0);
  }
  // An unknown path is an error of the probe, which names similar ones.
  const row = rows.find((candidate) => candidate.path === path);
  const shape = row?.output.shape.slice(1) ?? [1];
  if (shape.length < 2) return layoutOf(shape, undefined);
  return layoutOf(shape, isMaps(row!.output) ? 0 : shape.length - 1);
}

const windowed = recordsOf("conv", "maxPool", "avgPool", "convInputGradient");
const turning = recordsOf("transpose");

/** Whether a value [n, channels, …] has maps: with two spatial axes or more, or made by windows along one. */
export function isMaps(tensor: Tensor): boolean {
  if (tensor.shape.length !== 3) return tensor.shape.length > 3;
  let { node } = tensor;
  while (isOpNode(node)) {
    if (windowed.has(node.op)) return true;
    const before: Tensor | undefined = node.inputs[0];
    if (before?.shape.length !== 3 || turning.has(node.op)) return false;
    node = before.node;
  }
  return false;
}

/** The layers whose values are maps with more than one position, in the order of the network. */
export const layersWithMaps = ({ network }: Subject): readonly LayerRow[] =>
  network.rows.filter(
    ({ path, output }) =>
      path !== "" && isFloat(output.dtype) && isMaps(output) && output.shape.slice(2).some((n) => n > 1),
  );
