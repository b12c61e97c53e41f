import { describe, expect, it } from "vitest";
import { array, NdArray, Random } from "../../array/index.ts";
import type { Dataset } from "../../data/index.ts";
import { evaluate } from "../../engines/index.ts";
import { constant } from "../../graph/index.ts";
import { arrayToPicture } from "../../image/index.ts";
import * as nn from "../../nn/index.ts";
import { channelTarget, createProbe, unitTarget } from "../probe/index.ts";
import {
  aroundGray,
  createAscent,
  deconvProjections,
  dream,
  patchCutter,
  type TopOfLayer,
  topOf,
  topSamples,
} from "./index.ts";
import { Leaders } from "./leaders.ts";
import { blurred, pictured } from "./parametrization.ts";

const engine = "interpreter" as const;
const random = new Random(5, "samples");
const uniform = (shape: number[]): NdArray =>
  new NdArray(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.uniform()),
    shape,
    "f32",
  );
const model = nn.Model.build(
  nn.sequential({
    conv: nn.conv2d(4, { kernel: 3, padding: 1 }),
    act: nn.relu(),
    pool: nn.maxPool2d(2),
    flat: nn.flatten(),
    fc: nn.linear(3),
  }),
  { input: [1, 8, 8], classes: ["ant", "bee", "cow"], seed: 3 },
);
const data: Dataset = {
  name: "noise",
  images: uniform([10, 1, 8, 8]),
  labels: array([0, 1, 2, 0, 1, 2, 0, 1, 2, 0], "i32"),
  classes: ["ant", "bee", "cow"],
};

describe("the strongest samples", () => {
  it("are those of sorting all of them, with the first of equal ones in front", () => {
    const leaders = new Leaders(2, 3);
    const rows = [
      [1, 5],
      [4, 5],
      [4, 2],
      [0, 9],
      [4, 5],
      [7, 5],
    ];
    for (const [sample, row] of rows.entries()) leaders.add(sample, row, undefined, 0);
    const { values, samples } = leaders.leading();
    expect(values.toNested()).toEqual([
      [7, 4, 4],
      [9, 5, 5],
    ]);
    expect(samples.toNested()).toEqual([
      [5, 1, 2],
      [3, 0, 1],
    ]);
  });

  it.each([3, 64])("of channels are the largest places of their maps, in batches of %d", async (batch) => {
    const [act] = await topSamples(model, data, { layers: ["act"], count: 4, batch, engine });
    const { values } = await createProbe(model, { values: ["act"], engine })(data.images);
    for (const channel of [0, 3]) {
      const peaks = Array.from({ length: 10 }, (_, sample) => {
        const map = [...values.act.row(sample).row(channel).data];
        const value = Math.max(...map);
        const at = map.indexOf(value);
        return { value, sample, position: [Math.floor(at / 8), at % 8] };
      });
      expect(topOf(act, channel)).toEqual(peaks.sort((a, b) => b.value - a.value).slice(0, 4));
    }
  });

  it("of single units and outputs are sorted values; as many as there are", async () => {
    const tops = await topSamples(model, data, { layers: ["pool", "output"], each: "unit", count: 12, engine });
    const { values } = await createProbe(model, { values: ["pool", "output"], engine })(data.images);
    expect(tops.map(({ path, values: { shape } }) => [path, shape])).toEqual([
      ["pool", [64, 10]],
      ["output", [3, 10]],
    ]);
    const of = (path: string, unit: number): number[] =>
      Array.from({ length: 10 }, (_, sample) => values[path].row(sample).data[unit]).sort((a, b) => b - a);
    expect(topOf(tops[0], 37).map(({ value }) => value)).toEqual(of("pool", 37));
    expect(topOf(tops[0], 37)[0].position).toEqual([1, 1]);
    expect(topOf(tops[1], 2).map(({ value }) => value)).toEqual(of("output", 2));
  });

  it("are cut out by what the unit sees, clipped at the edges", () => {
    const picture = arrayToPicture(data.images.row(0));
    const conv = patchCutter(model, "conv");
    expect(conv(picture, [4, 5]).box).toEqual({ first: [3, 4], last: [5, 6] });
    expect(conv(picture, [0, 7]).patch).toMatchObject({ width: 2, height: 2 });
    expect(patchCutter(model, "fc")(picture, []).patch).toMatchObject({ width: 8, height: 8 });
  });

  it("are looked for once where paths have one value", async () => {
    const net = nn.Model.build(
      nn.sequential({
        block: nn.sequential({ conv: nn.conv2d(2, { kernel: 3 }), act: nn.relu() }),
        last: nn.flatten(),
      }),
      { input: [1, 8, 8], seed: 3 },
    );
    const tops = await topSamples(net, data, { layers: ["block*", "last", "output"], count: 2, engine });
    expect(tops.map(({ path }) => path).sort()).toEqual(["block", "block.act", "block.conv", "last", "output"]);
    const of = (path: string) => tops.find((top) => top.path === path)!;
    expect(of("block").values).toBe(of("block.act").values);
    expect(of("output").values).toBe(of("last").values);
    expect(of("block.conv").values).not.toBe(of("block").values);
  });

  it("stop at NaN, and say where", async () => {
    const images = new NdArray(Float32Array.from(data.images.data), data.images.shape, "f32");
    images.data[7 * 64 + 9] = Number.NaN;
    await expect(topSamples(model, { ...data, images }, { layers: ["conv"], engine })).rejects.toThrow(
      "topSamples: unit 0 of conv is NaN for sample 7",
    );
  });
});

