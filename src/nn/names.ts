/** Names of layers within their parent, which parameter names contain. */
import type { Layer } from "./layer.ts";

/** Names are joined by dots to paths, and may become file names. */
export const isLayerName = (name: unknown): name is string => typeof name === "string" && /^[^./]{1,255}$/.test(name);

/** What names must be, in words. */
export const NAME_RULE = "has 1 to 255 characters, no dot and no slash";

/** The names of layers, and the layers they were given to. */
const given = new WeakMap<Layer, { readonly name: string; readonly of: Layer }>();

/** Records that a layer is another one with a name. */
export const giveName = (layer: Layer, name: string, of: Layer): void =>
  void given.set(layer, { name, of: originalOf(of) });

/** The name that a layer was given. */
export const givenName = (layer: Layer): string | undefined => given.get(layer)?.name;

/** The layer that was given a name. */
export const originalOf = (layer: Layer): Layer => given.get(layer)?.of ?? layer;
