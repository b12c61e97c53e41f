/** Looks at a model file that is not the run: the network of a run of the command line, or one that was handed in. */
import { nn } from "fovea";
import { summarize } from "fovea/inspect";
import type { ModelCalls } from "../api.ts";

export const modelCalls: ModelCalls = {
  describeModel: async (bytes) => {
    const { layers, parameters, multiplyAdds } = summarize(nn.Model.fromBytes(bytes));
    const rows = layers.map(({ path, type, output, parameters: own, multiplyAdds: products, receptiveField }) => ({
      ...{ path, type, output, parameters: own, multiplyAdds: products },
      field: receptiveField,
    }));
    return { layers: rows, parameters, multiplyAdds };
  },
};
