/** `fovea look attribute`: which pixels speak for a class, by one method or by several beside each other. */
import { InvalidArgumentError, Option } from "commander";
import { didYouMean, type NdArray, OptionError } from "../../array/index.ts";
import type { GridCell } from "../../image/index.ts";
import {
  type Attribution,
  type AttributionMethod,
  attributionMap,
  attributionMethods,
  attributionSchemas,
  createAttributor,
  perturbationCurves,
  randomizationCheck,
  showAttribution,
  strongestPoint,
} from "../../inspect/index.ts";
import type { Model } from "../../nn/index.ts";
import { positiveNumber, realNumber, wholeNumber } from "../options.ts";
import type { Look, LookContext, LookPicture } from "./look.ts";

interface Flags {
  readonly method: readonly AttributionMethod[];
  readonly class?: number | string;
  readonly curves?: boolean;
  readonly check?: boolean;
  readonly seed?: number;
  readonly [option: string]: unknown;
}

/** Options of single methods: the flag is the library's name. */
const methodOptions = [
  new Option("--layer <path>", "of class maps: the layer (default: the last with maps)"),
  new Option("--steps <n>", "of integrated gradients: points on the way (default: 32)").argParser(wholeNumber(1)),
  new Option("--samples <n>", "of smooth-grad (default: 25) and lime (default: 500): copies").argParser(wholeNumber(2)),
  new Option("--noise <share>", "of smooth-grad: its deviation (default: 0.15)").argParser(realNumber(0)),
  new Option("--window <n>", "of occlusion: the window's side (default: a fifth)").argParser(wholeNumber(1)),
  new Option("--stride <n>", "of occlusion: between windows (default: half a window)").argParser(wholeNumber(1)),
  new Option("--rule <name>", "of lrp: epsilon, alpha-beta, z-plus; of integrated gradients: midpoint, gauss-legendre"),
  new Option("--epsilon <number>", "of lrp (default: 1e-6)").argParser(positiveNumber),
  new Option("--segments <n>", "of lime: superpixels (default: 50)").argParser(wholeNumber(2)),
  new Option("--baseline <value>", "what stands for nothing: a number, or mean (default: mean)").argParser(baseline),
];

function baseline(text: string): number | "mean" {
  if (text === "mean") return text;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("Expected a number, or mean.");
  return value;
}

function methodList(text: string): readonly AttributionMethod[] {
  const names = text === "all" ? attributionMethods : text.split(",");
  const stranger = names.find((name) => !attributionMethods.includes(name as AttributionMethod));
  if (stranger !== undefined)
    throw new InvalidArgumentError(`There is no '${stranger}'${didYouMean(stranger, attributionMethods)}`);
  return names as readonly AttributionMethod[];
}

/** A class by number where the text is one, else by name. */
const classOf = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text);

export const attribute: Look<Flags> = {
  name: "attribute",
  summary: "the pixels that speak for a class",
  description: `Divides the score of a class among the pixels of each picture. Methods: ${attributionMethods.join(", ")}.`,
  examples: [
    "squeezenet1_1 photo.jpg --resize --method grad-cam -o why.png",
    "squeezenet1_1 photo.jpg --resize --method all --class 'tabby, tabby cat' -o why.png",
    "runs/lenet5-mnist digit.png --method integrated-gradients --steps 64 -o why.svg -o why.json",
    "runs/lenet5-mnist digits --method grad-cam,guided-backpropagation --curves --check",
  ],
  pictures: "some",
  seed: true,
  options: [
    new Option("--method <names>", "a method, several with commas between, or all")
      .argParser(methodList)
      .default(["integrated-gradients"], "integrated-gradients"),
    new Option("--class <name|number>", "the class that is explained (default: that of the highest score)").argParser(
      classOf,
    ),
    ...methodOptions,
    new Option("--curves", "compare the methods by the areas of deletion and insertion"),
    new Option("--check", "make the layers random from the last on, and compare the maps"),
  ],
  look: async (context) => {
    const { flags, pictures } = context;
    const options = flags.method.map((method) => ({ method, ...optionsOf(method, flags) }));
    const shown: GridCell[] = [];
    const lines: string[] = [];
    const numbers: unknown[] = [];
    const explainers = options.map((own) =>
      createAttributor(context.model, { ...own, engine: context.engine } as never),
    );
    for (const picture of pictures) {
      shown.push({ picture: picture.picture, caption: picture.name });
      for (const [i, explain] of explainers.entries()) {
        const found = await explain(picture.input, flags.class);
        const map = attributionMap(Object.values(found.maps)[0]);
        shown.push({ picture: showAttribution(picture.picture, found), caption: captionOf(found, context.model) });
        lines.push(`${picture.name}: ${describe(found, map, context.model)}`);
        const further = await compared(context, picture, found, options[i]);
        lines.push(...further.lines.map((line) => `  ${line}`));
        numbers.push({ picture: picture.name, ...found, ...further.numbers });
      }
    }
    return {
      lines,
      numbers: { attributions: numbers },
      drawing: { cells: shown, grid: { columns: 1 + options.length } },
    };
  },
};

