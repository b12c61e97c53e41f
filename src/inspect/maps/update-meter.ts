/** How far parameters move while they are trained: ‖w − w₀‖ / ‖w‖ (CMU 11-785 and Karpathy, "ratio of updates to weights"). */
import { checkModel, type Model } from "../../nn/index.ts";

/** How far a parameter has moved. */
export interface UpdateRatio {
  /** The name of the parameter. */
  readonly name: string;
  /** ‖w − w₀‖ / ‖w‖ since the last time; ∞ where w is 0 and was not. */
  readonly ratio: number;
}

/**
 * Measures how far parameters move: each call gives ‖w − w₀‖ / ‖w‖ of every trainable parameter since the call before, or since
 * the meter was made. Between two steps of a loop, about 10⁻³ is usual. In `onEvent` of `fit(model, …)` it may be called after
 * every epoch: then it is the path of an epoch, of which there is no usual size.
 * @example const measure = createUpdateMeter(model); await fit(model, data, { onEvent: ({ type }) => type === "epoch" && log(measure()) });
 */
export function createUpdateMeter(model: Model): () => readonly UpdateRatio[] {
  checkModel("createUpdateMeter", model);
  const trained = model.variables.filter(({ trainable }) => trainable);
  const before = trained.map(({ value }) => value.copy());
  return () =>
    trained.map(({ name, value }, i) => {
      const ratio = updateRatio(value.data, before[i].data);
      before[i].data.set(value.data);
      return { name, ratio };
    });
}

/** ‖w − w₀‖ / ‖w‖. */
export function updateRatio(now: ArrayLike<number>, before: ArrayLike<number>): number {
  let [step, length] = [0, 0];
  for (let i = 0; i < now.length; i++) {
    step += (now[i] - before[i]) ** 2;
    length += now[i] ** 2;
  }
  return step === 0 ? 0 : Math.sqrt(step / length);
}