describe("gradient ascent", () => {
  const quick = { steps: 24, engine } as const;
  it.each([
    ["in frequencies", {}],
    ["in pixels, held back", { space: "pixels", l2: 0.001, totalVariation: 0.0001 }],
    ["in pixels, a little blurred", { space: "pixels", blur: 0.2 }],
    ["without moves and bounds", { jitter: 0, turn: 0, scale: 0, bounded: false }],
  ] as const)("raises the score of a class %s", async (_, options) => {
    const ascend = createAscent(model, { ...quick, ...options });
    const { inputs, scores, outputs, history } = await ascend(1);
    expect(scores.item()).toBeGreaterThan(history.data[0] + 0.1);
    expect(outputs.output.row(0).data[1]).toBe(scores.item());
    expect([inputs.shape, history.shape]).toEqual([
      [1, 1, 8, 8],
      [24, 1],
    ]);
    if (!("bounded" in options)) expect(inputs.data.every((x) => x >= 0 && x <= 1)).toBe(true);
  });

  it("gives the same bits for a seed, whatever was ascended before, and others for another", async () => {
    const ascend = createAscent(model, { ...quick, seed: 7 });
    const first = await ascend(2);
    // Not awaited in between: runs follow each other.
    const [, again] = await Promise.all([ascend(0), ascend(2)]);
    expect(again.inputs.data).toEqual(first.inputs.data);
    const other = await createAscent(model, { ...quick, seed: 8 })(2);
    expect(other.inputs.data).not.toEqual(first.inputs.data);
  });

  it("finds as much for several classes at once as for each", async () => {
    const still = { ...quick, jitter: 0, turn: 0, scale: 0 };
    const both = await createAscent(model, still)([0, 2]);
    expect(both.scores.data[0]).toBeGreaterThan(both.history.data[0]);
    expect(both.scores.data[1]).toBeGreaterThan(both.history.data[1]);
  });

  it("has moves that leave a picture of one gray as it is", async () => {
    // From nearly gray on, the first score hardly depends on the moves.
    const still = createAscent(model, { ...quick, steps: 1, jitter: 0, turn: 0, scale: 0 });
    const moving = createAscent(model, { ...quick, steps: 1, jitter: 3, turn: 30, scale: 0.5 });
    const [a, b] = await Promise.all([still(1), moving(1)]);
    expect(b.history.data[0]).not.toBe(a.history.data[0]);
    expect(Math.abs(b.history.data[0] - a.history.data[0])).toBeLessThan(0.05);
  });

  it("finds different pictures with diversity", async () => {
    const likeness = async (diversity: number): Promise<number> => {
      const options = { ...quick, steps: 40, target: channelTarget("act"), diversity };
      const { inputs } = await createAscent(model, options)([1, 1]);
      const { values } = await createProbe(model, { values: ["act"], engine })(inputs);
      const grams = [0, 1].map((i) => gram([...values.act.row(i).data], 4));
      const dot = (x: number[], y: number[]): number => x.reduce((sum, v, k) => sum + v * y[k], 0);
      return dot(grams[0], grams[1]) / Math.sqrt(dot(grams[0], grams[0]) * dot(grams[1], grams[1]));
    };
    expect(await likeness(3)).toBeLessThan((await likeness(0)) - 0.01);
  });

  it("blurs pixels as it blurs their frequencies, and keeps their mean", async () => {
    const numbers = uniform([1, 2, 5, 6]);
    const waves = { space: "fourier", decorrelate: false, bounded: false } as const;
    const { one, other, sharp } = await evaluate(() => {
      const x = constant(numbers);
      const sharp = pictured(x, waves);
      return {
        sharp,
        one: pictured(blurred(x, 0.7, waves), waves),
        other: blurred(sharp, 0.7, { ...waves, space: "pixels" }),
      };
    });
    for (const [i, value] of one.data.entries()) expect(value).toBeCloseTo(other.data[i], 5);
    const total = ({ data }: NdArray): number => Array.from(data).reduce((sum, x) => sum + x, 0);
    const spread = ({ data }: NdArray): number => Array.from(data).reduce((sum, x) => sum + x * x, 0);
    expect(total(one)).toBeCloseTo(total(sharp), 4);
    expect(spread(one)).toBeLessThan(spread(sharp));
  });

  it("reaches a unit, and reports its steps", async () => {
    const seen: number[] = [];
    const { scores, history } = await createAscent(model, { ...quick, target: unitTarget("conv") })(27, {
      onStep: (step) => void seen.push(step),
    });
    expect(scores.item()).toBeGreaterThan(history.data[0]);
    expect(seen).toEqual(Array.from({ length: 24 }, (_, i) => i + 1));
  });

  it("shows the inputs between steps: those of a run that ends there", async () => {
    const between: NdArray[] = [];
    const options = { ...quick, target: unitTarget("conv") };
    await createAscent(model, options)(27, {
      onStep: async (step, _, look) => {
        if (step === 8) between.push((await look()).inputs);
      },
    });
    const { inputs } = await createAscent(model, { ...options, steps: 8 })(27);
    expect(between).toEqual([inputs]);
  });

  it("is for vectors and signals too, without moves", async () => {
    const vectors = nn.Model.build(nn.sequential(nn.linear(4), nn.tanh(), nn.linear(2)), { input: [5], seed: 1 });
    const { inputs, scores, history } = await createAscent(vectors, { ...quick, l2: 0.1 })(1);
    expect(inputs.shape).toEqual([1, 5]);
    expect(scores.item()).toBeGreaterThan(history.data[0]);
  });
});

