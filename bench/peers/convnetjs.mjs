/** ConvNetJS (2014): plain JavaScript, one image after the other, the filters updated after each batch. */
import { load, serve } from "./serve.mjs";

const tanh = { activation: "tanh" };
const layers = [
  { type: "input", out_sx: 28, out_sy: 28, out_depth: 1 },
  { type: "conv", sx: 5, filters: 6, stride: 1, pad: 2, ...tanh },
  { type: "pool", sx: 2, stride: 2 },
  { type: "conv", sx: 5, filters: 16, stride: 1, pad: 0, ...tanh },
  { type: "pool", sx: 2, stride: 2 },
  { type: "fc", num_neurons: 120, ...tanh },
  { type: "fc", num_neurons: 84, ...tanh },
  { type: "softmax", num_classes: 10 },
];

serve(async () => {
  const { Net, Trainer, Vol } = load("convnetjs");
  const randomImage = () => {
    const image = new Vol(28, 28, 1, 0);
    for (let i = 0; i < image.w.length; i++) image.w[i] = 2 * Math.random() - 1;
    return image;
  };
  const prepare = async ({ batch }) => {
    const net = new Net();
    net.makeLayers(structuredClone(layers));
    const settings = { method: "sgd", learning_rate: 0.01, momentum: 0.9, batch_size: batch, l2_decay: 0 };
    const trainer = new Trainer(net, settings);
    const images = Array.from({ length: batch }, randomImage);
    return () => images.forEach((image, i) => void trainer.train(image, i % 10));
  };
  return { version: load("convnetjs/package.json").version, prepare };
});
