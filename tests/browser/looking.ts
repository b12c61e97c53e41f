/** The instruments that Node and the browser both use on one network, with nothing in it that is for one of them. */
import { createWasmEngine, NdArray, nn } from "fovea";
import { attribute, createAscent, createProbe, layerFeatures, nearestNeighbors } from "fovea/inspect";

/** What the instruments found, as plain numbers. */
export interface Seen {
  /** Activation maps of two digits in `act`. */
  readonly maps: readonly number[];
  /** The derivative of the strongest class by the pixels of both. */
  readonly gradient: readonly number[];
  /** What excites class 3 after a few steps of ascent, and its score in each of them. */
  readonly ascended: readonly number[];
  readonly history: readonly number[];
  /** The nearest digits of each of some, and how far they are. */
  readonly rows: readonly number[];
  readonly distances: readonly number[];
}

const [DIGITS, NEAR, STEPS] = [24, 3, 6];

/** The bytes of the network, since initial weights may differ in the last bit between versions of V8. */
export const network = (): Promise<Uint8Array> =>
  nn.Model.build(
    nn.sequential({
      conv: nn.conv2d(4, { kernel: 5, stride: 2 }),
      act: nn.relu(),
      flat: nn.flatten(),
      fc: nn.linear(10),
    }),
    { input: [1, 28, 28], classes: [..."0123456789"], seed: 5 },
  ).toBytes();

/** Pictures that every engine draws alike. */
const pictures = (count: number): NdArray =>
  new NdArray(
    Uint8Array.from({ length: count * 784 }, (_, i) => (i * i * 7 + (i % 784) * 13) >> 3),
    [count, 1, 28, 28],
    "u8",
  );

export async function look(bytes: Uint8Array): Promise<Seen> {
  const model = nn.Model.fromBytes(bytes);
  const engine = createWasmEngine({ threads: 1, relaxed: false });
  const two = pictures(2);
  const { values } = await createProbe(model, { values: ["act"], engine })(two);
  const { maps } = await attribute(model, two, { method: "gradient", engine });
  const { inputs, history } = await createAscent(model, { steps: STEPS, engine })(3);
  const data = {
    name: "patterns",
    images: pictures(DIGITS),
    labels: new NdArray(new Int32Array(DIGITS), [DIGITS], "i32"),
    classes: ["any"],
  };
  const features = await layerFeatures(model, data, "flat", { engine });
  const near = await nearestNeighbors(features, { k: NEAR, engine });
  const listed = ({ data }: NdArray): number[] => Array.from(data);
  return {
    maps: listed(values.act),
    gradient: listed(maps.input),
    ascended: listed(inputs),
    history: listed(history),
    rows: listed(near.rows),
    distances: listed(near.distances),
  };
}
