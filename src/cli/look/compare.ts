/** `fovea look compare`: two models, or two checkpoints of one, side by side. */
import { Option } from "commander";
import { OptionError } from "../../array/index.ts";
import { type Samples, takePictures } from "../../data/index.ts";
import { arrayToPicture, type GridCell, matrixPlot, matrixPlotSvg } from "../../image/index.ts";
import {
  type AnswerComparison,
  type CkaMatrix,
  type Comparison,
  ckaMatrix,
  compareModels,
  type SpatialFeatures,
  spatialKind,
} from "../../inspect/index.ts";
import { percent } from "../format.ts";
import { libraryOption } from "../library-options.ts";
import { wholeNumber } from "../options.ts";
import type { Look, LookContext } from "./look.ts";
import type { Found } from "./write.ts";

interface Flags {
  readonly weights?: boolean;
  readonly cka?: boolean;
  readonly layers?: readonly string[];
  readonly spatial?: SpatialFeatures;
  readonly show: number;
}

export const compare: Look<Flags> = {
  name: "compare",
  summary: "two models: structure, weights, activations, and answers that changed",
  description:
    "Compares two models or checkpoints: which layers were added, removed and changed, how far weights are apart, how " +
    "alike the activations of layers are (CKA), and over a data set which answers and confusions changed. With --cka, every " +
    "layer with every layer, of two models or within one.",
  examples: [
    "runs/a runs/b --data mnist -o changed.png -o changed.json",
    "runs/a/model.safetensors runs/b/model.safetensors --weights",
    "resnet20 --data cifar10 --limit 2048 --cka --layers 'layer*.?' -o cka.png",
  ],
  models: 2,
  data: true,
  options: [
    new Option("--weights", "compare structure and weights alone, without data"),
    new Option("--cka", "only how alike layers are, each with each, as a matrix").conflicts("weights"),
    new Option("--layers <pattern,…>", "with --cka: paths and patterns of layers (default: all)").argParser(layerList),
    libraryOption({
      flag: "--spatial <what>",
      about: "what becomes of maps when activations are compared: all values (flatten), or the mean of each",
      kind: spatialKind,
    }),
    new Option("--show <n>", "samples to draw whose answers changed").argParser(wholeNumber(1, 1000)).default(40),
  ],
  look: (context) => (context.flags.cka ? matrix(context) : sideBySide(context)),
};

function layerList(text: string): readonly string[] {
  return text.split(",").filter(Boolean);
}

async function sideBySide(context: LookContext<Flags>): Promise<Found> {
  const { models, flags, engine, output } = context;
  if (flags.layers !== undefined) throw new OptionError("--layers is for --cka; add it, or leave --layers out");
  const [first, second] = models.map(({ model }) => model);
  if (second === undefined)
    throw new OptionError("look compare: takes two models; of one, --cka compares layers with each other");
  const data = flags.weights ? undefined : await context.data();
  const onProgress = (done: number, total: number): void => output.status(`comparing ${percent(done / total, 0)}`);
  const found = await compareModels(first, second, data, { engine, spatial: flags.spatial, onProgress });
  const cells = data && found.answers ? await cellsOf(found.answers, data, flags.show) : [];
  return {
    lines: linesOf(found),
    numbers: { ...found },
    ...(cells.length > 0 && { drawing: { cells, grid: { title: "Answers that changed: class, before → after" } } }),
  };
}

/** Every layer with every layer, of one model or of two. */
async function matrix(context: LookContext<Flags>): Promise<Found> {
  const { models, flags, engine, output } = context;
  const [first, second = first] = models;
  const onProgress = (done: number, total: number): void => output.status(`comparing ${percent(done / total, 0)}`);
  const { spatial, layers } = flags;
  const found = await ckaMatrix(first.model, await context.data(), second.model, {
    ...{ engine, spatial, onProgress },
    ...(layers && { layers }),
  });
  const isOne = second === first;
  const { rows, columns, values } = found;
  const title = isOne ? `CKA in ${first.name}` : `CKA of ${first.name} (rows) and ${second.name}`;
  const plot = { rows, columns, title: `${title}, 0 black … 1 white`, range: [0, 1], scale: "sequential" } as const;
  return {
    lines: linesOfMatrix(found, isOne),
    numbers: { ...found },
    drawing: {
      get picture() {
        return matrixPlot(values, plot);
      },
      svg: (description: string) => matrixPlotSvg(values, { ...plot, description }),
    },
  };
}

/** Each layer, and the one most like it. */
function linesOfMatrix({ rows, columns, values }: CkaMatrix, isOne: boolean): string[] {
  return rows.map((path, i) => {
    const others = Array.from(values.row(i).data, (cka, j) => ({ cka, column: columns[j] })).filter(
      ({ column, cka }) => !(isOne && column === path) && !Number.isNaN(cka),
    );
    const nearest = others.reduce((best, other) => (other.cka > best.cka ? other : best), {
      cka: -Infinity,
      column: "",
    });
    return others.length === 0 ? path : `${path}: most like ${nearest.column}, CKA ${nearest.cka.toFixed(3)}`;
  });
}

const listed = (paths: readonly string[]): string => (paths.length === 0 ? "none" : paths.join(", "));

function linesOf({ structure, weights, activations, answers }: Comparison): string[] {
  const { added, removed, changed, same } = structure;
  return [
    `layers: ${same.length} the same; added ${listed(added)}; removed ${listed(removed)}; changed ${listed(changed.map(({ path }) => path))}`,
    ...weights.parameters.map(
      ({ name, shape, change, cosine }) =>
        `  ${name} [${shape}]: changed by ${percent(change)}, cosine ${cosine.toFixed(3)}`,
    ),
    ...(weights.reshaped.length === 0 ? [] : [`parameters of another shape: ${listed(weights.reshaped)}`]),
    ...(activations ?? []).map(({ path, cka }) => `  ${path}: CKA ${cka.toFixed(3)}`),
    ...(answers === undefined ? [] : linesOfAnswers(answers)),
  ];
}

/** Pairs of classes to print. */
const MOST_PAIRS = 10;

function linesOfAnswers({
  accuracy,
  changed,
  count,
  classes,
  gained,
  lost,
  otherwise,
  confusionChange,
}: AnswerComparison) {
  const k = classes.length;
  const pairs = Array.from(confusionChange.data, (more, at) => ({ more, label: Math.floor(at / k), answer: at % k }))
    .filter(({ more, label, answer }) => more !== 0 && label !== answer)
    .sort((a, b) => Math.abs(b.more) - Math.abs(a.more))
    .slice(0, MOST_PAIRS);
  return [
    `accuracy ${percent(accuracy.before)} → ${percent(accuracy.after)}; ${changed.length} of ${count} answers changed: ` +
      `${gained} became right, ${lost} became wrong, ${otherwise} are wrong in another way`,
    ...pairs.map(
      ({ more, label, answer }) =>
        `  ${classes[label]} taken for ${classes[answer]}: ${more > 0 ? "+" : "−"}${Math.abs(more)}`,
    ),
  ];
}

const cellsOf = ({ changed, classes }: AnswerComparison, data: Samples, most: number): Promise<GridCell[]> =>
  Promise.all(
    changed.slice(0, most).map(async ({ sample, label, before, after }) => ({
      picture: arrayToPicture((await takePictures(data.images, Int32Array.of(sample))).row(0)),
      caption: `${classes[label]}: ${classes[before]}→${classes[after]}`,
    })),
  );
