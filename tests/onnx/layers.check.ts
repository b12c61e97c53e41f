/** Every layer, in every setting of the contract tests, gives the same in ONNX Runtime. */
import { describe, it } from "vitest";
import { createInterpreter } from "../../src/engines/index.ts";
import { defineLayer, type Layer, Model } from "../../src/nn/index.ts";
import { layerTable } from "../contract/layer-table.ts";
import { expectAgreement, missing, stir } from "./runtime.ts";

const engine = createInterpreter();

/** The layer in one that the export does not know, so that it is written op by op. */
const unknown = (layer: Layer): Layer =>
  defineLayer({ type: "own", options: {}, forward: (_, x, scope) => layer.forward(x, scope) })();

/** Layers that ONNX only has as a whole. */
const WHOLE = ["rnn", "lstm", "gru"];

const exportable = layerTable.filter(({ notInOnnx }) => notInOnnx === undefined);

describe.skipIf(missing !== undefined)("in ONNX Runtime", () => {
  it.each(exportable)("$name", async ({ layer, input, numbersBelow }) => {
    const dtype = numbersBelow === undefined ? "f32" : "i32";
    const model = stir(Model.build(layer, { input, dtype, seed: 3 }));
    await expectAgreement(model, engine, {}, { opset: 18, foldBatchNorm: true });
  });

  const ofOps = exportable.filter(({ layer }) => !WHOLE.includes(layer.type));
  it.each(ofOps)("$name, op by op", async ({ layer, input, numbersBelow }) => {
    const dtype = numbersBelow === undefined ? "f32" : "i32";
    await expectAgreement(stir(Model.build(unknown(layer), { input, dtype, seed: 3 })), engine, {});
  });
});
