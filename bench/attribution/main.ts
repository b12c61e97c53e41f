/**
 * Attributions beside PyTorch: `npm run recipe bench/attribution/main.ts`. Milliseconds a picture on two threads, the median of
 * several calls after compiling, of LeNet-5 (28×28) and the CIFAR network ResNet-20 (32×32); the other side is torch_side.py, run by
 * the program that FOVEA_PYTHON names (default python3). Weights are random: times do not depend on them.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { NdArray, nn, Random } from "fovea";
import { createAttributor, createProbe, type MethodOptions } from "fovea/inspect";
import { lenet5, resnet20 } from "fovea/models";

const random = new Random(1, "pictures");
const picture = (...shape: number[]): NdArray =>
  new NdArray(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.uniform()),
    [1, ...shape],
    "f32",
  );

async function measured(call: () => Promise<unknown>, seconds = 0.8): Promise<number> {
  for (let i = 0; i < 3; i++) await call();
  const times: number[] = [];
  const end = performance.now() + 1000 * seconds;
  while (performance.now() < end || times.length < 5) {
    const start = performance.now();
    await call();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}

const methods = (layer: string): Readonly<Record<string, MethodOptions>> => ({
  gradient: { method: "gradient" },
  integrated: { method: "integrated-gradients", steps: 32, baseline: 0 },
  grad_cam: { method: "grad-cam", layer },
  occlusion: { method: "occlusion", window: 8, stride: 4, baseline: 0 },
});

const nets = {
  lenet5: { model: nn.Model.build(lenet5(), { input: [1, 28, 28] }), shape: [1, 28, 28], layer: "4" },
  resnet20: { model: nn.Model.build(resnet20(), { input: [3, 32, 32] }), shape: [3, 32, 32], layer: "layer3" },
};

const ours: Record<string, number> = {};
for (const [name, { model, shape, layer }] of Object.entries(nets)) {
  const x = picture(...shape);
  const probe = createProbe(model, { values: ["output"] });
  ours[`${name} forward`] = await measured(() => probe(x));
  for (const [method, options] of Object.entries(methods(layer))) {
    const explain = createAttributor(model, options);
    ours[`${name} ${method}`] = await measured(() => explain(x, 3));
  }
}
const script = fileURLToPath(new URL("torch_side.py", import.meta.url));
const theirs = JSON.parse(
  execFileSync(process.env.FOVEA_PYTHON ?? "python3", [script], { encoding: "utf8" }),
) as typeof ours;
for (const [row, time] of Object.entries(ours)) {
  const other = theirs[row];
  console.log(
    `${row.padEnd(22)} ${time.toFixed(3).padStart(9)} ms  PyTorch ${other.toFixed(3).padStart(9)} ms  ${(other / time).toFixed(2)}×`,
  );
}
