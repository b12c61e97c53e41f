/** Where a network can be cut: what does not depend on one of its inputs is computed once, and the rest again and again. */
import { OptionError, shorten } from "../array/index.ts";
import type { Layer } from "./layer.ts";
import { specOf } from "./network.ts";
import { parseReference } from "./network-spec.ts";

/** A network cut at an input. */
export interface Cut {
  /** The paths of the values that follow from other inputs alone, and that the rest reads. */
  readonly before: readonly string[];
  /** The nodes that depend on the input. */
  readonly after: ReadonlySet<string>;
}

/**
 * Cuts a network into what follows from its other inputs alone, such as an encoder, and what depends on an input, such as the
 * decoder on its words.
 * @throws OptionError for layers that are no networks, and for an unknown input
 */
export function valuesBefore(where: string, layer: Layer, input: string): Cut {
  const spec = specOf(layer);
  if (spec === undefined || !layer.inputs.includes(input))
    throw new OptionError(
      `${where}: expects a network with an input '${shorten(input)}', got ${layer.type} with ${layer.inputs.join(", ")}`,
    );
  const after = new Set<string>();
  const others = new Set<string>(layer.inputs.filter((name) => name !== input));
  const before = new Set<string>();
  const nameOf = (reference: string): string => parseReference(reference)[0];
  for (const { name, from } of spec.nodes) {
    const references = from.filter((operand) => typeof operand === "string");
    const depends = references.some((reference) => nameOf(reference) === input || after.has(nameOf(reference)));
    if (!depends) {
      // Parameters and constants follow from nothing, and have no samples: they stay where they are.
      if (references.some((reference) => others.has(nameOf(reference)))) others.add(name);
      continue;
    }
    after.add(name);
    for (const reference of references)
      if (others.has(nameOf(reference)) && !layer.inputs.includes(reference)) before.add(reference);
  }
  return { before: [...before], after };
}
