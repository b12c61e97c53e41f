/**
 * What an optimiser is: a rule that turns a parameter, its gradient and the optimiser's own memory of it (slots) into
 * their next values. `minimize` puts a whole update into the step that is being traced.
 */
import { StateError, zeros } from "../array/index.ts";
import {
  currentTrace,
  readAttributes,
  type Schema,
  scalarVariable,
  type Tensor,
  type ValuesOf,
  Variable,
} from "../graph/index.ts";
import { add, gradient } from "../ops/index.ts";

/** A rule's view of one parameter in one step. */
export interface Update<S extends Schema, Slot extends string> {
  readonly options: ValuesOf<S>;
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  readonly slots: Readonly<Record<Slot, Tensor>>;
  readonly learningRate: Tensor;
  /** The number of this step, from 1 on, as `f32`. */
  readonly step: Tensor;
}

export interface OptimizerDefinition<S extends Schema, Slot extends string> {
  readonly type: string;
  readonly options: S & { readonly learningRate: Schema[string] };
  /** Memory of each parameter, of its shape, which starts at zero. */
  readonly slots: (options: ValuesOf<S>) => readonly Slot[];
  readonly rule: (update: Update<S, Slot>) => { readonly parameter: Tensor } & { readonly [K in Slot]?: Tensor };
}

export interface Optimizer {
  readonly type: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** A scalar that schedules may set between steps, without compiling again. */
  readonly learningRate: Variable;
  /** Records the parameters' next values, and its own, in the trace that is going on. */
  update(parameters: readonly Variable[], gradients: readonly Tensor[]): void;
  /** All its state: learning rate, step number, slots. Complete once `update` was traced. */
  readonly variables: readonly Variable[];
}

export function createOptimizer<S extends Schema, Slot extends string>(
  definition: OptimizerDefinition<S, Slot>,
  given: object,
): Optimizer {
  const options = readAttributes(definition.type, definition.options, given) as ValuesOf<S> & { learningRate: number };
  const learningRate = scalarVariable("learningRate", options.learningRate);
  const steps = scalarVariable("step", 0);
  const slotNames = definition.slots(options);
  const slots = new Map<Variable, Record<Slot, Variable>>();
  const slotsOf = (parameter: Variable): Record<Slot, Variable> => {
    const known = slots.get(parameter);
    if (known !== undefined) return known;
    const made = slotNames.map((slot) => [slot, slotVariable(slot, parameter)]);
    slots.set(parameter, Object.fromEntries(made));
    return slots.get(parameter)!;
  };
  return {
    type: definition.type,
    options,
    learningRate,
    get variables() {
      return [learningRate, steps, ...[...slots.values()].flatMap((own) => Object.values<Variable>(own))];
    },
    update: (parameters, gradients) => {
      const step = add(steps.read(), 1);
      steps.assign(step);
      parameters.forEach((variable, i) => {
        const own = slotsOf(variable);
        const { parameter, ...next } = definition.rule({
          options,
          parameter: variable.read(),
          gradient: gradients[i],
          slots: mapValues(own, (slot: Variable) => slot.read()) as Record<Slot, Tensor>,
          learningRate: learningRate.read(),
          step,
        });
        variable.assign(parameter);
        for (const [slot, value] of Object.entries(next)) own[slot as Slot].assign(value as Tensor);
      });
    },
  };
}

const slotVariable = (slot: string, { name, shape, dtype }: Variable): Variable =>
  new Variable(`${slot}.${name}`, zeros(shape, dtype), { trainable: false });

const mapValues = <V, W>(record: Readonly<Record<string, V>>, change: (value: V) => W): Record<string, W> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));

export interface MinimizeOptions {
  /** What to change. Default: every trainable variable that was read in the trace so far. */
  readonly variables?: readonly Variable[];
}

/**
 * One step downhill: the gradients of `loss`, and the update of the variables, as part of the step being traced.
 * @returns the gradients, in the order of the variables
 */
export function minimize(loss: Tensor, optimizer: Optimizer, options: MinimizeOptions = {}): Tensor[] {
  const trace = currentTrace("minimize was called");
  const variables = options.variables ?? trace.variables.filter(({ trainable }) => trainable);
  if (variables.length === 0) throw new StateError("minimize: the loss depends on no trainable variable");
  const gradients = gradient(
    loss,
    variables.map((variable) => variable.read()),
  );
  optimizer.update(variables, gradients);
  return gradients;
}
