/** Training as people see it: a bar on a terminal, a plain line now and then elsewhere. */
import type { Task, TrainingEvent } from "../train/index.ts";
import { bar, describeFigures, duration, percent } from "./format.ts";
import type { Output } from "./io.ts";

/** A terminal is redrawn, and a log written, no more often than this. */
const REDRAW_MS = 100;
const LOG_MS = 15_000;

export function createProgress(output: Output, { shares }: Pick<Task, "shares">): (event: TrainingEvent) => void {
  let [epochStart, firstStep, samples, last] = [performance.now(), 0, 0, 0];
  const step = (event: Extract<TrainingEvent, { type: "step" }>): void => {
    // A resumed epoch begins in the middle: speed counts from the first step seen.
    if (samples === 0) firstStep = event.step - 1;
    samples += event.samples;
    const now = performance.now();
    if (now - last < (output.isTerminal ? REDRAW_MS : LOG_MS) && event.step < event.steps) return;
    last = now;
    const seconds = (now - epochStart) / 1000;
    const left = (seconds / (event.step - firstStep)) * (event.steps - event.step);
    const figures = `${(samples / seconds).toFixed(0).padStart(5)} samples/s  ${describeFigures(event.figures, shares, 1).join("  ")}  ${duration(left)} left`;
    if (output.isTerminal) {
      const room = Math.max(10, Math.min(30, output.columns - figures.length - 24));
      const drawn = output.paint("cyan", bar(event.step / event.steps, room));
      output.status(`epoch ${event.epoch} ▕${drawn}▏ ${percent(event.step / event.steps, 0).padStart(5)} ${figures}`);
    } else if (event.step < event.steps) {
      output.log(`epoch ${event.epoch}  step ${event.step}/${event.steps} ${figures}`);
    }
  };
  return (event) => {
    if (event.type === "step") step(event);
    if (event.type === "validate")
      output.status(`epoch ${event.epoch}  validating ${percent(event.done / event.total, 0)}`);
    if (event.type === "epoch") {
      output.log(describeEpoch(event, output, shares));
      [epochStart, firstStep, samples] = [performance.now(), 0, 0];
    }
  };
}

function describeEpoch(
  { epoch, epochs, training, validation, isBest, seconds }: Extract<TrainingEvent, { type: "epoch" }>,
  output: Output,
  shares: readonly string[],
): string {
  const parts = [`epoch ${epoch}/${epochs}`, ...describeFigures(training, shares)];
  if (validation !== undefined) {
    const best = isBest ? output.paint("green", " best") : "";
    parts.push(`validation ${describeFigures(validation, shares).join(" ")}${best}`);
  }
  return [...parts, duration(seconds)].join("  ");
}
