/** The settings that runs of every task have. A task changes their defaults, and adds its own. */
import { OptionError } from "../../array/index.ts";
import type { Schedule } from "../../optim/index.ts";
import { integer, type Kind, real, withDefault } from "../../options/index.ts";
import { fitSchema } from "../../train/index.ts";
import type { Row } from "../library-options.ts";
import { amount, amountOrName, seedSetting, wholeNumber } from "../options.ts";
import { TEST_SHARE, VALIDATION_SHARE } from "../parts.ts";
import { optimizationSettings } from "./optimization.ts";
import { asTyped, type ConfigOf, orNull, text } from "./setting.ts";

const testKind: Kind<number | string | null> = {
  expects: "a number of at least 0, a name or path, or null",
  read: (value) => text.read(value) ?? (value === null ? null : real(0).read(value)),
};

export const commonSettings = {
  model: { flag: "--model <name>", about: "the network", kind: text, read: asTyped } satisfies Row<string>,
  freeze: {
    flag: "--freeze <pattern>",
    about: "do not train the layers of this name, such as conv1 or layer1.*; repeat it for more",
    kind: fitSchema.freeze,
    read: (pattern: string, before: readonly string[] = []) => [...before, pattern],
    absent: "none",
  },
  data: { flag: "--data <name|path>", about: "the data", kind: text, read: asTyped } satisfies Row<string>,
  /** Training samples to use; 0 for all. */
  limit: {
    flag: "--limit <n>",
    about: "use this many training samples",
    kind: withDefault(integer(0), 0),
    read: wholeNumber(1),
    absent: "all",
  },
  /** Share or number of training samples set aside to choose the best epoch by. */
  validation: {
    flag: "--validation <n>",
    about:
      "share or number of training samples set aside to choose the best epoch by, unless the data have a part for it",
    kind: withDefault(real(0), VALIDATION_SHARE),
    read: amount,
    absent: "1/12",
  },
  /**
   * Share or number of samples set aside to test with at the end, or a data set of its own to test with. `null`: the data's
   * own part, else a share of 0.2.
   */
  test: {
    flag: "--test <n|name|path>",
    about: "what to test with at the end: a data set or folder, or a share or number of samples set aside; 0 for none",
    kind: withDefault<number | string | null>(testKind, null),
    read: amountOrName,
    absent: `the data's own part, else ${TEST_SHARE}`,
  },
  epochs: { flag: "--epochs <n>", about: "passes over the training data", kind: fitSchema.epochs },
  batch: { flag: "--batch <n>", about: "samples in a step", kind: fitSchema.batch },
  /** Parts in which a step is gone through. */
  accumulate: {
    flag: "--accumulate <n>",
    about: "go through each batch in this many parts, for less memory; gradients are added up",
    kind: fitSchema.accumulate,
  },
  ...optimizationSettings,
  /** Epochs without a better one after which the run ends; 0: it does not. */
  patience: {
    flag: "--patience <epochs>",
    about: "stop after this many epochs in a row without a better one",
    kind: withDefault(integer(0), 0),
    read: wholeNumber(1),
    absent: "never",
  },
  /** Steps from one statistics of the layers to the next; 0: one in the last step of each epoch; `null`: none. */
  statistics: {
    flag: "--statistics [steps]",
    about:
      "write statistics of every layer to metrics.jsonl: every n-th step, or the last step of each epoch if no number is given",
    kind: withDefault<number | null>({ ...orNull(integer(0)), expects: "an integer of at least 0, or null" }, null),
    read: wholeNumber(1),
    bare: 0,
    absent: "none",
  },
  seed: seedSetting,
};

/** What is known of the settings of any run. */
export type CommonConfig = ConfigOf<typeof commonSettings> & { readonly task: string };

/** @throws OptionError for settings that do not go together, before anything is loaded or written */
export function checkTogether(
  { validation, patience, schedule, batch, accumulate }: CommonConfig,
  { watches }: Schedule,
): void {
  // Tasks choose a batch of 0 by the size of the data.
  if (batch > 0 && accumulate > batch)
    throw new OptionError(`--accumulate ${accumulate}: a batch of ${batch} samples has no more parts than those`);
  if (validation > 0) return;
  const without = "--validation 0 leaves none";
  if (patience > 0) throw new OptionError(`--patience counts on validation data; ${without}`);
  if (watches?.on === "validation")
    throw new OptionError(`--schedule ${schedule} looks at validation data; ${without}`);
}
