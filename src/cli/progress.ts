/** Training as people see it: a bar on a terminal, a plain line now and then elsewhere. */
import type { TrainingEvent } from "../train/index.ts";
import { bar, duration, percent } from "./format.ts";
import type { Output } from "./io.ts";

/** A terminal is redrawn, and a log written, no more often than this. */
const REDRAW_MS = 100;
const LOG_MS = 15_000;

export function createProgress(output: Output): (event: TrainingEvent) => void {
  let [epochStart, firstImage, images, last] = [performance.now(), 0, 0, 0];
  const step = (event: Extract<TrainingEvent, { type: "step" }>): void => {
    // A resumed epoch begins in the middle: speed counts from the first step seen.
    if (images === 0) firstImage = event.step - 1;
    images += event.images;
    const now = performance.now();
    if (now - last < (output.isTerminal ? REDRAW_MS : LOG_MS) && event.step < event.steps) return;
    last = now;
    const seconds = (now - epochStart) / 1000;
    const left = (seconds / (event.step - firstImage)) * (event.steps - event.step);
    const figures = `${(images / seconds).toFixed(0).padStart(5)} images/s  loss ${event.loss.toFixed(4)}  accuracy ${percent(event.accuracy, 1)}  ${duration(left)} left`;
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
      output.log(describeEpoch(event, output));
      [epochStart, firstImage, images] = [performance.now(), 0, 0];
    }
  };
}

function describeEpoch(event: Extract<TrainingEvent, { type: "epoch" }>, output: Output): string {
  const { epoch, epochs, loss, accuracy, validationLoss, validationAccuracy, isBest, seconds } = event;
  const validation =
    validationAccuracy === undefined
      ? ""
      : `  validation loss ${validationLoss?.toFixed(4)} accuracy ${percent(validationAccuracy)}${isBest ? output.paint("green", " best") : ""}`;
  return `epoch ${epoch}/${epochs}  loss ${loss.toFixed(4)}  accuracy ${percent(accuracy)}${validation}  ${duration(seconds)}`;
}
