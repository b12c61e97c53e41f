/** The ops of the PyTorch cases, each said with ours. A family of them is a file; an op that is added gets its line there. */
import { activations } from "./families/activations.ts";
import { convolutions } from "./families/convolution.ts";
import { losses } from "./families/losses.ts";
import { normalizations } from "./families/normalization.ts";
import { optimizers } from "./families/optimizers.ts";
import { poolings } from "./families/pooling.ts";
import { recurrents } from "./families/recurrent.ts";
import { schedules } from "./families/schedules.ts";
import { texts } from "./families/text.ts";
import { trainings } from "./families/training.ts";
import type { Operation } from "./operation.ts";

export const operations: Readonly<Record<string, Operation>> = {
  ...activations,
  ...convolutions,
  ...losses,
  ...normalizations,
  ...optimizers,
  ...poolings,
  ...recurrents,
  ...schedules,
  ...texts,
  ...trainings,
};
