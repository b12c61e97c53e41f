/** How a run learns: optimizer, learning rate and what else all optimizers share. */
import { OptionError } from "../../array/index.ts";
import * as optim from "../../optim/index.ts";
import { type Optimizer, type Schedule, type SgdOptions, schedules, warmup } from "../../optim/index.ts";
import { type Kind, real, withDefault } from "../../options/index.ts";
import type { Row } from "../library-options.ts";
import { positiveNumber, realNumber, shareBelowOne } from "../options.ts";
import { build, parseSpecification, specificationKind, specificationOf } from "../specification.ts";
import { type ConfigOf, flagOf, orNull } from "./setting.ts";

/** The optimizers of the command line: with the lectures' momentum where sgd is told of none. */
export const optimizers = {
  ...optim.optimizers,
  sgd: Object.assign((given: SgdOptions = {}) => optim.sgd({ momentum: 0.9, ...given }), {
    optionNames: optim.sgd.optionNames,
  }),
};

/** `null`: the optimizer's own default. */
const optionalNumber: Kind<number | null> = withDefault(
  { ...orNull(real(0)), expects: "a number of at least 0, or null" },
  null,
);

/** Options of optimizers that have flags of their own. */
export const optimizerSettings = {
  learningRate: {
    flag: "--lr <rate>",
    about: "learning rate",
    kind: optionalNumber,
    read: realNumber(0),
    absent: "the optimizer's own",
  },
  momentum: {
    flag: "--momentum <m>",
    about: "momentum, of sgd or rmsprop",
    kind: optionalNumber,
    read: realNumber(0, 1),
    absent: "0.9 with sgd, 0 with rmsprop",
  },
  weightDecay: {
    flag: "--weight-decay <d>",
    about: "L2 weight decay; beside the gradient with adamW and lion",
    kind: optionalNumber,
    read: realNumber(0),
    absent: "0",
  },
  clipNorm: {
    flag: "--clip-norm <length>",
    about: "scale gradients down to this length where they are longer",
    kind: optionalNumber,
    read: positiveNumber,
  },
  clipValue: {
    flag: "--clip-value <size>",
    about: "cut each element of the gradients to this size",
    kind: optionalNumber,
    read: positiveNumber,
  },
  average: {
    flag: "--ema <decay>",
    about: "validate and keep a moving average of the weights, such as 0.999",
    kind: optionalNumber,
    read: shareBelowOne,
  },
} satisfies Record<string, Row<number | null>>;

/** The optimizer, its options and the course of its learning rate. */
export const optimizationSettings = {
  optimizer: {
    flag: "--optimizer <name>",
    about: "an optimizer below, with its options",
    kind: withDefault(specificationKind(optimizers), "sgd"),
    read: specificationOf(optimizers),
  },
  ...optimizerSettings,
  schedule: {
    flag: "--schedule <name>",
    about: "how the learning rate changes over the run: a schedule below, with its options",
    kind: withDefault(specificationKind(schedules), "linear"),
    read: specificationOf(schedules),
  },
  warmup: {
    flag: "--warmup <epochs>",
    about: "epochs in which the learning rate rises before its schedule",
    kind: withDefault(real(0), 0),
    read: realNumber(0),
  },
} satisfies Record<string, Row<never> | Row<string> | Row<number> | Row<number | null>>;

type Optimization = ConfigOf<typeof optimizationSettings>;

const names = Object.keys(optimizerSettings) as (keyof typeof optimizerSettings)[];

/** The settings of an optimizer that is named: its own, whatever the task's optimizer has. */
export const ownDefaults = (): Partial<Optimization> => Object.fromEntries(names.map((name) => [name, null]));

/** @throws OptionError for options that the optimizer does not have, or has been given already */
export function createOptimizer(config: Optimization): Optimizer {
  const { name, options } = parseSpecification(config.optimizer);
  const { optionNames } = optimizers[name as keyof typeof optimizers];
  const given = names.filter((option) => config[option] !== null);
  for (const option of given) {
    const typed = flagOf(optimizerSettings[option]);
    if (!optionNames.includes(option)) {
      const having = Object.entries(optimizers).filter(([, factory]) => factory.optionNames.includes(option));
      throw new OptionError(`${typed} is for ${having.map(([known]) => known).join(", ")}; ${name} has none`);
    }
    if (option in options)
      throw new OptionError(`${typed} and --optimizer ${config.optimizer} both say ${option}; leave one out`);
  }
  return build(optimizers, config.optimizer, Object.fromEntries(given.map((option) => [option, config[option]])));
}

export function createSchedule({ schedule, warmup: epochs }: Pick<Optimization, "schedule" | "warmup">): Schedule {
  const chosen = build<Schedule>(schedules, schedule);
  return epochs > 0 ? warmup(chosen, { epochs }) : chosen;
}
