import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import type { NdArray } from "../../array/index.ts";
import { readNpz } from "../../formats/index.ts";
import * as nn from "../../nn/index.ts";
import { type AttributeOptions, attribute } from "./index.ts";

const normalization = { mean: [0.4, 0.5], std: [0.2, 0.3] };
const input = [2, 12, 12];
const bn = nn.batchNorm2d;
const conv = (filters: number, options: object = {}) => nn.conv2d(filters, { kernel: 3, padding: 1, ...options });
const noBias = { bias: false };

const nets = {
  plain: nn.sequential({
    conv1: conv(4),
    act1: nn.relu(),
    pool1: nn.maxPool2d(2),
    conv2: conv(6, { padding: 0 }),
    act2: nn.relu(),
    pool2: nn.maxPool2d(2),
    flat: nn.flatten(),
    fc1: nn.linear(8),
    act3: nn.relu(),
    fc2: nn.linear(3),
  }),
  residual: nn.sequential({
    conv1: conv(4, noBias),
    bn1: bn(),
    act1: nn.relu(),
    block: nn.residual(
      nn.sequential({ conv1: conv(4, noBias), bn1: bn(), act: nn.relu(), conv2: conv(4, noBias), bn2: bn() }),
    ),
    act2: nn.relu(),
    conv2: conv(6, { stride: 2, ...noBias }),
    bn2: bn(),
    act3: nn.relu(),
    pool: nn.globalAvgPool(),
    flat: nn.flatten(),
    fc: nn.linear(3),
  }),
};
const lastMaps = { plain: "act2", residual: "act3" } as const;
type Net = keyof typeof nets;

let expected: ReadonlyMap<string, NdArray>;
const models = {} as Record<Net, nn.Model>;
let samples: NdArray;
const classes = [2, 0];

beforeAll(async () => {
  const bytes = await readFile(new URL("../../../tests/fixtures/inspect/attributions.npz", import.meta.url));
  expected = (await readNpz(bytes)).tensors;
  samples = expected.get("samples")!;
  for (const name of Object.keys(nets) as Net[]) {
    models[name] = nn.Model.build(nets[name], { input, normalization, classes: ["ant", "bee", "cow"] });
    for (const variable of models[name].variables) {
      const value = expected.get(`${name}/parameters/${variable.name}`);
      if (value !== undefined) variable.value = value;
    }
  }
});

/** Of the largest number; float32 on both sides of a dozen layers. */
const TOLERANCE = 1e-4;

function expectClose(got: NdArray, wanted: NdArray): void {
  expect(got.shape).toEqual(wanted.shape);
  const most = Math.max(...Array.from(wanted.data, Math.abs));
  const off = Math.max(...Array.from(got.data, (x, i) => Math.abs(x - wanted.data[i])));
  expect(off / most).toBeLessThan(TOLERANCE);
}

const rows: readonly (readonly [string, (net: Net) => AttributeOptions])[] = [
  ["gradient", () => ({ method: "gradient" })],
  ["gradient-times-input", () => ({ method: "gradient-times-input" })],
  ["integrated-gradients", () => ({ method: "integrated-gradients" })],
  ["guided-backpropagation", () => ({ method: "guided-backpropagation" })],
  ["deconvnet", () => ({ method: "deconvnet" })],
  ["grad-cam", (net) => ({ method: "grad-cam", layer: lastMaps[net] })],
  ["grad-cam++", (net) => ({ method: "grad-cam++", layer: lastMaps[net] })],
  ["lrp epsilon", () => ({ method: "lrp", epsilon: 0.25 })],
  ["lrp alpha-beta", () => ({ method: "lrp", rule: "alpha-beta" })],
  ["lrp z-plus", () => ({ method: "lrp", rule: "z-plus" })],
];

describe("attributions", () => {
  for (const net of Object.keys(nets) as Net[])
    it.each(rows)(`are PyTorch's for the ${net} network: %s`, async (name, options) => {
      const { maps, target } = await attribute(models[net], samples, { ...options(net), index: classes });
      expectClose(target, expected.get(`${net}/target`)!);
      expectClose(maps.input, expected.get(`${net}/${name}`)!);
    });
});
