/** Keeps what passes a place in the network for a later layer. */
import { text } from "../options/index.ts";
import { defineLayer, type Layer } from "./layer.ts";

const rememberLayer = defineLayer({
  type: "remember",
  options: { name: text() },
  forward: ({ name }, x, scope) => {
    scope.remember(name, { x });
    return x;
  },
});

/**
 * Passes its input on, whose shape does not change, and remembers it for later layers under a name unique in the network, such as
 * the sentence whose length `dynamicKMaxPool` needs.
 */
export const remember = (name: string): Layer => rememberLayer({ name });

/** The factory, for the catalog. */
export const rememberLayers = [rememberLayer];
