/** What differs in the structure of two networks: layers added, removed and changed, by path. */
import { type Shape, sameShape } from "../../array/index.ts";
import type { Model } from "../../nn/index.ts";
import { applyOnce } from "../rows.ts";

/** A layer as it stands in a network. */
export interface LayerShape {
  /** The type of the layer. */
  readonly type: string;
  /** Its output without the batch axis. */
  readonly output: Shape;
  /** Its options, as plain data. */
  readonly options: string;
}

/** What differs between the layers of two networks. Layers that contain others are told by those. */
export interface StructureChange {
  /** Paths that only the second network has. */
  readonly added: readonly string[];
  /** Paths that only the first network has. */
  readonly removed: readonly string[];
  /** Layers of another type, with other options, or of another output. */
  readonly changed: readonly { readonly path: string; readonly before: LayerShape; readonly after: LayerShape }[];
  /** The layers that are the same, in order. */
  readonly same: readonly string[];
}

/** Compares the layers of two networks by path. */
export function compareStructure(first: Model, second: Model): StructureChange {
  const [before, after] = [layersOf(first), layersOf(second)];
  const common = [...before.keys()].filter((path) => after.has(path));
  const isSame = (path: string): boolean => sameLayer(before.get(path)!, after.get(path)!);
  return {
    added: [...after.keys()].filter((path) => !before.has(path)),
    removed: [...before.keys()].filter((path) => !after.has(path)),
    changed: common
      .filter((path) => !isSame(path))
      .map((path) => ({ path, before: before.get(path)!, after: after.get(path)! })),
    same: common.filter(isSame),
  };
}

const sameLayer = (a: LayerShape, b: LayerShape): boolean =>
  a.type === b.type && a.options === b.options && sameShape(a.output, b.output);

const layersOf = (model: Model): ReadonlyMap<string, LayerShape> =>
  new Map(
    applyOnce(model)
      .rows.filter(({ isLeaf }) => isLeaf)
      .map(({ path, type, layer, output }) => [
        path,
        { type, output: output.shape.slice(1), options: JSON.stringify(layer) },
      ]),
  );
