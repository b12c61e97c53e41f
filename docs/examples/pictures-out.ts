/** Pictures from pictures: a scene through 24 numbers and back, and a class for each of its pixels. */
import { optim } from "fovea";
import { dataset, maskScenes } from "fovea/data";
import { createDecoder, layerFeatures } from "fovea/inspect";
import { autoencoder, segnet } from "fovea/models";
import { fit, reconstruction, segmentation } from "fovea/train";

const { train } = maskScenes({ train: 60, validation: 0, test: 0, size: 32, objects: 2 });
const setting = { epochs: 2, batch: 12, seed: 1, optimizer: optim.adam({ learningRate: 0.005 }) };

// The encoder halves the maps and ends in the code; transposed convolutions double them on the way back.
const pictures = dataset("scenes", { image: train.columns.image });
const coder = autoencoder({ size: [32, 32], channels: 3, code: 24, maps: [8, 16] });
const { model } = await fit(coder, pictures, { ...setting, task: reconstruction({ loss: "meanAbsoluteError" }) });
const codes = await layerFeatures(model, pictures, "code");
const decoded = await createDecoder(model)(codes);
console.log(`codes [${codes.shape}], pictures [${decoded.shape}]`);
// → codes [60,24], pictures [60,3,32,32]

// SegNet puts back what it pooled where the maximum was, or doubles maps by transposed convolution.
for (const up of ["unpool", "transposed"] as const) {
  const network = segnet({ classes: 9, maps: [8, 12], up });
  const { history } = await fit(network, train, { ...setting, task: segmentation() });
  const [first, last] = history.map(({ training }) => training.loss);
  console.log(`${up}: the loss falls: ${last < first}`);
}
// → unpool: the loss falls: true
// → transposed: the loss falls: true
