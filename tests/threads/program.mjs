/** Does with threads and without what `loader.test.ts` compares: plain JavaScript over the built package. */
import { join } from "node:path";
import {
  affine,
  classes,
  cutMix,
  dataset,
  flip,
  imageFolder,
  Loader,
  mask,
  picture,
  ragged,
  randomCrop,
  sampleCount,
  tokens,
} from "../../dist/entries/data.js";
import { DataError, NdArray, nn } from "../../dist/entries/main.js";
import { fit } from "../../dist/entries/train.js";

const [, , folder, task] = process.argv;
const pets = (options = {}) => imageFolder(join(folder, "pets"), { memory: 0, test: 0.2, ...options });
const plansOf = (count) =>
  Array.from({ length: 9 }, (_, epoch) => ({
    epoch,
    rows: Int32Array.from({ length: 5 }, (_, i) => (epoch * 31 + i * 7) % count),
  }));

const steps = [affine({ rotation: 20, scale: 1.2 }), randomCrop({ padding: 3 }), flip(), cutMix()];

async function batchesOf(data, workers, augment = []) {
  const loader = new Loader(data, plansOf(sampleCount(data)), { workers, augment, seed: 4 });
  const batches = [];
  for (let batch = await loader.next(); batch !== undefined; batch = await loader.next())
    batches.push(Object.entries(batch).map(([name, { data, shape, dtype }]) => [name, [...data], shape, dtype]));
  loader.stop();
  return batches;
}

async function modelOf(data, workers, augment = []) {
  const waited = [];
  const network = nn.sequential(nn.flatten(), nn.linear(8), nn.relu(), nn.linear(2));
  const { model } = await fit(network, data.train, {
    ...{ epochs: 2, batch: 10, seed: 3, validation: data.test, workers, augment },
    onEvent: (event) => event.type === "epoch" && waited.push(event.waited > 0),
  });
  return { waited, bytes: Buffer.from(await model.toBytes()).toString("base64") };
}

async function failureOf(train) {
  const source = { ...train.images.source, path: join(folder, "gone") };
  const images = { ...train.images, source };
  const loader = new Loader({ ...train, images }, plansOf(10), { workers: 2 });
  const failure = await loader.next().catch((error) => error);
  loader.stop();
  return { isDataError: failure instanceof DataError, message: failure.message };
}

/** Pictures that are fetched, beside masks, sentences and labels in memory. */
async function columnsOf() {
  const { train } = await pets();
  const [count, , height, width] = train.images.shape;
  const seen = new Uint8Array(count * height * width).map((_, i) => i % 3);
  return dataset("pets", {
    text: tokens(ragged(Array.from({ length: count }, (_, i) => new Int32Array(1 + (i % 5)).fill(i)))),
    image: picture(train.images),
    seen: mask(new NdArray(seen, [count, height, width])),
    label: classes(train.labels, train.classes),
  });
}

const counts = [0, 1, 2, 3];
const inTurn = async (items, make) => {
  const results = [];
  for (const item of items) results.push(await make(item));
  return results;
};

const tasks = {
  stored: async () => inTurn(counts, async (workers) => batchesOf((await pets()).train, workers)),
  encoded: async () => inTurn(counts, async (workers) => batchesOf((await pets({ cache: false })).train, workers)),
  augmented: async () => inTurn(counts, async (workers) => batchesOf((await pets()).train, workers, steps)),
  "augmented in memory": async () =>
    inTurn(counts, async (workers) => batchesOf((await pets({ memory: 1e6 })).train, workers, steps)),
  columns: async () =>
    inTurn(counts, async (workers) => batchesOf(await columnsOf(), workers, [affine({ rotation: 20 }), flip()])),
  models: async () => [
    await modelOf(await pets({ memory: 1e6 }), 0),
    ...(await inTurn([0, 1, 2], async (workers) => modelOf(await pets(), workers))),
  ],
  "augmented models": async () => inTurn(counts, async (workers) => modelOf(await pets(), workers, steps)),
  failure: async () => failureOf((await pets()).train),
  /** Leaves with batches ahead that nobody asked for, and without stopping. */
  leave: async () => {
    const { train } = await pets();
    const { labels } = await new Loader(train, plansOf(10), { workers: 1 }).next();
    return labels.size;
  },
};

console.log(JSON.stringify(await tasks[task]()));
