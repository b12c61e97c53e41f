/** Looks at layers and units of the network, held still. */
import type { NdArray } from "fovea";
import { type Ascended, channelTarget, createAscent, deconvProjections } from "fovea/inspect";
import type { Climbed, UnitPageCalls } from "../api/look.ts";
import { allValues, valuesOf } from "../crossing.ts";
import { activityOf } from "../looking/activity.ts";
import { breath } from "../looking/breath.ts";
import { deskOf } from "../looking/desk.ts";
import { asInput, onPicture } from "../looking/on-picture.ts";
import { createPace } from "../looking/pace.ts";
import { type Still, stillOf } from "../looking/still.ts";
import { searchTops, shownTops, type Tops } from "../looking/tops.ts";
import type { OpenRun } from "../open-run.ts";

/** Steps of ascent between pictures. */
const SHOWN_EVERY = 8;

export function unitPageCalls(current: () => OpenRun): UnitPageCalls {
  const still = (): Promise<Still> => stillOf(current(), "units").ready();
  return {
    holdStill: () => stillOf(current(), "units").take(),
    stopLooking: async () => deskOf(current()).stop(),
    stillParameters: async (path) => {
      const { model } = await still();
      const found = model.variables.filter(({ name }) => name.slice(0, name.lastIndexOf(".")) === path);
      return allValues(Object.fromEntries(found.map(({ name, value }) => [name.slice(path.length + 1), value])));
    },
    stillLook: async (picture) => {
      const subject = await still();
      const { model, run } = subject;
      const [output] = model.outputs;
      const probe = subject.probe("all values", { values: [...run.paths, output] });
      const { values } = await probe(asInput(subject, picture));
      return { values: allValues(values), probabilities: softmaxOf(values[output]) };
    },
    topPictures: async (path, units, count, onPart) => {
      const subject = await still();
      return deskOf(current()).work(async (check) => {
        let shown = 0;
        const isDue = createPace();
        const onTops = (tops: Tops, share: number): void => {
          check();
          if (tops.searched === shown) {
            if (isDue()) void onPart(undefined, share);
            return;
          }
          shown = tops.searched;
          void shownTops(subject, path, tops, units, count).then((part) => onPart(part, share));
        };
        const tops = await subject.finding(`tops of ${path}`, () => searchTops(subject, path, onTops));
        return shownTops(subject, path, tops, units, count);
      });
    },
    activity: async (path, unit) => activityOf(await still(), path, unit),
    unitOnPicture: async (path, unit, picture) => onPicture(await still(), path, unit, picture),
    deconvnet: async (path, unit, picture) => {
      const subject = await still();
      const options = { layer: path, channels: [unit], engine: current().engine };
      const [{ projection }] = await deconvProjections(subject.model, asInput(subject, picture), options);
      return valuesOf(projection);
    },
    ascend: async (path, unit, steps, onPart) => {
      const subject = await still();
      const { model, run } = subject;
      const ascend = subject.program(`ascent ${path} ${steps}`, () =>
        createAscent(model, { target: channelTarget(path), steps, engine: run.engine }),
      );
      return deskOf(run).work(async (check) => {
        const found = await ascend(unit, {
          onStep: async (step, _scores, look) => {
            if (step % SHOWN_EVERY > 0 && step > 1) return;
            await breath();
            check();
            await onPart(climbed(step, await look()), step / steps);
          },
        });
        return climbed(steps, found);
      });
    },
  };
}

const climbed = (step: number, { inputs, scores, outputs }: Omit<Ascended, "history">): Climbed => ({
  step,
  picture: { data: Float32Array.from(inputs.data), shape: inputs.shape.slice(1) },
  score: scores.item(),
  probabilities: softmaxOf(Object.values(outputs)[0]),
});

/** Probabilities of one row of scores. */
export function softmaxOf({ data }: NdArray): Float32Array {
  const scores = Float64Array.from(data);
  const most = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = scores.map((score) => Math.exp(score - most));
  const total = powers.reduce((a, b) => a + b, 0);
  return Float32Array.from(powers, (power) => power / total);
}