/** A Aᵀ of maps of some channels. */
function gram(maps: number[], channels: number): number[] {
  const area = maps.length / channels;
  const row = (c: number): number[] => maps.slice(c * area, (c + 1) * area);
  return Array.from({ length: channels * channels }, (_, i) =>
    row(i % channels).reduce((sum, x, k) => sum + x * row(Math.floor(i / channels))[k], 0),
  );
}

describe("a deconvnet", () => {
  it("projects one place through switches: within what it sees, by its filter", async () => {
    const picture = data.images.row(0).reshape([1, 1, 8, 8]);
    const found = await deconvProjections(model, picture, { layer: "pool", channels: [2, 0], engine });
    const filters = model.variables.find(({ name }) => name === "conv.weight")!.value;
    const { values } = await createProbe(model, { values: ["act"], engine })(picture);
    for (const { channel, value, projection } of found) {
      // The switch leads to the strongest place of the map before pooling.
      const at = [...values.act.row(0).row(channel).data].indexOf(value);
      const [y, x] = [Math.floor(at / 8), at % 8];
      const expected = new Float32Array(64);
      for (let dy = 0; dy < 3; dy++) {
        for (let dx = 0; dx < 3; dx++) {
          const [row, column] = [y + dy - 1, x + dx - 1];
          if (Math.min(row, column) < 0 || Math.max(row, column) > 7) continue;
          expected[row * 8 + column] = value * filters.data[channel * 9 + dy * 3 + dx];
        }
      }
      for (const [i, number] of expected.entries()) expect(projection.data[i]).toBeCloseTo(number, 5);
    }
  });

  it("takes the strongest maps where none are named, and draws 0 as gray", async () => {
    const picture = data.images.row(1).reshape([1, 1, 8, 8]);
    const found = await deconvProjections(model, picture, { layer: "act", count: 2, engine });
    const all = await deconvProjections(model, picture, { layer: "act", engine });
    expect(found).toEqual(all.slice(0, 2));
    expect(all.map(({ value }) => value)).toEqual(all.map(({ value }) => value).sort((a, b) => b - a));
    expect([...aroundGray(array([0, -2, 1])).data]).toEqual([0.5, 0, 0.75]);
  });
});

