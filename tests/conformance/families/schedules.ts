/** Learning-rate schedules: the rates of a run, epoch by epoch or step by step. */
import { NdArray } from "../../../src/array/index.ts";
import {
  cosine,
  exponential,
  type Moment,
  multiStep,
  oneCycle,
  plateau,
  type Schedule,
  step,
} from "../../../src/optim/index.ts";
import { integer, integers, real, type Schema, type ValuesOf } from "../../../src/options/index.ts";
import type { Operation } from "../operation.ts";

const rates = (values: readonly number[]) =>
  new Map([["learning_rates", { value: new NdArray(Float32Array.from(values), [values.length], "f32") }]]);

const roles: Readonly<Record<string, "given" | "computed">> = { metrics: "given", learning_rates: "computed" };

/** A run of as many epochs as there are rates, of one step each unless `steps` says how long it is. */
const scheduleCase = <S extends Schema>(
  attributes: S,
  create: (values: ValuesOf<S>) => { base: number; schedule: Schedule; steps?: number },
): Operation => ({
  attributes,
  role: (name) => roles[name],
  run: async (tensors, values) => {
    const count = tensors.get("learning_rates")!.size;
    const metrics = tensors.get("metrics")?.data;
    const { base, schedule, steps = count } = create(values);
    const moment = (i: number): Moment => ({
      ...{ step: i, steps, epoch: i, epochs: steps },
      // The rate is asked for after figure i was reported.
      history: Array.from({ length: metrics === undefined ? 0 : i + 1 }, (_, k) => ({
        training: { loss: metrics![k] },
      })),
    });
    return rates(Array.from({ length: count }, (_, i) => base * schedule.factor(moment(i))));
  },
});

const base = { base_lr: real(0) };

export const schedules: Readonly<Record<string, Operation>> = {
  step: scheduleCase({ ...base, step_size: integer(1), gamma: real(0) }, ({ base_lr, step_size, gamma }) => ({
    base: base_lr,
    schedule: step({ every: step_size, factor: gamma }),
  })),
  multistep: scheduleCase({ ...base, milestones: integers(0), gamma: real(0) }, ({ base_lr, milestones, gamma }) => ({
    base: base_lr,
    schedule: multiStep({ milestones, factor: gamma }),
  })),
  exponential: scheduleCase({ ...base, gamma: real(0) }, ({ base_lr, gamma }) => ({
    base: base_lr,
    schedule: exponential({ factor: gamma }),
  })),
  cosine: scheduleCase({ ...base, t_max: integer(1), eta_min: real(0) }, ({ base_lr, t_max, eta_min }) => ({
    base: base_lr,
    schedule: cosine({ floor: eta_min / base_lr }),
    steps: t_max,
  })),
  one_cycle: scheduleCase({ ...base, max_lr: real(0), total_steps: integer(1) }, ({ max_lr, total_steps }) => ({
    base: max_lr,
    schedule: oneCycle(),
    steps: total_steps,
  })),
  plateau: scheduleCase(
    { ...base, factor: real(0), patience: integer(0), threshold: real(0) },
    ({ base_lr, ...options }) => ({ base: base_lr, schedule: plateau({ figure: "loss", on: "training", ...options }) }),
  ),
};
