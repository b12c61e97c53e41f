/** `fovea look top`: the samples of a data set that excite each unit of a layer most. */

import { Option } from "commander";
import { OptionError } from "../../array/index.ts";
import { type Samples, takePictures } from "../../data/index.ts";
import { arrayToPicture, type GridCell } from "../../image/index.ts";
import { patchCutter, type TopSample, topOf, topSamples, topSchema } from "../../inspect/index.ts";
import { libraryOption } from "../library-options.ts";
import { wholeNumbers } from "../options.ts";
import type { Look, LookContext } from "./look.ts";
import { checkUnits, firstUnits } from "./units.ts";

interface Flags {
  readonly layer: string;
  readonly units?: readonly number[];
  readonly count?: number;
  readonly each?: "channel" | "unit";
  readonly whole?: boolean;
}

/** How many units are shown where none are named. */
const SHOWN = 8;

export const top: Look<Flags> = {
  name: "top",
  summary: "the samples that excite the units of a layer most",
  description:
    "Runs a data set through the network, and draws for each unit of a layer, a row each, the parts of the samples that excited it most, cut out by its receptive field.",
  examples: [
    "runs/lenet5-mnist --layer 3 -o top.png",
    "resnet20 --data cifar10 --split train --layer layer2.1.conv2 --units 3,17 -o top.png -o top.json",
    "resnet20 --data cifar10 --layer linear --whole -o classes.png",
  ],
  data: true,
  options: [
    new Option("--layer <path>", "the layer whose units are looked at").makeOptionMandatory(),
    new Option("--units <n,…>", `which channels, or units with --each unit (default: the first ${SHOWN})`).argParser(
      wholeNumbers(0),
    ),
    libraryOption({ flag: "--count <n>", about: "how many samples of each", kind: topSchema.count }),
    libraryOption({
      flag: "--each <what>",
      about: "a channel, wherever it answers in its map, or each unit on its own",
      kind: topSchema.each,
    }),
    new Option("--whole", "draw whole samples, not what the unit sees of them"),
  ],
  look: async (context) => {
    const { flags, model, engine, output } = context;
    const { layer, count, each } = flags;
    if (layer.includes("*")) throw new OptionError(`--layer ${layer}: name one layer; its units are the rows`);
    const data = await context.data();
    const onProgress = (done: number, total: number): void => output.status(`${done} of ${total} samples`);
    const [found] = await topSamples(model, data, { layers: [layer], count, each, engine, onProgress });
    if (found === undefined) throw new OptionError(`--layer ${layer}: it has no numbers for each sample`);
    const units = checkUnits("--units", flags.units ?? firstUnits(found.values.shape[0], SHOWN), found.values.shape[0]);
    const rows = units.map((unit) => ({ unit, samples: topOf(found, unit) }));
    const draw = drawer(context, data);
    const cells: GridCell[] = [];
    for (const { unit, samples } of rows) for (const sample of samples) cells.push(await draw(unit, sample));
    return {
      lines: rows.map(({ unit, samples }) => `${layer} ${unit}: ${samples.map((s) => describe(s, data)).join(", ")}`),
      numbers: {
        data: data.name,
        layer,
        each: found.each,
        units: rows.map(({ unit, samples }) => ({
          unit,
          samples: samples.map((one) => ({ ...one, class: classOf(one, data) })),
        })),
      },
      drawing: { cells, grid: { columns: found.values.shape[1], title: `${layer}, a row for each ${found.each}` } },
    };
  },
};

const classOf = ({ sample }: TopSample, { labels, classes }: Samples): string => classes[labels.data[sample]];

const describe = (one: TopSample, data: Samples): string =>
  `${one.value.toFixed(2)} ${classOf(one, data)} (${one.sample})`;

/** Draws one of the strongest samples of a unit. */
function drawer({ model, flags: { whole, layer } }: LookContext<Flags>, data: Samples) {
  const cut = patchCutter(model, layer);
  return async (unit: number, sample: TopSample): Promise<GridCell> => {
    const pictures = await takePictures(data.images, Int32Array.of(sample.sample));
    const picture = arrayToPicture(pictures.row(0));
    const caption = `${unit}: ${sample.value.toFixed(1)}\n${classOf(sample, data)}`;
    return { picture: whole ? picture : cut(picture, sample.position).patch, caption };
  };
}
