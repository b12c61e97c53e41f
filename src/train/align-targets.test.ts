/** Labels whose classes stand in another order than a model's: of pixels, places, several classes and several targets. */
import { describe, expect, it } from "vitest";
import { array, NdArray, Random, zeros } from "../array/index.ts";
import {
  type AnyDataset,
  classes,
  type DataTable,
  dataset,
  mask,
  multiLabel,
  numbers,
  picture,
  type Ragged,
  ragged,
  tokens,
} from "../data/index.ts";
import * as nn from "../nn/index.ts";
import { vocabulary } from "../text/index.ts";
import { alignTargets } from "./align-targets.ts";
import {
  classification,
  evaluateModel,
  type FitOptions,
  fit,
  multiLabelClassification,
  segmentation,
  type Task,
  tagging,
  together,
} from "./index.ts";

const N = 12;
const random = new Random(1, "data");
function bytes(shape: readonly number[]): NdArray {
  const values = zeros(shape, "u8");
  return new NdArray(
    Uint8Array.from(values.data, () => random.integer(256)),
    shape,
    "u8",
  );
}
const images = bytes([N, 1, 4, 4]);
const words = vocabulary(["a b c d"]);
const lengths = Array.from({ length: N }, (_, i) => 1 + (i % 4));
const text = tokens(
  ragged(
    lengths.map((length) => new Int32Array(length).fill(2 + (length % 3))),
    "i32",
  ),
  words,
);

/** Class numbers in the order c, a, b of what they are in the order a, b, c. */
const turned = (values: NdArray): NdArray => {
  const out = values.copy();
  values.data.forEach((label, i) => {
    out.data[i] = (label + 1) % 3;
  });
  return out;
};
const abc = ["a", "b", "c"];
const cab = ["c", "a", "b"];
const labels = new NdArray(
  Int32Array.from({ length: N }, (_, i) => (i * 5 + (i >> 1)) % 3),
  [N],
  "i32",
);
const pixels = bytes([N, 4, 4]);
pixels.data.forEach((value, i) => {
  pixels.data[i] = value % 3;
});
const offsets = Int32Array.from([0, ...lengths]).map((_, i) => lengths.slice(0, i).reduce((a, b) => a + b, 0));
const tags = new NdArray(
  Int32Array.from({ length: offsets[N] }, (_, i) => (i * i) % 3),
  [offsets[N]],
  "i32",
);
const shares = new NdArray(
  Float32Array.from({ length: 3 * N }, (_, i) => (i * 7 + (i >> 2)) % 2),
  [N, 3],
  "f32",
);
const sharesTurned = new NdArray(
  Float32Array.from(shares.data, (_, i) => shares.data[i - (i % 3) + ((i + 2) % 3)]),
  [N, 3],
  "f32",
);

type Case = readonly [name: string, network: nn.Layer, task: Task, data: DataTable, other: DataTable];
const flat = (count: number) => nn.sequential(nn.flatten(), nn.linear(count));
const image = picture(images);
const cases: readonly Case[] = [
  [
    "pixels",
    nn.conv2d(3, { kernel: 1 }),
    segmentation(),
    dataset("d", { image, seen: mask(pixels, { classes: abc }) }),
    dataset("d", { image, seen: mask(turned(pixels), { classes: cab }) }),
  ],
  [
    "several classes at once",
    flat(3),
    multiLabelClassification(),
    dataset("d", { image, has: multiLabel(shares, abc) }),
    dataset("d", { image, has: multiLabel(sharesTurned, cab) }),
  ],
  [
    "places",
    nn.sequential(nn.embedding(words.words.length, 3), nn.linear(3)),
    tagging(),
    dataset("d", { text, tags: classes(ragged({ values: tags, offsets }), abc) }),
    dataset("d", { text, tags: classes(ragged({ values: turned(tags), offsets }), cab) }),
  ],
  [
    "a column that is not the first with classes",
    flat(3),
    classification({ target: "kind" }),
    dataset("d", { image, other: classes(zeros([N], "i32"), ["x"]), kind: classes(labels, abc) }),
    dataset("d", { image, other: classes(zeros([N], "i32"), ["y"]), kind: classes(turned(labels), cab) }),
  ],
  [
    "two columns",
    nn.network({ image: [1, 4, 4] }, ({ image }) => ({ one: flat(3)(image), two: flat(3)(image) })),
    together({ one: classification({ target: "one" }), two: classification({ target: "two" }) }),
    dataset("d", { image, one: classes(labels, abc), two: classes(turned(labels), abc) }),
    dataset("d", { image, one: classes(turned(labels), cab), two: classes(turned(turned(labels)), cab) }),
  ],
];
const quick: FitOptions = { epochs: 1, batch: 6, engine: "interpreter", onNotice: () => {} };

describe("classes in another order", () => {
  it.each(cases)("of %s give the same figures in evaluation and validation", async (_, network, task, data, other) => {
    const [run, turnedRun] = await Promise.all(
      [data, other].map((validation) => fit(network, data, { ...quick, task, validation })),
    );
    expect(turnedRun.history).toEqual(run.history);
    const saved = nn.Model.fromBytes(await run.model.toBytes());
    const { figures, ...match } = await evaluateModel(saved, other, { engine: "interpreter" });
    expect(figures).toEqual((await evaluateModel(saved, data, { engine: "interpreter" })).figures);
    expect(match).toMatchObject({ classes: abc, missing: [], leftOut: [] });
  });

  it("are those of a model that is trained further", async () => {
    const [, network, task, data, other] = cases[0];
    const further = async (next: AnyDataset) => {
      const { model } = await fit(network, data, { ...quick, task });
      return (await fit(model, next, quick)).history;
    };
    expect(await further(other)).toEqual(await further(data));
  });
});

describe("targets", () => {
  const task = together({ one: classification({ target: "one" }), two: classification({ target: "two" }) });
  const column = (list: readonly number[], names: readonly string[]) => classes(array([...list], "i32"), names);

  it("leave out the rows of unknown classes of any of them, whose numbers stay those of the data", () => {
    const data = dataset("d", {
      value: numbers(array([0, 1, 2, 3])),
      one: column([0, 1, 1, 1], ["z", "a"]),
      two: column([0, 0, 1, 0], ["b", "y"]),
    });
    const names = { "one.labels": ["a"], "two.labels": ["b", "c"] };
    const { rows, leftOut, missing, data: kept } = alignTargets(data, task, names, { unknownClasses: "leave out" });
    expect([...rows!]).toEqual([1, 3]);
    expect((kept.columns.value.values as NdArray).toNested()).toEqual([1, 3]);
    expect(leftOut).toEqual([
      { name: "z", samples: 1 },
      { name: "y", samples: 1 },
    ]);
    expect(missing).toEqual(["c"]);
    expect(() => alignTargets(data, task, names, {})).toThrow('the model does not know its class "z"');
  });

  it("of words need the same vocabulary, as inputs do in validation", async () => {
    const [, network, , data] = cases[2];
    const other = dataset("other", {
      ...data.columns,
      text: tokens(text.values as Ragged, vocabulary(["a a a c c b d"])),
    });
    await expect(fit(network, data, { ...quick, task: tagging(), validation: other })).rejects.toThrow(
      'data set other: column text has another vocabulary than was trained with: token 3 is "c", expected "b"',
    );
  });
});
