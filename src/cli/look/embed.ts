/** `fovea look embed`: a map of samples, near where a layer takes them for alike. */
import { Option } from "commander";
import type { NdArray } from "../../array/index.ts";
import { rowRange, type Samples, sampleCount, takePictures } from "../../data/index.ts";
import type { Engine } from "../../engines/index.ts";
import { batchToPictures, type ScatterOptions, scatterPlot, scatterPlotSvg } from "../../image/index.ts";
import {
  lastHiddenLayer,
  layerFeatures,
  pca,
  type SpatialFeatures,
  tsne,
  tsneSchema,
  umap,
  umapSchema,
} from "../../inspect/index.ts";
import { percent } from "../format.ts";
import { libraryOption } from "../library-options.ts";
import { oneOf } from "../options.ts";
import type { Look } from "./look.ts";
import { spaceOptions } from "./neighbors.ts";

interface Flags {
  readonly layer?: string;
  readonly spatial?: SpatialFeatures;
  readonly method: keyof typeof methods;
  readonly perplexity?: number;
  readonly neighbors?: number;
  readonly pictures?: boolean;
  readonly seed?: number;
}

/** What every method takes. */
interface Given {
  readonly engine: Engine;
  readonly seed?: number;
  readonly onProgress: (done: number, total: number) => void;
}

/** A map, and a line about it. */
interface Mapped {
  readonly positions: NdArray;
  readonly line: string;
  readonly numbers: object;
}

const methods = {
  tsne: async (space: NdArray, given: Given, { perplexity }: Flags): Promise<Mapped> => {
    const { positions, divergence } = await tsne(space, { ...given, perplexity });
    return { positions, line: `t-SNE, divergence ${divergence.toFixed(3)}`, numbers: { divergence } };
  },
  umap: async (space: NdArray, given: Given, { neighbors }: Flags): Promise<Mapped> => ({
    positions: await umap(space, { ...given, neighbors }),
    line: "UMAP",
    numbers: {},
  }),
  pca: async (space: NdArray, { engine, seed }: Given): Promise<Mapped> => {
    const { coordinates, shares } = await pca(space, { engine, seed });
    const told = shares.map((share) => percent(share)).join(" and ");
    return { positions: coordinates, line: `principal components, ${told} of the variance`, numbers: { shares } };
  },
} as const;

export const embed: Look<Flags> = {
  name: "embed",
  summary: "a map of the samples as a layer sees them: t-SNE, UMAP or principal components",
  description:
    "Draws the samples of a data set as points of a plane, near to each other where their values in a layer are.",
  examples: [
    "runs/lenet5-mnist --data mnist --limit 2000 -o map.png",
    "runs/lenet5-mnist --data mnist --limit 1000 --pictures -o map.svg -o map.json",
    "resnet20 --data cifar10 --method umap -o map.png",
  ],
  data: true,
  seed: true,
  options: [
    ...spaceOptions(),
    new Option("--method <name>", "how: tsne, umap, or pca").argParser(oneOf(Object.keys(methods))).default("tsne"),
    libraryOption({ flag: "--perplexity <n>", about: "of t-SNE: effective neighbors", kind: tsneSchema.perplexity }),
    libraryOption({ flag: "--neighbors <n>", about: "of UMAP", kind: umapSchema.neighbors }),
    new Option("--pictures", "draw the samples themselves (default: dots in the colors of their classes)"),
  ],
  look: async (context) => {
    const { model, flags, engine, output } = context;
    const data = await context.data();
    const layer = flags.layer ?? lastHiddenLayer(model);
    const status = (what: string) => (done: number, total: number) =>
      output.status(`${what} ${percent(done / total, 0)}`);
    const space = await layerFeatures(model, data, layer, {
      spatial: flags.spatial,
      engine,
      onProgress: status("reading"),
    });
    const given = { engine, seed: flags.seed, onProgress: status("drawing the map") };
    const { positions, line, numbers } = await methods[flags.method](space, given, flags);
    const options = await plotOptions(data, flags, `${layer}: ${line}`);
    return {
      lines: [`${layer}: ${sampleCount(data)} samples of ${space.shape[1]} numbers; ${line}`],
      numbers: { layer, method: flags.method, ...numbers, positions, labels: data.labels, classes: data.classes },
      drawing: {
        get picture() {
          return scatterPlot(positions, options);
        },
        svg: (description: string) => scatterPlotSvg(positions, { ...options, description }),
      },
    };
  },
};

async function plotOptions(data: Samples, { pictures }: Flags, title: string): Promise<ScatterOptions> {
  if (!pictures) return { title, groups: data.labels.data, names: data.classes };
  const images = await takePictures(data.images, rowRange(0, sampleCount(data)));
  return { title, pictures: batchToPictures(images), size: 960 };
}
