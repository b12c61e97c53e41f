/**
 * An optimizer is a rule that turns a parameter's gradient and the optimizer's state for it (slots) into the direction of
 * its next step. All rules share, in this order: clipping of the gradients, weight decay, the step itself, a limit on the
 * norms of rows, a moving average of the weights. `minimize` adds a whole update to the step being traced.
 *
 *   coupled decay   g ← dErr/dw + λ w          w ← w − η · direction(g)
 *   decoupled       g ← dErr/dw                w ← (w − η λ w) − η · direction(g)       (Loshchilov and Hutter 2019)
 *   average         a ← a + (1 − δ) / (1 − δᵗ) · (w − a)
 *
 * The average weights the past with shares that decay by δ a step (after Polyak and Juditsky 1992); the divisor corrects for
 * its start, as Adam's does.
 */
import { describeGiven, full, mapValues, OptionError, StateError, zeros } from "../array/index.ts";
import { currentTrace, scalarVariable, type Tensor, Variable } from "../graph/index.ts";
import { add, div, gradient, mul, sub } from "../ops/index.ts";
import {
  checkNames,
  defineFactory,
  type Factory,
  namesOf,
  type OptionalKind,
  type Schema,
  type ValuesOf,
} from "../options/index.ts";
import { clip } from "./clipping.ts";
import { checkPatterns, describeGroups, readGroups, settingOf } from "./groups.ts";
import { limitRows } from "./max-norm.ts";
import { correction, type decaying, wholeOptions } from "./options.ts";

/** A rule's view of one parameter in one step. */
export interface Update<S extends Schema, Slot extends string> {
  readonly options: ValuesOf<S>;
  readonly gradient: Tensor;
  readonly slots: Readonly<Record<Slot, Tensor>>;
  /** The number of this step, from 1, as `f32`. */
  readonly step: Tensor;
}

export interface OptimizerDefinition<S extends Schema, Slot extends string> {
  readonly type: string;
  readonly learningRate: OptionalKind<number>;
  /** Options of the rule, which parameter groups may override. */
  readonly options: S;
  /** What is wrong with a combination of valid options. */
  readonly complain?: (options: ValuesOf<S>) => string | undefined;
  /** The state of each parameter, of its shape, initially zero. */
  readonly slots: (options: ValuesOf<S>) => readonly Slot[];
  /** The direction in which the learning rate scales the step, and the next values of the slots. */
  readonly rule: (update: Update<S, Slot>) => { readonly direction: Tensor } & { readonly [K in Slot]?: Tensor };
}

/** Turns gradients into parameter updates, with state. */
export interface Optimizer {
  /** The unique name of the rule, such as `adam`. */
  readonly type: string;
  /** The options, with defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  /** A description of type and options, by which runs are compared. */
  readonly description: string;
  /** A scalar that may be set between steps, without recompiling: by schedules, or with `setLearningRate`. */
  readonly learningRate: Variable;
  /** Records the next values of parameters and state in the current trace. */
  update(parameters: readonly Variable[], gradients: readonly Tensor[]): void;
  /** All its state: learning rate, step number, slots, averages. Complete once `update` was traced. */
  readonly variables: readonly Variable[];
  /** The moving averages of parameters, if kept. Complete once `update` was traced. */
  readonly averages: ReadonlyMap<Variable, Variable>;
}

/** Whether a value is an optimizer. */
export const isOptimizer = (value: unknown): value is Optimizer =>
  typeof value === "object" && value !== null && "update" in value && "learningRate" in value;

export function checkOptimizer(where: string, value: unknown): asserts value is Optimizer {
  if (isOptimizer(value)) return;
  throw new OptionError(
    `${where}: expects an optimizer that was made before, such as adam(), got ${describeGiven(value)}; ` +
      "its memory must outlive the step, so make it outside the traced function",
  );
}

/**
 * Sets the learning rate of the following steps, in a custom training loop. Nothing is recompiled.
 * @example
 * const rate = (moment) => 0.1 * cosine().factor(moment);
 * setLearningRate(optimizer, rate({ step, steps, epoch, epochs, history: [] }));
 * @throws OptionError unless it is a finite number of at least 0
 */
export function setLearningRate(optimizer: Optimizer, learningRate: number): void {
  checkOptimizer("setLearningRate", optimizer);
  if (!(typeof learningRate === "number" && learningRate >= 0 && learningRate < Infinity))
    throw new OptionError(`setLearningRate: expects a finite number of at least 0, got ${describeGiven(learningRate)}`);
  optimizer.learningRate.value = full([], learningRate);
}

/** Makes optimizers of one type. */
export type OptimizerFactory<O extends object> = Factory<O, Optimizer>;

type RuleSchema = Schema & ReturnType<typeof decaying>;
type WholeSchema = typeof wholeOptions & { readonly learningRate: OptionalKind<number> };

export function defineOptimizer<S extends RuleSchema, Slot extends string>(
  definition: OptimizerDefinition<S, Slot>,
): OptimizerFactory<object> {
  const schema = { learningRate: definition.learningRate, ...definition.options, ...wholeOptions };
  return defineFactory({
    type: definition.type,
    options: schema,
    make: (values) => createOptimizer(definition, values as ValuesOf<S> & ValuesOf<WholeSchema>),
  });
}

