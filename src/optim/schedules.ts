/**
 * Learning-rate schedules: what the base rate is multiplied by at each step of a run. Toward the end small steps let
 * the noise of mini-batches average out (Robbins and Monro 1951). A factor is a pure function of the place in the run and
 * of what its epochs came to, so that a run that is resumed goes on with the same rates.
 *
 *   step         γ^⌊epoch / every⌋                    multiStep    γ^(milestones passed)
 *   exponential  γ^epoch                              polynomial   f + (1 − f) (1 − t)^power,  t = step / steps
 *   cosine       f + (1 − f) (1 + cos πt) / 2         linear       polynomial with power 1
 *
 * Cosine: Loshchilov and Hutter 2017; one cycle: Smith and Topin 2019; warm-up: Goyal et al. 2017.
 */
import { OptionError } from "../array/index.ts";
import {
  defineFactory,
  type Factory,
  integer,
  integers,
  type Kind,
  positive,
  readOptions,
  real,
  type Schema,
  type ValuesOf,
  withDefault,
} from "../options/index.ts";

/** What an epoch came to, as far as schedules look at it: numbers by name, `loss` among them. */
export interface EpochFigures {
  /** Over the training data, as they were trained on. */
  readonly training: Readonly<Record<string, number>>;
  /** On the validation data after the epoch; absent without validation data. */
  readonly validation?: Readonly<Record<string, number>> | undefined;
}

/** A figure of each epoch. */
export interface Figure {
  /** Its name, such as `accuracy`. Default: the one that decides which epoch is best. */
  readonly name?: string | undefined;
  /** Of which data. */
  readonly on: "training" | "validation";
}

/** A place in a run. */
export interface Moment {
  /** Steps done so far, and in the whole run. */
  readonly step: number;
  /** Steps in the whole run. */
  readonly steps: number;
  /** Epochs done so far, and in the whole run. */
  readonly epoch: number;
  /** Epochs in the whole run. */
  readonly epochs: number;
  /** What each epoch so far came to. */
  readonly history: readonly EpochFigures[];
  /** The figure that decides which epoch is best. Default `loss`. */
  readonly best?: string | undefined;
  /** The figures of which less is better. Default `loss` alone. */
  readonly lowerIsBetter?: readonly string[] | undefined;
}

/** A learning rate that changes during a run. */
export interface Schedule {
  /** The schedule in words. It tells runs apart: a run is resumed with the schedule that it began with. */
  readonly name: string;
  /** Whether it goes by the length of the whole run, which can then not be changed on the way. */
  readonly spansRun: boolean;
  /** The figure that it looks at, if any. */
  readonly watches?: Figure | undefined;
  /** What the base rate is multiplied by for the step that comes next. */
  readonly factor: (moment: Moment) => number;
}

/** Makes schedules of one type. */
export type ScheduleFactory<O extends object> = Factory<O, Schedule>;

interface Definition<S extends Schema> {
  readonly name: string;
  readonly options: S;
  readonly spansRun?: boolean;
  readonly watches?: (options: ValuesOf<S>) => Figure;
  readonly factor: (options: ValuesOf<S>) => Schedule["factor"];
}

export const defineSchedule = <S extends Schema>({ name, options, ...definition }: Definition<S>) =>
  defineFactory({
    type: name,
    options,
    make: (values): Schedule => {
      const said = Object.entries(values).filter(([, value]) => value !== undefined);
      const words = said.map(([option, value]) => `${option} ${value}`);
      return {
        name: words.length > 0 ? `${name} (${words.join(", ")})` : name,
        spansRun: definition.spansRun ?? false,
        watches: definition.watches?.(values),
        factor: definition.factor(values),
      };
    },
  });

/** γ: what the rate is multiplied by. */
const gamma = real(0, 1);
/** f: the share of the rate that is left at the end. */
const floor = withDefault(real(0, 1), 0);

/** The same rate throughout. */
export const constant: ScheduleFactory<Record<never, never>> = defineSchedule({
  name: "constant",
  options: {},
  factor: () => () => 1,
});

const falling =
  (power: number, floor: number): Schedule["factor"] =>
  ({ step, steps }) =>
    floor + (1 - floor) * (1 - step / steps) ** power;

export interface FloorOptions {
  /** The share of the rate that is left at the end of the run. Default 0. */
  readonly floor?: number | undefined;
}

/** In a straight line to the floor at the end of the run. */
export const linear: ScheduleFactory<FloorOptions> = defineSchedule({
  name: "linear",
  options: { floor },
  spansRun: true,
  factor: ({ floor }) => falling(1, floor),
});

export interface PolynomialOptions extends FloorOptions {
  /** Of the share that is left; 1 is a straight line. Default 2. */
  readonly power?: number | undefined;
}

/** Along a power of the remaining share of the run to the floor at its end. */
export const polynomial: ScheduleFactory<PolynomialOptions> = defineSchedule({
  name: "polynomial",
  options: { power: withDefault(real(0), 2), floor },
  spansRun: true,
  factor: ({ power, floor }) => falling(power, floor),
});

