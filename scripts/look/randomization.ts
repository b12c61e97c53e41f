/**
 * The sanity check of attributions on CIFAR's ResNet-20: `npm run recipe scripts/look/randomization.ts`. Reads weights and pictures
 * from FOVEA_DATA. Prints for each method the rank correlation of its maps (of magnitudes) when the layers are random from the last
 * one on.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { NdArray } from "fovea";
import { type MethodOptions, randomizationCheck } from "fovea/inspect";
import { resnet20 } from "fovea/models";

const FOLDER = join(process.env.FOVEA_DATA ?? "../shared/data", "pretrained-cifar-resnet");
const COUNT = 16;
const model = await resnet20({ weights: join(FOLDER, "resnet20.safetensors") });
const bytes = gunzipSync(await readFile(join(FOLDER, "cifar10-test-first1000.u8.gz")));
const pictures = new NdArray(new Uint8Array(bytes.subarray(0, COUNT * 3072)), [COUNT, 3, 32, 32], "u8");

const methods: readonly MethodOptions[] = [
  { method: "grad-cam" },
  { method: "gradient" },
  { method: "guided-backpropagation" },
];
const SHOWN = ["linear", "layer3.2.conv2", "layer3.0.conv1", "layer2.0.conv1", "layer1.0.conv1", "conv1"];
for (const options of methods) {
  const rows = await randomizationCheck(model, pictures, options);
  const shown = rows.filter(({ layer }) => SHOWN.includes(layer));
  console.log(
    options.method,
    shown.map(({ layer, absolute, signed }) => `${layer} ${absolute.toFixed(2)} (${signed.toFixed(2)})`).join(", "),
  );
  const mean = rows.reduce((sum, { absolute }) => sum + absolute, 0) / rows.length;
  console.log(`  mean over ${rows.length} steps ${mean.toFixed(3)}`);
}
