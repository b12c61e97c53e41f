/** Attributions of the network, held still, beside those of the same network with random weights. */
import {
  type Attribute,
  type AttributionMethod,
  attributionMap,
  attributionMethods,
  createAttributor,
  type MethodOptions,
} from "fovea/inspect";
import type { AttributionCalls, MethodMap, Weights } from "../api/look.ts";
import { valuesOf } from "../crossing.ts";
import { breath } from "../looking/breath.ts";
import { deskOf } from "../looking/desk.ts";
import { asInput } from "../looking/on-picture.ts";
import { type Still, stillOf } from "../looking/still.ts";
import type { OpenRun } from "../open-run.ts";
import { softmaxOf } from "./unit-page-calls.ts";

export function attributionCalls(current: () => OpenRun): AttributionCalls {
  const still = (): Promise<Still> => stillOf(current(), "units").ready();
  const probabilities = async (subject: Still, picture: Uint8Array): Promise<Float32Array> => {
    const [output] = subject.model.outputs;
    const { values } = await subject.probe("output", { values: [output] })(asInput(subject, picture));
    return softmaxOf(values[output]);
  };
  return {
    attributionFits: async () => {
      const subject = await still();
      return attributionMethods.map((method) => ({ method, problem: problemOf(subject, method) }));
    },
    attributions: async (picture, { methods, index, withRandom }, onPart) => {
      const subject = await still();
      return deskOf(current()).work(async (check) => {
        const rows: readonly Weights[] = withRandom ? ["trained", "random"] : ["trained"];
        // The class of the first row is that of all: without one, random weights would explain another.
        let asked = index;
        let done = 0;
        for (const weights of rows) {
          for (const method of methods) {
            const found = await ask(subject, method, weights, picture, asked);
            asked = found.index;
            await breath();
            check();
            await onPart(found, ++done / (rows.length * methods.length));
          }
        }
      });
    },
    attributeFrame: async (picture, method, index) => {
      const subject = await still();
      const found = await ask(subject, method, "trained", picture, index);
      return { found, probabilities: await probabilities(subject, picture) };
    },
  };
}

/** A method of the network; methods whose options all have defaults. */
const attributor = (subject: Still, method: AttributionMethod, weights: Weights): Attribute =>
  subject.program(`${method} of ${weights}`, () =>
    createAttributor(weights === "trained" ? subject.model : subject.random, {
      method,
      engine: subject.run.engine,
    } as MethodOptions),
  );

/** Why a method does not suit the network, in the library's words. */
function problemOf(subject: Still, method: AttributionMethod): string | undefined {
  try {
    attributor(subject, method, "trained");
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

async function ask(
  subject: Still,
  method: AttributionMethod,
  weights: Weights,
  picture: Uint8Array,
  chosen: number,
): Promise<MethodMap> {
  const start = performance.now();
  const explain = attributor(subject, method, weights);
  const { maps, target, index, gap } = await explain(asInput(subject, picture), chosen);
  return {
    ...{ method, weights },
    map: valuesOf(attributionMap(maps.input)),
    index: index?.item() ?? chosen,
    target: target.item(),
    gap: gap?.item(),
    milliseconds: performance.now() - start,
  };
}
