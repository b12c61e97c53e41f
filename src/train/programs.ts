/** The compiled steps of training and evaluation, one for each type of batch (the last batch may be smaller). */
import type { NdArray } from "../array/index.ts";
import { type Compiled, compile, type EngineChoice } from "../engines/index.ts";
import { currentTrace, type Tensor, type TensorTree, type TensorType } from "../graph/index.ts";
import { add, and, finite, mul, select } from "../ops/index.ts";
import { type Accumulator, globalNorm, minimize, type Optimizer } from "../optim/index.ts";
import { checkLoss, checkTensors } from "./checks.ts";
import type { Arrays, Tensors } from "./tasks/index.ts";
import { outputsOfHead, type Wiring } from "./wiring.ts";

/** The step's inputs besides the batch: scalars. */
type Further = readonly TensorType[];

/** A step, compiled for each type of batch when first needed. */
export interface BatchProgram<O extends TensorTree> {
  /** The program for batches of the types of this one. */
  readonly for: (batch: Readonly<Record<string, TensorType>>) => Compiled<O>;
  /** A program's inputs: the arrays of the batch, in order. */
  readonly inputs: (batch: Arrays, ...further: readonly NdArray[]) => readonly NdArray[];
  /** The traced body over a list of tensors. */
  readonly body: (...inputs: readonly Tensor[]) => O;
  /** Its input types for batches of these types. */
  readonly types: (batch: Readonly<Record<string, TensorType>>) => readonly TensorType[];
}

/** Steps over the given columns of a batch, by name. */
export function perBatchType<O extends TensorTree>(
  columns: readonly string[],
  step: (batch: Tensors, ...further: readonly Tensor[]) => O,
  engine: EngineChoice | undefined,
  further: Further = [],
): BatchProgram<O> {
  const programs = new Map<string, Compiled<O>>();
  const body = (...inputs: readonly Tensor[]): O => {
    const batch = Object.fromEntries(columns.map((name, i) => [name, inputs[i]]));
    return step(batch, ...inputs.slice(columns.length));
  };
  const types: BatchProgram<O>["types"] = (batch) => [...columns.map((name) => batch[name]), ...further];
  return {
    body,
    types,
    for: (batch) => {
      const key = columns.map((name) => `${batch[name].dtype}${batch[name].shape}`).join(" ");
      const known = programs.get(key);
      if (known !== undefined) return known;
      const program = compile(body, types(batch), { engine });
      programs.set(key, program);
      return program;
    },
    inputs: (batch, ...rest) => [...columns.map((name) => batch[name]), ...rest],
  };
}

/** The loss of a batch, with the task's sums and collected values. */
export const evaluationStep =
  ({ apply, task, scene }: Wiring) =>
  (batch: Tensors) => {
    const { outputs, targets } = apply(batch);
    return measured(task, outputs, targets, scene);
  };

/** The loss of outputs, with the task's sums and collected values. */
export const measured = (task: Wiring["task"], outputs: Tensors, targets: Tensors, scene: Wiring["scene"]) => {
  const given = (rule: "tally" | "detail" | "collect"): Tensors =>
    checkTensors(task, rule, task[rule](outputs, targets, scene));
  return {
    loss: checkLoss(task, task.loss(outputs, targets, scene)),
    sums: { ...given("tally"), ...given("detail") },
    collected: given("collect"),
  };
};

/** Loss and sums of a training batch, and the parameters to change. Losses of auxiliary heads are added by their weights. */
function trained({ apply, task, scene, trained: variables }: Wiring, batch: Tensors) {
  const heads: { readonly outputs: Tensors; readonly weight: number }[] = [];
  const onAuxiliary = (path: string, output: Tensor, weight: number): void =>
    void heads.push({ outputs: outputsOfHead(task, scene, path, output), weight });
  const { outputs, targets } = apply(batch, { training: true, onAuxiliary });
  const lossOf = (given: Tensors): Tensor => checkLoss(task, task.loss(given, targets, { ...scene, training: true }));
  return {
    loss: heads.reduce((sum, head) => add(sum, mul(lossOf(head.outputs), head.weight)), lossOf(outputs)),
    sums: checkTensors(task, "tally", task.tally(outputs, targets, scene)),
    variables,
  };
}

/** The norm of the gradients, and whether all is finite; if not, no variable changes in this step. */
function keepSound(gradients: readonly Tensor[], loss?: Tensor) {
  const gradientNorm = globalNorm(gradients);
  const isSound = loss === undefined ? finite(gradientNorm) : and(finite(loss), finite(gradientNorm));
  assignOnlyIf(isSound);
  return { gradientNorm, finite: isSound };
}

/** One step of training. When loss or gradients are not finite, no variable changes, and `finite` says so. */
export const trainingStep = (wiring: Wiring, optimizer: Optimizer) => (batch: Tensors) => {
  const { loss, sums, variables } = trained(wiring, batch);
  return { loss, sums, ...keepSound(minimize(loss, optimizer, { variables }), loss) };
};

/**
 * A part of a step: accumulates gradients without changing parameters. `share` is the part's share of the samples, a scalar.
 */
export const partStep = (wiring: Wiring, parts: Accumulator) => (batch: Tensors, share: Tensor) => {
  const { loss, sums, variables } = trained(wiring, batch);
  return { loss, sums, ...keepSound(parts.add(loss, { share, variables }), loss) };
};

/** The end of a step that was divided into parts. */
export const applyBody = (parts: Accumulator, optimizer: Optimizer) => () => keepSound(parts.apply(optimizer));

/** Makes every assignment of the trace so far conditional: otherwise the variable keeps its value. */
function assignOnlyIf(condition: Tensor): void {
  const trace = currentTrace("assignOnlyIf was called");
  for (const { variable, value } of trace.assignments)
    trace.assign(variable, select(condition, value, trace.initial(variable)));
}
