/** Networks by name on the command line, with options of their families: `resnet20`, `vgg11:dropout=0.3`. */
import { OptionError, type Shape } from "../array/index.ts";
import { type Architecture, architectures } from "../models/index.ts";
import type { Layer } from "../nn/index.ts";
import { wrap } from "./format.ts";
import { build, parseSpecification } from "./specification.ts";

/** Options of every architecture that the data, or flags, give. */
const GIVEN = ["input", "classes"];

/** An architecture whose input and classes are said elsewhere. */
function withoutGiven(architecture: Architecture) {
  const create = (options: object = {}): Layer => {
    const given = Object.keys(options).find((option) => GIVEN.includes(option));
    if (given === undefined) return architecture(options);
    throw new OptionError(`${architecture.name}: ${given} is no option here; the data, or a flag, say it`);
  };
  return Object.assign(create, {
    optionNames: architecture.optionNames.filter((option) => !GIVEN.includes(option)),
  });
}

/** The networks as settings and flags take them: a name, or a name with options. */
export const networks = Object.fromEntries(
  Object.entries(architectures).map(([name, architecture]) => [name, withoutGiven(architecture)]),
);

/** The architecture that a specification names. @throws OptionError for an unknown one, and for options that it does not take */
export function architectureOf(specification: string): Architecture {
  build(networks, specification);
  return architectures[parseSpecification(specification).name];
}

/** The network of a specification for inputs of a shape. */
export const createNetwork = (
  specification: string,
  given: { readonly input: Shape; readonly classes: number },
): Layer => architectureOf(specification)({ ...parseSpecification(specification).options, ...given });

const WIDTH = 120;

/** The networks for help: name, options, and a line on each. */
export function networkList(): string {
  const width = Math.max(...Object.keys(networks).map((name) => name.length));
  return Object.entries(networks)
    .map(([name, { optionNames }]) => {
      const options = optionNames.length === 0 ? "" : ` (${optionNames.join(", ")})`;
      return `  ${name.padEnd(width)}  ${architectures[name].summary}${options}`;
    })
    .join("\n");
}

/** The names of all networks for help, in lines. */
export const networkNames = (): string => wrap(Object.keys(networks).join(", "), WIDTH, "  ");
