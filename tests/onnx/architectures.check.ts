/** Every architecture by name gives the same in ONNX Runtime, with batch normalization as it is and folded. */
import { describe, it } from "vitest";
import { FoveaError, NdArray, Random, type Shape } from "../../src/array/index.ts";
import { openEngine } from "../../src/engines/index.ts";
import { type Architecture, architectures } from "../../src/models/index.ts";
import { Model } from "../../src/nn/index.ts";
import { expectAgreementOfRows, missing } from "./runtime.ts";

const engine = await openEngine("auto");

/** Sizes of pictures, the smallest first: maps must not become too small for the windows of the last layers. */
const SIZES = [32, 64, 96, 128, 160, 224];

/** The network for the smallest pictures that it takes. */
function smallest(create: Architecture): Model {
  const [channels, own] = create.input;
  for (const size of SIZES.filter((size) => size < own)) {
    const shape: Shape = [channels, size, size];
    try {
      return Model.build(create({ input: shape, classes: 10 }), { input: shape });
    } catch (error) {
      if (!(error instanceof FoveaError)) throw error;
    }
  }
  return Model.build(create({ classes: 10 }), { input: create.input });
}

/** Statistics as training leaves them; with those of a new network, normalization would do nothing. */
async function withStatistics(model: Model): Promise<Model> {
  for (const variable of model.variables) {
    const random = new Random(9, variable.name);
    const range = /running_mean$/.test(variable.name) ? [-0.2, 0.2] : /running_var$/.test(variable.name) && [0.5, 1.5];
    if (!range) continue;
    const { data, shape } = await variable.fetch();
    variable.value = new NdArray(
      Float32Array.from(data, () => random.uniform(range[0], range[1])),
      shape,
    );
  }
  return model;
}

describe.skipIf(missing !== undefined)("in ONNX Runtime", () => {
  it.each(Object.entries(architectures))("%s", async (_, architecture) => {
    const model = await withStatistics(smallest(architecture));
    await expectAgreementOfRows(model, engine, {}, { opset: 18, foldBatchNorm: true });
  });
});
