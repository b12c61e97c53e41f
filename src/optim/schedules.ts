/**
 * Learning-rate schedules: the factor of the base rate at each step of a run. Toward the end small steps let the noise of
 * mini-batches average out (Robbins and Monro 1951). A factor is a pure function of the position in the run and of its past
 * epochs, so a resumed run continues with the same rates.
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

/** The record of an epoch for schedules: figures by name, `loss` among them. */
export interface EpochFigures {
  /** On the training data, during the epoch. */
  readonly training: Readonly<Record<string, number>>;
  /** On the validation data after the epoch; absent without validation data. */
  readonly validation?: Readonly<Record<string, number>> | undefined;
}

/** A figure of each epoch. */
export interface Figure {
  /** Its name, such as `accuracy`. Default: the one that decides which epoch is best. */
  readonly name?: string | undefined;
  /** The data it is measured on. */
  readonly on: "training" | "validation";
}

/** A position in a run. */
export interface Moment {
  /** Finished steps. */
  readonly step: number;
  /** Steps in the whole run. */
  readonly steps: number;
  /** Finished epochs. */
  readonly epoch: number;
  /** Epochs in the whole run. */
  readonly epochs: number;
  /** The records of past epochs. */
  readonly history: readonly EpochFigures[];
  /** The figure that decides which epoch is best. Default `loss`. */
  readonly best?: string | undefined;
  /** The figures where lower is better. Default `loss` alone. */
  readonly lowerIsBetter?: readonly string[] | undefined;
}

/** A learning rate that changes during a run. */
export interface Schedule {
  /** A description, by which runs are compared: a run must be resumed with its schedule. */
  readonly name: string;
  /** Whether it depends on the length of the whole run, which can then not be changed on resuming. */
  readonly spansRun: boolean;
  /** The figure it watches, if any. */
  readonly watches?: Figure | undefined;
  /** The factor of the base rate for the next step. */
  readonly factor: (moment: Moment) => number;
}

/** Makes schedules of one type. */
export type ScheduleFactory<O extends object> = Factory<O, Schedule>;

interface ScheduleDefinition<S extends Schema> {
  readonly name: string;
  readonly options: S;
  readonly spansRun?: boolean;
  readonly watches?: (options: ValuesOf<S>) => Figure;
  readonly factor: (options: ValuesOf<S>) => Schedule["factor"];
}

export const defineSchedule = <S extends Schema>({ name, options, ...definition }: ScheduleDefinition<S>) =>
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

/** γ, the factor of the rate. */
const gamma = real(0, 1);
/** f, the share of the rate at the end. */
const floorKind = withDefault(real(0, 1), 0);

/** A constant rate. */
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
  /** The share of the rate at the end of the run. Default 0. */
  readonly floor?: number | undefined;
}

/** Linear decay to the floor at the end of the run. */
export const linear: ScheduleFactory<FloorOptions> = defineSchedule({
  name: "linear",
  options: { floor: floorKind },
  spansRun: true,
  factor: ({ floor }) => falling(1, floor),
});

export interface PolynomialOptions extends FloorOptions {
  /** The exponent; 1 is linear. Default 2. */
  readonly power?: number | undefined;
}

/** Polynomial decay to the floor at the end of the run. */
export const polynomial: ScheduleFactory<PolynomialOptions> = defineSchedule({
  name: "polynomial",
  options: { power: withDefault(real(0), 2), floor: floorKind },
  spansRun: true,
  factor: ({ power, floor }) => falling(power, floor),
});

/** Cosine decay to the floor at the end of the run. */
export const cosine: ScheduleFactory<FloorOptions> = defineSchedule({
  name: "cosine",
  options: { floor: floorKind },
  spansRun: true,
  factor:
    ({ floor }) =>
    ({ step, steps }) =>
      floor + ((1 - floor) * (1 + Math.cos((Math.PI * step) / steps))) / 2,
});

export interface StepOptions {
  /** The number of epochs between changes. */
  readonly every: number;
  /** γ, default 0.1. */
  readonly factor?: number | undefined;
}

/** Multiplies the rate by a factor every few epochs. */
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
  /** The epochs after which the rate falls: one number, or several. */
  readonly milestones: number | readonly number[];
  /** γ, default 0.1. */
  readonly factor?: number | undefined;
}

/** Multiplies the rate by a factor after given epochs. */
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

/** Multiplies the rate by a factor every epoch. */
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
  /** The share of the run during which the rate rises. Default 0.3. */
  readonly rise?: number | undefined;
  /** The run starts at the base rate divided by this. Default 25. */
  readonly start?: number | undefined;
  /** … and ends at its first rate divided by this. Default 10 000. */
  readonly end?: number | undefined;
}

/** From `a` at 0 to `b` at 1 along half a cosine. */
const ease = (a: number, b: number, t: number): number => b + ((a - b) * (1 + Math.cos(Math.PI * t))) / 2;

/** The one-cycle policy: up to the base rate and down to almost zero, both along half a cosine. */
export const oneCycle: ScheduleFactory<OneCycleOptions> = defineSchedule({
  name: "oneCycle",
  options: cycle,
  spansRun: true,
  factor:
    ({ rise, start, end }) =>
    ({ step, steps }) => {
      const [first, last] = [1 / start, 1 / (start * end)];
      // As PyTorch counts: the maximum is reached one step before the end of the rise.
      const [top, bottom] = [rise * steps - 1, steps - 1];
      if (step <= top) return top === 0 ? 1 : ease(first, 1, step / top);
      return bottom === top ? 1 : ease(1, last, (step - top) / (bottom - top));
    },
});

export interface WarmupOptions {
  /** The number of epochs during which the rate rises; may be fractional. */
  readonly epochs: number;
}

const warmupOptions = { epochs: real(0) };

/**
 * Linear warm-up to the first rate of another schedule, which then covers the rest of the run: steps are small while
 * gradients are not yet reliable.
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
