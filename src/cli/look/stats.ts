/** `fovea look stats`: what every layer gives over a data set. */
import Table from "cli-table3";
import { Option } from "commander";
import { sampleCount, takePictures } from "../../data/index.ts";
import { createProbe, drawHistogram, histogram, type LayerStatistics, layerStatistics } from "../../inspect/index.ts";
import { percent } from "../format.ts";
import { wholeNumber } from "../options.ts";
import { visibleName } from "../visible.ts";
import type { Look } from "./look.ts";

interface Flags {
  readonly batch: number;
}

/** Samples that histograms are made of: values of all layers are held. */
const SHOWN = 64;

export const stats: Look<Flags> = {
  name: "stats",
  summary: "statistics of every layer over a data set, with histograms",
  description:
    "Mean, deviation, zeros, dead units, saturation and gradients of every layer over a data set; drawn as a histogram of each " +
    `layer's outputs over the first ${SHOWN} samples.`,
  examples: ["runs/lenet5-digits", "runs/lenet5-digits --limit 1000 -o stats.png -o stats.json"],
  data: true,
  options: [new Option("--batch <n>", "samples at a time").argParser(wholeNumber(1)).default(64)],
  look: async ({ model, data, engine, flags: { batch } }) => {
    const samples = await data();
    const found = await layerStatistics(model, samples, { batch, engine });
    const rows = Int32Array.from({ length: Math.min(SHOWN, sampleCount(samples)) }, (_, i) => i);
    const paths = found.layers.map(({ path }) => path);
    const { values } = await createProbe(model, { values: paths, engine })(await takePictures(samples.images, rows));
    const histograms = Object.fromEntries(paths.map((path) => [path, histogram(values[path].data)]));
    return {
      lines: [
        ...tableOf(found.layers).split("\n"),
        `loss ${number(found.loss)} over ${found.samples} samples`,
        ...found.parameters.map(
          ({ name, norm, gradientNorm }) =>
            `${visibleName(name)}: norm ${number(norm)}, gradient ${number(gradientNorm)}`,
        ),
      ],
      numbers: { ...found, histograms },
      drawing: {
        cells: paths.map((path) => ({
          picture: drawHistogram(histograms[path]),
          caption: `${path} ${histograms[path].range.map((end) => number(end)).join("…")}`,
        })),
        grid: { scale: 1 },
      },
    };
  },
};

const number = (value: number | undefined): string => (value === undefined ? "" : String(Number(value.toPrecision(3))));

function tableOf(layers: readonly LayerStatistics[]): string {
  const table = new Table({
    head: ["layer", "type", "mean", "deviation", "min", "max", "zeros", "dead", "saturated", "gradient"],
    style: { head: [], border: [], compact: true },
  });
  for (const { path, type, zeros, dead, units, saturated, notFinite, gradientNorm, ...row } of layers)
    table.push([
      visibleName(path),
      visibleName(type),
      ...[row.mean, row.deviation, row.min, row.max].map(number),
      notFinite > 0 ? `${percent(notFinite)} not finite` : percent(zeros),
      `${dead.length} of ${units}`,
      saturated === undefined ? "" : percent(saturated),
      number(gradientNorm),
    ]);
  return table.toString();
}
