/** `fovea look neighbors`: which samples a layer takes for the nearest. */
import { Option } from "commander";
import { concatenate, NdArray } from "../../array/index.ts";
import { dataset, picture, type Samples, sampleCount, takePictures } from "../../data/index.ts";
import { arrayToPicture, type GridCell } from "../../image/index.ts";
import {
  lastHiddenLayer,
  layerFeatures,
  type Metric,
  type Neighbors,
  nearestNeighbors,
  neighborSchema,
  type SpatialFeatures,
  spatialKind,
} from "../../inspect/index.ts";
import { percent } from "../format.ts";
import { libraryOption } from "../library-options.ts";
import { wholeNumber } from "../options.ts";
import type { Look, LookContext } from "./look.ts";

interface Flags {
  readonly layer?: string;
  readonly k?: number;
  readonly metric?: Metric;
  readonly spatial?: SpatialFeatures;
  readonly show: number;
}

/** Options of every look at the space of a layer. */
export const spaceOptions = (): Option[] => [
  new Option("--layer <path>", "the layer (default: the last hidden one)"),
  libraryOption({
    flag: "--spatial <what>",
    about: "what becomes of maps: all of their values (flatten), or the mean of each",
    kind: spatialKind,
  }),
];

/** A picture and its caption. */
interface Query {
  readonly cell: GridCell;
  readonly name: string;
}

export const neighbors: Look<Flags> = {
  name: "neighbors",
  summary: "the nearest samples of a data set in a layer",
  description:
    "Finds the samples whose values in a layer are nearest to those of pictures; without pictures, to those of the " +
    "first samples, with the share of neighbors of the same class over all samples.",
  examples: [
    "runs/lenet5-mnist --data mnist -o neighbors.png",
    "resnet20 cat.png --data cifar10 --k 8 -o neighbors.svg -o neighbors.json",
  ],
  pictures: "optional",
  data: true,
  options: [
    ...spaceOptions(),
    libraryOption({ flag: "-k, --k <n>", about: "how many neighbors", kind: neighborSchema.k }),
    libraryOption({ flag: "--metric <name>", about: "cosine, or euclidean", kind: neighborSchema.metric }),
    new Option("--show <n>", "samples to draw, where no pictures are given").argParser(wholeNumber(1, 1000)).default(8),
  ],
  look: async (context) => {
    const { model, flags, engine, output, pictures } = context;
    const data = await context.data();
    const layer = flags.layer ?? lastHiddenLayer(model);
    const { spatial } = flags;
    const onProgress = (done: number, total: number): void => output.status(`reading ${percent(done / total, 0)}`);
    const space = await layerFeatures(model, data, layer, { spatial, engine, onProgress });
    const options = { k: flags.k, metric: flags.metric, engine };
    if (pictures.length === 0) return ofSamples(await nearestNeighbors(space, options), data, layer, flags);
    const batch = dataset("pictures", { image: picture(batchOf(pictures.map(({ input }) => input))) });
    const queries = await layerFeatures(model, batch, layer, { spatial, engine });
    return ofPictures(await nearestNeighbors(space, { ...options, queries }), data, layer, pictures);
  },
};

/** Arrays [1, …] of bytes as one. */
function batchOf(inputs: readonly NdArray[]): NdArray {
  const bytes = concatenate(inputs.map(({ data }) => data as Uint8Array));
  return new NdArray(bytes, [inputs.length, ...inputs[0].shape.slice(1)], "u8");
}

/** Neighbors of samples among the others. */
async function ofSamples(found: Neighbors, data: Samples, layer: string, { show }: Flags) {
  const share = sameClassShare(found, data);
  const shown = Math.min(show, sampleCount(data));
  const queries = await Promise.all(
    Array.from({ length: shown }, async (_, i): Promise<Query> => {
      const name = data.classes[data.labels.data[i]];
      return { name, cell: { picture: await pictureAt(data, i), caption: `${name} (${i})` } };
    }),
  );
  return {
    lines: [
      `${layer}: ${percent(share)} of the ${found.rows.shape[1]} nearest neighbors of ${sampleCount(data)} samples are of the same class`,
    ],
    numbers: { layer, sameClass: share, rows: found.rows, distances: found.distances },
    drawing: await sheetOf(queries, found, data, layer),
  };
}

async function ofPictures(found: Neighbors, data: Samples, layer: string, pictures: LookContext<Flags>["pictures"]) {
  const queries = pictures.map(({ name, picture }): Query => ({ name, cell: { picture, caption: name } }));
  const { data: rows, shape } = found.rows;
  const k = shape[1];
  const classAt = (row: number): string => data.classes[data.labels.data[row]];
  return {
    lines: queries.map(
      ({ name }, i) =>
        `${name}: ${Array.from(rows.subarray(i * k, (i + 1) * k), (row) => `${classAt(row)} (${row})`).join(", ")}`,
    ),
    numbers: { layer, pictures: queries.map(({ name }) => name), rows: found.rows, distances: found.distances },
    drawing: await sheetOf(queries, found, data, layer),
  };
}

/** A row for each query: its picture, then its neighbors. */
async function sheetOf(queries: readonly Query[], { rows, distances }: Neighbors, data: Samples, layer: string) {
  const k = rows.shape[1];
  const cells = await Promise.all(
    queries.map(async ({ cell }, i) => [
      cell,
      ...(await Promise.all(
        Array.from(rows.data.subarray(i * k, (i + 1) * k), async (row, j) => ({
          picture: await pictureAt(data, row),
          caption: `${data.classes[data.labels.data[row]]} ${distances.data[i * k + j].toPrecision(2)}`,
        })),
      )),
    ]),
  );
  return { cells: cells.flat(), grid: { columns: k + 1, title: `Nearest in ${layer}: query, then neighbors` } };
}

const pictureAt = async (data: Samples, row: number) =>
  arrayToPicture((await takePictures(data.images, Int32Array.of(row))).row(0));

/** How many neighbors are of the class of their query. */
function sameClassShare({ rows: { data: rows, shape } }: Neighbors, { labels }: Samples): number {
  const k = shape[1];
  let same = 0;
  for (const [i, row] of rows.entries()) if (labels.data[row] === labels.data[Math.floor(i / k)]) same++;
  return same / rows.length;
}
