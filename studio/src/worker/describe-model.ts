/** A network as the page shows it: a row for each layer, and the totals. */
import type { nn } from "fovea";
import { summarize } from "fovea/inspect";
import type { Described } from "./api.ts";

export function describeModel(model: nn.Model): Described {
  const { layers, parameters, multiplyAdds } = summarize(model);
  const weights = new Map(model.variables.map(({ name, shape }) => [name, shape]));
  const rows = layers.map((layer, i) => ({
    ...{ path: layer.path, type: layer.type, output: layer.output },
    ...{ parameters: layer.parameters, multiplyAdds: layer.multiplyAdds },
    field: layer.receptiveField,
    from: layer.from ?? [layers[i - 1]?.path ?? "input"],
    weight: weights.get(`${layer.path}.weight`),
  }));
  return { layers: rows, parameters, multiplyAdds };
}
