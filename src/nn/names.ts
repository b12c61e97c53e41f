/** Names of layers within their parent, which parameters are called by. */
import type { Layer } from "./layer.ts";

/** Names are joined by dots to paths, and a name may have to become a file's. */
export const isLayerName = (name: unknown): name is string => typeof name === "string" && /^[^./]{1,255}$/.test(name);

/** What names must be, in words. */
export const NAME_RULE = "has 1 to 255 characters, no dot and no slash";

/** The names that layers were given, and the layers that they were given to. */
const given = new WeakMap<Layer, { readonly name: string; readonly of: Layer }>();

/** Notes that a layer is another one under a name. */
export const giveName = (layer: Layer, name: string, of: Layer): void =>
  void given.set(layer, { name, of: originalOf(of) });

/** The name that a layer was given. */
export const givenName = (layer: Layer): string | undefined => given.get(layer)?.name;

/** The layer that was given a name. */
export const originalOf = (layer: Layer): Layer => given.get(layer)?.of ?? layer;