function createOptimizer<S extends RuleSchema, Slot extends string>(
  definition: OptimizerDefinition<S, Slot>,
  options: ValuesOf<S> & ValuesOf<WholeSchema>,
): Optimizer {
  const { type } = definition;
  const learningRate = scalarVariable("learningRate", options.learningRate);
  const steps = scalarVariable("step", 0);
  const slots = new Map<Variable, Record<Slot, Variable>>();
  const averages = new Map<Variable, Variable>();
  const everywhere = Object.fromEntries(Object.keys(definition.options).map((name) => [name, options[name]]));
  const rest = { options: everywhere as ValuesOf<S>, learningRateFactor: 1 };
  const groups = readGroups(type, options.groups, definition.options, rest.options);
  for (const setting of [rest, ...groups]) {
    const complaint = definition.complain?.(setting.options);
    if (complaint !== undefined) throw new OptionError(`${type}: ${complaint}`);
  }

  const move = (variable: Variable, slope: Tensor, step: Tensor): void => {
    const { options, learningRateFactor } = settingOf(variable, groups, rest);
    const rate = learningRateFactor === 1 ? learningRate.read() : mul(learningRate.read(), learningRateFactor);
    const own = remembered(slots, variable, () =>
      Object.fromEntries(definition.slots(options).map((slot) => [slot, slotLike(slot, variable)])),
    );
    const parameter = variable.read();
    const { gradient, shrunk } = decayed(parameter, slope, rate, options as ValuesOf<S> & Decaying);
    const read = mapValues(own, (slot: Variable) => slot.read()) as Record<Slot, Tensor>;
    const { direction, ...next } = definition.rule({ options, gradient, slots: read, step });
    const moved = sub(shrunk, mul(direction, rate));
    variable.assign(options.maxNorm === undefined ? moved : limitRows(moved, options.maxNorm));
    for (const [slot, value] of Object.entries(next)) own[slot as Slot].assign(value as Tensor);
  };

  const follow = (variable: Variable, decay: number, step: Tensor): void => {
    const average = remembered(averages, variable, () => slotLike("average", variable));
    const pace = div(1 - decay, correction(decay, step));
    average.assign(add(average.read(), mul(sub(variable.read(), average.read()), pace)));
  };

  return {
    type,
    options,
    description: `${type} (${describeOptions(options)})`,
    learningRate,
    averages,
    get variables() {
      const memory = [...slots.values()].flatMap((own) => Object.values<Variable>(own));
      return [learningRate, steps, ...memory, ...averages.values()];
    },
    update: (parameters, gradients) => {
      checkPatterns(type, groups, parameters);
      const step = add(steps.read(), 1);
      steps.assign(step);
      const slopes = clip(gradients, options);
      parameters.forEach((variable, i) => {
        move(variable, slopes[i], step);
        if (options.average !== undefined) follow(variable, options.average, step);
      });
    },
  };
}

interface Decaying {
  readonly weightDecay: number;
  readonly decay: "coupled" | "decoupled";
}

function decayed(parameter: Tensor, gradient: Tensor, rate: Tensor, { weightDecay, decay }: Decaying) {
  if (weightDecay === 0) return { gradient, shrunk: parameter };
  if (decay === "coupled") return { gradient: add(gradient, mul(parameter, weightDecay)), shrunk: parameter };
  return { gradient, shrunk: sub(parameter, mul(parameter, mul(rate, weightDecay))) };
}

function remembered<V>(memory: Map<Variable, V>, key: Variable, make: () => V): V {
  const known = memory.get(key) ?? make();
  memory.set(key, known);
  return known;
}

/** State for a variable: zeros of its shape, named `slot.NAME`. */
export const slotLike = (slot: string, { name, shape, dtype }: Variable): Variable =>
  new Variable(`${slot}.${name}`, zeros(shape, dtype), { trainable: false });

/** `momentum 0.9, nesterov false`: without undefined options. */
const describeOptions = ({
  groups,
  ...options
}: Readonly<Record<string, unknown>> & ValuesOf<typeof wholeOptions>): string =>
  [
    ...Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`])),
    ...(groups.length > 0 ? [`groups ${describeGroups(groups)}`] : []),
  ].join(", ");

/** Options of `minimize`. */
export interface MinimizeOptions {
  /** The variables to change. Default: every trainable variable read in the trace so far. */
  readonly variables?: readonly Variable[] | undefined;
}

const optionNames = namesOf<MinimizeOptions>({ variables: true });

/**
 * One optimization step: the gradients of `loss` and the update of the variables, as part of the step being traced.
 * @returns the gradients before clipping, in the order of the variables
 */
export function minimize(loss: Tensor, optimizer: Optimizer, options: MinimizeOptions = {}): Tensor[] {
  checkOptimizer("minimize", optimizer);
  const variables = trainedVariables("minimize", options);
  const gradients = gradientsOf(loss, variables);
  optimizer.update(variables, gradients);
  return gradients;
}

/** The variables to change. @throws StateError if there are none */
export function trainedVariables(where: string, given: MinimizeOptions): readonly Variable[] {
  const trace = currentTrace(`${where} was called`);
  checkNames(where, optionNames, given);
  const { variables = trace.variables.filter(({ trainable }) => trainable) } = given;
  const areVariables = Array.isArray(variables) && variables.every((one) => one instanceof Variable);
  if (!areVariables)
    throw new OptionError(
      `${where}: variables must be a list of variables, such as model.variables, got ${describeGiven(variables)}`,
    );
  if (variables.length === 0) throw new StateError(`${where}: the loss depends on no trainable variable`);
  return variables;
}

export const gradientsOf = (loss: Tensor, variables: readonly Variable[]): Tensor[] =>
  gradient(
    loss,
    variables.map((variable) => variable.read()),
  );
