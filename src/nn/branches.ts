/**
 * Layers side by side, all of the same input: their outputs are concatenated, as in Inception modules (Szegedy et al. 2014),
 * added, as in residual blocks, y = F(x) + x (He et al. 2015), or multiplied, as by gates.
 */
import { OptionError, ShapeError, sameShape } from "../array/index.ts";
import { formatType, located, type Tensor } from "../graph/index.ts";
import { add, concat as concatOp, maximum, mul, slice } from "../ops/index.ts";
import { flag, integer, optional, withDefault, word } from "../options/index.ts";
import { defineLayer, type Layer, type NamedLayer } from "./layer.ts";
import { layers, type Members, namedLayers } from "./members.ts";
import { op } from "./op-layer.ts";
import { isPlace, type Place } from "./place.ts";
import { identity } from "./simple.ts";

type Combine = (a: Tensor, b: Tensor) => Tensor;

const combinations: Readonly<Record<"add" | "multiply" | "maximum", Combine>> = { add, multiply: mul, maximum };

/** How the outputs of branches are combined: concatenated, or element by element. */
export type Combination = "concat" | keyof typeof combinations;

const branchesLayer = defineLayer({
  type: "branches",
  options: {
    layers: layers(),
    combine: withDefault(word<Combination>("concat", "add", "multiply", "maximum"), "concat"),
    axis: withDefault(integer(), 1),
    crop: optional(flag()),
  },
  forward: ({ layers, combine, axis, crop }, x, scope) => {
    const all = layers.map(({ name, layer }) => scope.apply(name, layer, x));
    const outputs = crop ? cropAlike(all) : all;
    if (combine === "concat") return concatOp(outputs, axis);
    checkBranchShapes(layers, outputs, combine);
    return outputs.reduce(combinations[combine]);
  },
});

/** Maps without what exceeds the smallest, at the ends of their spatial axes. */
function cropAlike(outputs: readonly Tensor[]): Tensor[] {
  const axes = Array.from({ length: Math.max(0, outputs[0].shape.length - 2) }, (_, i) => i + 2);
  const smallest = axes.map((axis) => Math.min(...outputs.map(({ shape }) => shape[axis] ?? 0)));
  return outputs.map((output) => axes.reduce((x, axis, i) => slice(x, axis, 0, smallest[i]), output));
}

function checkBranchShapes(layers: readonly NamedLayer[], outputs: readonly Tensor[], combine: string): void {
  if (outputs.every(({ shape }) => sameShape(shape, outputs[0].shape))) return;
  const got = layers.map(({ name }, i) => `${name} ${formatType(outputs[i])}`).join(", ");
  throw new ShapeError(
    `${located("branches")}: to ${combine} them, outputs must have one shape, got ${got}; ` +
      "change stride, padding or filters, or put a 1×1 convolution into the shorter branch",
  );
}

/** Options of `branches`. */
export interface BranchesOptions {
  /** How the outputs are combined. Default `concat`. */
  readonly combine?: Combination | undefined;
  /** The axis of `concat`. Default 1, the channels. */
  readonly axis?: number | undefined;
  /**
   * Whether maps of different sizes are cropped to the smallest height and width, at the bottom and right, as where some were
   * halved and doubled. Default false.
   */
  readonly crop?: boolean | undefined;
}

function branchLayer(where: string, members: Members, options: BranchesOptions): Layer {
  const named = namedLayers(where, members);
  if (named.length === 0) throw new OptionError(`${where}: needs at least one layer`);
  return branchesLayer({ layers: named, ...options });
}

/**
 * Named layers of one input whose outputs are combined: concatenated, [n, c₁ + c₂ + …, h, w], or elementwise, in the shape
 * of each. Parameters are named `path.a.weight`.
 * @example branches({ a: conv2d(8, { kernel: 1 }), b: conv2d(8, { kernel: 3, padding: 1 }) })
 * @throws ShapeError if the outputs do not match
 */
export const branches = (members: Readonly<Record<string, Layer>>, options: BranchesOptions = {}): Layer =>
  branchLayer("branches", [members], options);

/**
 * Layers of one input with their maps concatenated: [n, c₁ + c₂ + …, h, w]. Named like those of `sequential`. In `network`
 * also places, one after the other along axis 1; along another one: `a.concat(b, { axis: 2 })`.
 */
export function concat(...places: readonly [Place, ...Place[]]): Place;
export function concat(...members: Members): Layer;
export function concat(...given: Members | readonly Place[]): Layer | Place {
  if (isPlace(given[0])) return op("concat", { axis: 1 })(...(given as readonly Place[]));
  return branchLayer("concat", given as Members, { combine: "concat" });
}

/** The sum of layers of one input, whose outputs have the same shape [n, …]. Named like those of `sequential`. */
export const parallel = (...members: Members): Layer => branchLayer("parallel", members, { combine: "add" });

/**
 * body(x) + shortcut(x), of the same shape [n, …]. The shortcut is the input itself unless given, such as a strided 1×1
 * convolution where the body changes the shape. Parameters are named `path.body.…` and `path.shortcut.…`. Source: He et al.
 * 2015.
 * @throws ShapeError if body and shortcut differ in shape
 */
export const residual = (body: Layer, shortcut: Layer = identity()): Layer =>
  branchLayer("residual", [{ body, shortcut }], { combine: "add" });

/** The factories, for the catalog. */
export const branchLayers = [branchesLayer];
