/** How the units of a layer answer to held-out pictures. */
import { firstSamples, sampleCount } from "fovea/data";
import { histogram, layerFeatures } from "fovea/inspect";
import type { Activity } from "../api/look.ts";
import type { Still } from "./still.ts";
import { shapeOf } from "./tops.ts";

/** Numbers of a layer that are looked at: 64 MiB. */
const MOST_NUMBERS = 2 ** 24;
const BINS = 48;

export async function activityOf(still: Still, path: string, unit: number): Promise<Activity> {
  const shape = shapeOf(still, path);
  const { parts, engine } = still.run;
  const size = shape.reduce((a, b) => a * b, 1);
  const samples = Math.min(sampleCount(parts.heldOut), Math.max(1, Math.floor(MOST_NUMBERS / size)));
  const data = firstSamples(parts.heldOut, samples);
  const features = await still.finding(`features of ${path}`, () => layerFeatures(still.model, data, path, { engine }));
  const area = size / shape[0];
  const answers = new Float32Array(samples * area);
  for (let i = 0; i < samples; i++)
    answers.set(features.data.subarray(i * size + unit * area, i * size + (unit + 1) * area), i * area);
  const { range, counts } = histogram(answers, { bins: BINS });
  return {
    ...{ samples, range, counts },
    ...momentsOf(answers),
    byClass: strongestByClass(answers, area, data.labels.data, data.classes.length),
  };
}

function momentsOf(values: Float32Array): Pick<Activity, "mean" | "deviation" | "zeros"> {
  let [sum, zeros] = [0, 0];
  for (const value of values) {
    sum += value;
    if (value === 0) zeros++;
  }
  const mean = sum / values.length;
  let spread = 0;
  for (const value of values) spread += (value - mean) ** 2;
  return { mean, deviation: Math.sqrt(spread / values.length), zeros: zeros / values.length };
}

/** The mean over the pictures of a class of the largest answer in each. */
function strongestByClass(answers: Float32Array, area: number, labels: ArrayLike<number>, classes: number): number[] {
  const [sums, counts] = [new Float64Array(classes), new Float64Array(classes)];
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] < 0) continue;
    sums[labels[i]] += answers.subarray(i * area, (i + 1) * area).reduce((a, b) => Math.max(a, b), -Infinity);
    counts[labels[i]]++;
  }
  return Array.from(sums, (sum, k) => sum / counts[k]);
}
