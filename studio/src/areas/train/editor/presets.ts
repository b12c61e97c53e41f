/** Networks to begin with, written out for pictures of any size; the last layer has a unit for each class. */

export interface Preset {
  readonly name: string;
  /** The text for pictures [channels, height, width]. */
  readonly text: (input: readonly number[], classes: number) => string;
}

/** LeNet's nets were drawn for 32×32: smaller pictures are padded to that. */
const paddingFor = ([, height]: readonly number[]): string => {
  const padding = Math.max(0, Math.ceil((32 - height) / 2));
  return padding === 0 ? "{ kernel: 5 }" : `{ kernel: 5, padding: ${padding} }`;
};

const residualBlock = (filters: number): string => {
  const convolution = `conv2d(${filters}, { kernel: 3, padding: 1, bias: false }), batchNorm2d()`;
  return `residual(sequential(${convolution}, relu(), ${convolution}))\nrelu()`;
};

export const presets: readonly Preset[] = [
  {
    name: "LeNet-5",
    text: (input, classes) => `conv2d(6, ${paddingFor(input)})
tanh()
maxPool2d(2)
conv2d(16, { kernel: 5 })
tanh()
maxPool2d(2)
flatten()
linear(120)
tanh()
linear(84)
tanh()
linear(${classes})`,
  },
  {
    name: "Torch's net of the Oxford lecture",
    text: (input, classes) => `conv2d(16, ${paddingFor(input)})
tanh()
maxPool2d(2)
conv2d(128, { kernel: 5 })
tanh()
maxPool2d(2)
flatten()
linear(200)
tanh()
linear(${classes})`,
  },
  {
    name: "Convolutions, ReLU and dropout",
    text: (_, classes) => `conv2d(16, { kernel: 3, padding: 1 })
relu()
maxPool2d(2)
conv2d(32, { kernel: 3, padding: 1 })
relu()
maxPool2d(2)
flatten()
dropout(0.5)
linear(${classes})`,
  },
  {
    name: "A small ResNet",
    text: (_, classes) => `conv2d(16, { kernel: 3, padding: 1, bias: false })
batchNorm2d()
relu()
${residualBlock(16)}
conv2d(32, { kernel: 3, stride: 2, padding: 1, bias: false })
batchNorm2d()
relu()
${residualBlock(32)}
globalAvgPool()
linear(${classes})`,
  },
  {
    name: "Only linear layers",
    text: (_, classes) => `flatten()
linear(100)
relu()
linear(${classes})`,
  },
];
