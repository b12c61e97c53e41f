/** `fovea look step`: one unit, number by number, forward and backward. */
import { Option } from "commander";
import { classIndex, explainStep, type Step } from "../../inspect/index.ts";
import { indices } from "./indices.ts";
import type { Look } from "./look.ts";

interface Flags {
  readonly layer: string;
  readonly unit?: readonly number[];
  readonly element?: readonly number[];
  readonly class?: string;
}

/** Lines of a list, of which more are only in the JSON. */
const MOST = 30;

export const step: Look<Flags> = {
  name: "step",
  summary: "one unit in numbers: its products and their sum, and where derivatives meet",
  description:
    "Prints what a unit of a layer is computed from for a picture, product by product, and what goes back: the derivatives of a " +
    "class's score that meet at an element of the layer's input.",
  examples: ["runs/lenet5-digits digit.png --layer 0 --unit 2,10,10", "runs/lenet5-digits digit.png --layer 2 --json"],
  pictures: "one",
  options: [
    new Option("--layer <path>", "the layer").makeOptionMandatory(),
    new Option("--unit <index>", "channel, row, column (default: the largest output)").argParser(indices),
    new Option("--element <index>", "of the layer's input (default: that of the largest product)").argParser(indices),
    new Option("--class <name|number>", "the class whose score is derived (default: that of the highest score)"),
  ],
  look: async ({ model, pictures: [{ input }], flags, engine }) => {
    const { layer, unit, element, class: named } = flags;
    const number =
      named !== undefined && /^\d+$/.test(named) && !model.classes?.includes(named) ? Number(named) : named;
    const index = number === undefined ? -1 : classIndex("look step", model, number);
    const found = await explainStep(model, input, layer, { unit, element, index, engine });
    return { lines: [...forward(found), "", ...backward(found)], numbers: { ...found } };
  },
};

const number = (value: number): string => value.toPrecision(4).replace(/^(?!-)/, " ");

const listed = (lines: readonly string[]): string[] =>
  lines.length <= MOST ? [...lines] : [...lines.slice(0, MOST), `  … ${lines.length - MOST} more, see --json`];

function forward({ path, type, unit, terms, forward: how, output }: Step): string[] {
  const title = `${path} (${type}), unit [${unit}]: ${number(output).trim()}`;
  const one = ({ at, value, factor, product }: Step["terms"][number]): string =>
    how.kind === "sum"
      ? `  x[${at}] ${number(value)} · ${number(factor)} = ${number(product)}`
      : `  x[${at}] ${number(value)}, ∂y/∂x ${number(factor)}`;
  return [title, ...listed(terms.map(one)), ...ending(how)];
}

function ending(how: Step["forward"]): string[] {
  if (how.kind === "sum") return [`  + bias ${number(how.bias)} = ${number(how.result)}`];
  if (how.kind === "maximum") return [`  the largest is x[${how.winner}]: ${number(how.result)}`];
  if (how.kind === "softmax")
    return [`  e^(x − ${number(how.largest).trim()}), divided by the sum ${number(how.total)}: ${number(how.result)}`];
  if (how.kind === "normalization")
    return [
      `  (x − ${number(how.mean).trim()}) / √(${number(how.variance).trim()} + ${how.epsilon}) · ` +
        `${number(how.weight).trim()} + ${number(how.bias).trim()} = ${number(how.result)}`,
    ];
  return [];
}

function backward({ backward: { target, value, outputGradient, element, meetings, sum } }: Step): string[] {
  return [
    `backward from the ${target}, ${number(value).trim()}: ∂t/∂y of the unit ${number(outputGradient)}`,
    `derivatives that meet at x[${element}]:`,
    ...listed(
      meetings.map(
        (one) => `  y[${one.unit}] ${number(one.outputGradient)} · ${number(one.factor)} = ${number(one.product)}`,
      ),
    ),
    `  ∂t/∂x[${element}] = ${number(sum)}`,
  ];
}