/** Along half a cosine to the floor at the end of the run. */
export const cosine: ScheduleFactory<FloorOptions> = defineSchedule({
  name: "cosine",
  options: { floor },
  spansRun: true,
  factor:
    ({ floor }) =>
    ({ step, steps }) =>
      floor + ((1 - floor) * (1 + Math.cos((Math.PI * step) / steps))) / 2,
});

export interface StepOptions {
  /** How many epochs a rate lasts. */
  readonly every: number;
  /** γ, default 0.1. */
  readonly factor?: number | undefined;
}

/** Multiplied by a factor each time a number of epochs has passed. */
export const step: ScheduleFactory<StepOptions> = defineSchedule({
  name: "step",
  options: { every: integer(1), factor: withDefault(gamma, 0.1) },
  factor:
    ({ every, factor }) =>
    ({ epoch }) =>
      factor ** Math.floor(epoch / every),
});

const milestonesKind: Kind<readonly number[]> = {
  expects: "one or several numbers of epochs",
  read: (value) => integers(0).read(Array.isArray(value) ? value : [value]),
};

export interface MultiStepOptions {
  /** After how many epochs of the run the rate falls: one number, or several. */
  readonly milestones: number | readonly number[];
  /** γ, default 0.1. */
  readonly factor?: number | undefined;
}

/** Multiplied by a factor after given numbers of epochs. */
export const multiStep: ScheduleFactory<MultiStepOptions> = defineSchedule({
  name: "multiStep",
  options: { milestones: milestonesKind, factor: withDefault(gamma, 0.1) },
  factor:
    ({ milestones, factor }) =>
    ({ epoch }) =>
      factor ** milestones.filter((milestone) => milestone <= epoch).length,
});

export interface ExponentialOptions {
  /** γ, default 0.9. */
  readonly factor?: number | undefined;
}

/** Multiplied by a factor every epoch. */
export const exponential: ScheduleFactory<ExponentialOptions> = defineSchedule({
  name: "exponential",
  options: { factor: withDefault(gamma, 0.9) },
  factor:
    ({ factor }) =>
    ({ epoch }) =>
      factor ** epoch,
});

const cycle = {
  rise: withDefault(real(0, 1), 0.3),
  start: withDefault(positive(), 25),
  end: withDefault(positive(), 1e4),
};

export interface OneCycleOptions {
  /** The share of the run in which the rate rises. Default 0.3. */
  readonly rise?: number | undefined;
  /** The run starts at the base rate divided by this. Default 25. */
  readonly start?: number | undefined;
  /** … and ends at its first rate divided by this. Default 10 000. */
  readonly end?: number | undefined;
}

/** From `a` at 0 to `b` at 1 along half a cosine. */
const ease = (a: number, b: number, t: number): number => b + ((a - b) * (1 + Math.cos(Math.PI * t))) / 2;

/** Up to the base rate and down to almost nothing, both along half a cosine. */
export const oneCycle: ScheduleFactory<OneCycleOptions> = defineSchedule({
  name: "oneCycle",
  options: cycle,
  spansRun: true,
  factor:
    ({ rise, start, end }) =>
    ({ step, steps }) => {
      const [first, last] = [1 / start, 1 / (start * end)];
      // As PyTorch counts: the top is reached one step before the share of the run is over.
      const [top, bottom] = [rise * steps - 1, steps - 1];
      if (step <= top) return top === 0 ? 1 : ease(first, 1, step / top);
      return bottom === top ? 1 : ease(1, last, (step - top) / (bottom - top));
    },
});

export interface WarmupOptions {
  /** For how many epochs the rate rises; a part of one counts as well. */
  readonly epochs: number;
}

const warmupOptions = { epochs: real(0) };

/**
 * Rises in a straight line to the first rate of another schedule, which then has the rest of the run: steps in which the
 * gradients are not yet worth much are small.
 */
export function warmup(then: Schedule, options: WarmupOptions): Schedule {
  const { epochs } = readOptions("warmup", warmupOptions, options);
  if (!isSchedule(then)) throw new OptionError("warmup: the first argument must be a schedule, such as cosine()");
  return {
    ...then,
    name: `warmup (epochs ${epochs}), ${then.name}`,
    factor: (moment) => {
      const rise = Math.min(moment.steps, Math.round((epochs * moment.steps) / moment.epochs));
      const later = (step: number): Moment => ({ ...moment, step, steps: Math.max(1, moment.steps - rise) });
      if (moment.step >= rise) return then.factor(later(moment.step - rise));
      return ((moment.step + 1) / (rise + 1)) * then.factor(later(0));
    },
  };
}

/** Whether a value is a schedule. */
export const isSchedule = (value: unknown): value is Schedule =>
  typeof value === "object" && value !== null && "factor" in value && typeof value.factor === "function";