/** The options given for a method. @throws OptionError for one that no method takes */
function optionsOf(method: AttributionMethod, flags: Flags): Readonly<Record<string, unknown>> {
  const names = [...methodOptions.map((option) => option.attributeName()), "seed"];
  const given = names.filter((name) => flags[name] !== undefined);
  const stranger = given.find(
    (name) => name !== "seed" && !flags.method.some((other) => Object.hasOwn(attributionSchemas[other], name)),
  );
  if (stranger !== undefined)
    throw new OptionError(`look attribute: --${stranger} is no option of ${flags.method.join(", ")}`);
  const own = given.filter((name) => Object.hasOwn(attributionSchemas[method], name));
  return Object.fromEntries(own.map((name) => [name, flags[name]]));
}

const classNameOf = ({ index }: Attribution, { classes }: Model): string =>
  index === undefined ? "" : (classes?.[index.data[0]] ?? `class ${index.data[0]}`);

const captionOf = (found: Attribution, model: Model): string =>
  [found.method, classNameOf(found, model)].filter((text) => text !== "").join("\n");

function describe(found: Attribution, map: NdArray, model: Model): string {
  const { row, column } = strongestPoint(map);
  const parts = [
    `${found.method}: ${classNameOf(found, model)} ${found.target.data[0].toFixed(3)}`,
    `strongest at column ${column}, row ${row}`,
    ...(found.layer === undefined ? [] : [`layer ${found.layer}`]),
    ...(found.gap && found.expected ? [`gap ${gapText(found.gap.data[0], found.expected.data[0])}`] : []),
    ...(found.fit === undefined ? [] : [`the linear model explains ${percent(found.fit.data[0])}`]),
  ];
  return parts.join("; ");
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const gapText = (gap: number, expected: number): string =>
  `${gap.toPrecision(2)} of ${expected.toPrecision(4)} (${percent(Math.abs(gap / expected))})`;

/** Curves and sanity check, where they are asked for. */
async function compared(
  { model, flags, engine }: LookContext<Flags>,
  { input }: LookPicture,
  { maps, index }: Attribution,
  options: object,
): Promise<{ readonly lines: readonly string[]; readonly numbers: object }> {
  const chosen = index?.data[0];
  const curves = flags.curves && (await perturbationCurves(model, input, maps, { index: chosen, engine }));
  const check = flags.check && (await randomizationCheck(model, input, { ...options, index: chosen, engine } as never));
  return {
    lines: [
      ...(curves
        ? [`deletion ${curves.deletionArea.item().toFixed(3)}, insertion ${curves.insertionArea.item().toFixed(3)}`]
        : []),
      ...(check || []).map(
        ({ layer, signed, absolute }) =>
          `random from ${layer || "the network"} on: rank correlation ${signed.toFixed(3)}, of magnitudes ${absolute.toFixed(3)}`,
      ),
    ],
    numbers: { ...(curves && { curves }), ...(check && { randomized: check }) },
  };
}
