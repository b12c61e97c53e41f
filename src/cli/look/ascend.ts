/** `fovea look ascend`: the inputs that excite units, channels, layers or classes most, found by gradient ascent. */
import { Option } from "commander";
import { type NdArray, OptionError } from "../../array/index.ts";
import { batchToPictures } from "../../image/index.ts";
import {
  type Ascended,
  type AscentOptions,
  ascentSchema,
  channelTarget,
  classIndex,
  createAscent,
  layerTarget,
  type Target,
  unitTarget,
} from "../../inspect/index.ts";
import type { Model } from "../../nn/index.ts";
import { percent } from "../format.ts";
import { libraryOption } from "../library-options.ts";
import { wholeNumber, wholeNumbers } from "../options.ts";
import type { Look } from "./look.ts";

/** Options of the library's, by the names that the command line has for them. */
const rows = [
  { flag: "--steps <n>", about: "steps of Adam", kind: ascentSchema.steps },
  { flag: "--learning-rate <rate>", about: "Adam's", kind: ascentSchema.learningRate },
  { flag: "--space <name>", about: "change frequencies, fourier, or pixels", kind: ascentSchema.space },
  {
    flag: "--jitter <pixels>",
    about: "shift by at most this between steps",
    kind: ascentSchema.jitter,
    absent: "1/16 of the shorter side",
  },
  { flag: "--turn <degrees>", about: "turn by at most this", kind: ascentSchema.turn, absent: "5" },
  {
    flag: "--scale <share>",
    about: "enlarge and shrink by at most 1 + this",
    kind: ascentSchema.scale,
    absent: "0.05",
  },
  { flag: "--blur <pixels>", about: "deviation of the blur after every fourth step", kind: ascentSchema.blur },
  {
    flag: "--relaxed <steps>",
    about: "first steps in which slopes go through rectifiers that are silent",
    kind: ascentSchema.relaxed,
  },
  { flag: "--total-variation <w>", about: "weight of the total variation", kind: ascentSchema.totalVariation },
  { flag: "--l2 <w>", about: "weight of the squared distance from gray", kind: ascentSchema.l2 },
  { flag: "--diversity <w>", about: "weight of the similarity of --variants", kind: ascentSchema.diversity },
  {
    flag: "--diversity-layer <path>",
    about: "the layer that it is measured in",
    kind: ascentSchema.diversityLayer,
    absent: "that of the target",
  },
] as const;

interface Flags extends Omit<AscentOptions, "target" | "engine"> {
  readonly class?: string;
  readonly layer?: string;
  readonly channel?: readonly number[];
  readonly unit?: readonly number[];
  readonly variants: number;
}

/** What is ascended, and its name. */
interface Goal {
  readonly index: number;
  readonly name: string;
}

export const ascend: Look<Flags> = {
  name: "ascend",
  summary: "the input that excites a class, a channel, a unit or a layer most",
  description:
    "Gradient ascent from nearly gray: Adam on the picture's frequencies, in decorrelated colors, with random moves between steps.",
  examples: [
    "runs/lenet5-mnist -o digits.png",
    "squeezenet1_0 --class macaw,goldfish -o birds.png",
    "resnet20 --layer layer2.1.conv2 --channel 3,17 -o channels.png",
    "resnet20 --layer layer3.0 --channel 5 --variants 4 --diversity 1 -o variants.png",
  ],
  seed: true,
  options: [
    new Option("--class <name,…>", "classes, by name or number (default: the first 10, without --layer)"),
    new Option("--layer <path>", "look for channels, units or all of this layer instead"),
    new Option("--channel <n,…>", "channels of the layer: the mean of the map").argParser(wholeNumbers(0)),
    new Option("--unit <n,…>", "units of the layer, by row-major position").argParser(wholeNumbers(0)),
    new Option("--variants <n>", "find this many for each").argParser(wholeNumber(1)).default(1),
    ...rows.map((row) => libraryOption<unknown>(row)),
  ],
  look: async ({ flags, model, engine, output }) => {
    const { variants } = flags;
    const { goals, target } = goalsOf(flags, model);
    const isSetting = ([name]: readonly [string, unknown]): boolean => Object.hasOwn(ascentSchema, name);
    const settings: AscentOptions = Object.fromEntries(Object.entries(flags).filter(isSetting));
    const climb = createAscent(model, { ...settings, target, engine });
    const found: (Goal & { readonly result: Ascended })[] = [];
    for (const goal of goals) {
      const onStep = (step: number): void => output.status(`${goal.name}: step ${step}`);
      found.push({ ...goal, result: await climb(new Array<number>(variants).fill(goal.index), { onStep }) });
    }
    return {
      lines: found.flatMap((one) => Array.from({ length: variants }, (_, i) => describe(one, i, flags))),
      numbers: { target: target?.name ?? "class", found: found.map(({ result, ...goal }) => ({ ...goal, ...result })) },
      drawing: model.input.length === 3 ? { cells: found.flatMap(cellsOf), grid: { title: flags.layer } } : undefined,
    };
  },
};

/** How many classes are looked for where none are named. */
const FIRST_CLASSES = 10;

function goalsOf(flags: Flags, model: Model): { goals: Goal[]; target?: Target } {
  const { layer, channel, unit, class: classes } = flags;
  if (layer === undefined) {
    if (channel ?? unit) throw new OptionError("--channel and --unit need the --layer that they are in");
    const names = classes?.split(",") ?? model.classes?.slice(0, FIRST_CLASSES) ?? ["0"];
    return { goals: names.map((name) => classGoal(model, name)) };
  }
  if (classes !== undefined || (channel !== undefined && unit !== undefined))
    throw new OptionError("give one of --class, --layer with --channel, or --layer with --unit");
  const named = (kind: string, numbers: readonly number[]): Goal[] =>
    numbers.map((index) => ({ index, name: `${kind} ${index}` }));
  if (channel !== undefined) return { goals: named("channel", channel), target: channelTarget(layer) };
  if (unit !== undefined) return { goals: named("unit", unit), target: unitTarget(layer) };
  return { goals: [{ index: -1, name: "all of it" }], target: layerTarget(layer) };
}

function classGoal(model: Model, name: string): Goal {
  const isName = model.classes?.includes(name) ?? false;
  const index = classIndex("look ascend", model, !isName && /^\d+$/.test(name) ? Number(name) : name);
  return { index, name: model.classes?.[index] ?? `class ${index}` };
}

/** The probability of a class in row i of scores [n, classes]. */
function probabilityOf(scores: NdArray, i: number, index: number): number {
  const row = Array.from(scores.row(i).data);
  const most = Math.max(...row);
  const total = row.reduce((sum, score) => sum + Math.exp(score - most), 0);
  return Math.exp(row[index] - most) / total;
}

function describe({ name, index, result }: Goal & { result: Ascended }, i: number, { layer }: Flags): string {
  const { scores, history, outputs } = result;
  const score = `${name}: ${scores.data[i].toFixed(2)}`;
  if (layer === undefined)
    return `${score}, probability ${percent(probabilityOf(Object.values(outputs)[0], i, index))}`;
  // A ReLU that gray has silenced has no slope to climb.
  return history.data.every((value) => value === 0) ? `${score}: silent from gray on; ask the layer before it` : score;
}

const cellsOf = ({ name, result: { inputs, scores } }: Goal & { result: Ascended }) =>
  batchToPictures(inputs).map((picture, i) => ({ picture, caption: `${name}\n${scores.data[i].toFixed(1)}` }));
