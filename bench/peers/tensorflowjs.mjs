/**
 * TensorFlow.js on the backend that the first word names. `wasm` has no gradient of convolution, so it does forward passes
 * only; it uses one thread in Node. Pictures are stored channels last, as its kernels want them.
 */
import { load, serve } from "./serve.mjs";

const backend = process.argv[2];

function lenetStep(tf, { batch }) {
  const activation = "tanh";
  const network = tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [28, 28, 1], filters: 6, kernelSize: 5, padding: "same", activation }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({ filters: 16, kernelSize: 5, activation }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 120, activation }),
      tf.layers.dense({ units: 84, activation }),
      tf.layers.dense({ units: 10, activation: "softmax" }),
    ],
  });
  network.compile({ optimizer: tf.train.momentum(0.01, 0.9), loss: "categoricalCrossentropy" });
  const images = tf.randomUniform([batch, 28, 28, 1], -1, 1);
  const classes = tf.tensor1d(
    Int32Array.from({ length: batch }, (_, i) => i % 10),
    "int32",
  );
  const targets = tf.oneHot(classes, 10).toFloat();
  return () => network.trainOnBatch(images, targets);
}

function conv(tf, { input: [n, channels, height, width], filters: [k, , r, s], stride, padding, backward }) {
  if (backward) throw new Error("no gradient of convolution");
  const x = tf.randomUniform([n, height, width, channels], -1, 1);
  const w = tf.randomUniform([r, s, channels, k], -1, 1);
  return () => tf.conv2d(x, w, stride, padding).dispose();
}

function matmul(tf, { size }) {
  const [a, b] = [0, 1].map(() => tf.randomUniform([size, size], -1, 1));
  return () => tf.matMul(a, b).dispose();
}

const jobs = { lenet: lenetStep, conv, matmul };

serve(async () => {
  const tf = load("@tensorflow/tfjs");
  if (backend === "wasm") load("@tensorflow/tfjs-backend-wasm");
  await tf.setBackend(backend);
  await tf.ready();
  if (tf.getBackend() !== backend) throw new Error(`the backend ${backend} does not start`);
  const prepare = async (job) => {
    tf.disposeVariables();
    return jobs[job.kind](tf, job);
  };
  return { version: tf.version.tfjs, prepare };
});
