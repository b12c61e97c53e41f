/** Looks at a model file that is not the run: the network of a run of the command line, or one that was handed in. */
import { nn } from "fovea";
import type { ModelCalls } from "../api.ts";
import { describeModel } from "../describe-model.ts";

export const modelCalls: ModelCalls = {
  describeModel: async (bytes) => describeModel(nn.Model.fromBytes(bytes)),
};
