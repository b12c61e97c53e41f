/** Every op of Fovea: the rule that writes it, or why a file cannot say it. */
import { type NoGradient, none, type Op } from "../../../graph/index.ts";
import { byRecord } from "../../../ops/index.ts";
import { elementwiseRules } from "./elementwise.ts";
import { movementRules } from "./movement.ts";
import { poolRules } from "./pools.ts";
import { productRules } from "./products.ts";
import { reductionRules } from "./reductions.ts";
import type { OpRule } from "./rule.ts";

const isGradient = none("it is a step of training, and files are for predictions");

export const opRules: ReadonlyMap<Op, OpRule | NoGradient> = byRecord<OpRule | NoGradient>({
  ...elementwiseRules,
  ...movementRules,
  ...poolRules,
  ...productRules,
  ...reductionRules,
  avgPoolGradient: isGradient,
  countedTopPositions: none(
    "ONNX's TopK takes one k for all samples; a model without the lengths of its sequences has topPositions in its place",
  ),
  convFilterGradient: isGradient,
  maxPoolGradient: isGradient,
  recurrenceGradient: isGradient,
  recurrence: none(
    "ONNX has recurrent networks as a whole only; use nn.rnn, nn.lstm or nn.gru without initial states, or nn.scan, whose steps are written one by one",
  ),
  loop: none("loops are written step by step, and this one was not traced for a file"),
  uniform: none("its random numbers are those of Fovea's streams"),
});