describe("a deep dream", () => {
  const options = { layer: "act", octaves: 2, steps: 3, engine } as const;
  it("makes a layer answer more, in tiles of any number", async () => {
    const picture = arrayToPicture(uniform([1, 13, 17]));
    const dreamt = await dream(model, picture, options);
    expect(dreamt).toMatchObject({ width: 17, height: 13, channels: 1 });
    const answer = async (data: ArrayLike<number>): Promise<number> => {
      const corner = Float32Array.from({ length: 64 }, (_, i) => data[Math.floor(i / 8) * 17 + (i % 8)]);
      const { values } = await createProbe(model, { values: ["act"], engine })(
        new NdArray(corner, [1, 1, 8, 8], "f32"),
      );
      return Array.from(values.act.data).reduce((sum, x) => sum + x * x, 0);
    };
    expect(await answer(dreamt.data)).toBeGreaterThan(await answer(picture.data));
    expect((await dream(model, picture, options)).data).toEqual(dreamt.data);
  });
});

describe("bad input", () => {
  const small = arrayToPicture(uniform([1, 4, 4]));
  const tall: TopOfLayer = {
    path: "act",
    shape: [4, 8, 8],
    each: "channel",
    values: uniform([4, 2]),
    samples: array([[0]], "i32"),
    positions: array([[0]], "i32"),
  };
  const smooth = nn.Model.build(nn.sequential({ fc: nn.linear(2), act: nn.tanh() }), { input: [3] });
  const words = nn.Model.build(nn.sequential(nn.embedding(9, 4), nn.flatten(), nn.linear(2)), { input: nn.tokens(5) });
  it.each<[string, () => unknown, string]>([
    ["a path", () => topSamples(model, data, { layers: ["cnv"] }), "there is no value 'cnv' to tap; did you mean conv"],
    ["a pattern", () => topSamples(model, data, { layers: ["x*"] }), "no value matches 'x*' to tap"],
    ["no layers", () => topSamples(model, data, { layers: [] }), "layers must be a list of paths"],
    ["a count", () => topSamples(model, data, { count: 0 }), "count must be an integer of at least 1, got 0"],
    ["a unit", () => topOf(tall, 4), "topOf: channel 4 of act, expected an integer from 0 to 3"],
    [
      "a class",
      () => createAscent(model, { steps: 1, engine })(9),
      "index 9, the target 'class' has 3 numbers, 0 to 2",
    ],
    ["an index", () => createAscent(model)(0.5), "index 0.5, expected a class or unit"],
    ["no index", () => createAscent(model)([]), "index"],
    ["an option", () => createAscent(model, { jiter: 1 } as never), "there is no option 'jiter'; did you mean jitter"],
    ["a space", () => createAscent(model, { space: "wave" as never }), "space must be one of 'fourier', 'pixels'"],
    ["colors", () => createAscent(model, { decorrelate: true }), "decorrelate is for pictures of three channels"],
    ["turns", () => createAscent(smooth, { turn: 5 }), "turn and scale are for pictures"],
    ["tokens", () => createAscent(words), "integers, which have no derivative"],
    ["no layer", () => createAscent(model, { diversity: 1 }), "give diversityLayer"],
    ["no ReLU", () => deconvProjections(smooth, uniform([1, 3]), { layer: "fc", engine }), "the network has none"],
    [
      "a channel",
      () => deconvProjections(model, uniform([1, 1, 8, 8]), { layer: "act", channels: [4], engine }),
      "channel 4 of act, expected an integer from 0 to 3",
    ],
    ["a batch", () => deconvProjections(model, data.images, { layer: "act" }), "one sample [1, …], got"],
    ["a small picture", () => dream(model, small, { layer: "act" }), "expected at least 8×8"],
    ["nothing", () => dream(model, small, {}), "give the layer that is to answer"],
  ])("is refused: %s", async (_, attempt, message) => {
    await expect((async () => attempt())()).rejects.toThrow(message);
  });
});
