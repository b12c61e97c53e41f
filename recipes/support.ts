/** What the recipes share: options of the command line, a line for each epoch, and how shares are printed. */
import { parseArgs } from "node:util";
import { type Engine, OptionError, openEngine } from "fovea";
import type { Figures, TrainingEvent } from "fovea/train";

/** What every recipe is told: `--seed 1 --limit 1000 --engine wasm --threads 1`. */
export interface Setting {
  /** Of everything random. Default 1. */
  readonly seed: number;
  /** Training samples, and test samples, to use; default all. */
  readonly limit: number;
  readonly engine: Engine;
  /** Switches of the recipe that were given. */
  readonly switches: ReadonlySet<string>;
}

/** Options with words to choose from; the first is the default. */
type Choices = Readonly<Record<string, readonly string[]>>;
type Chosen<C extends Choices> = { readonly [K in keyof C]: C[K][number] };

/**
 * The options on the command line. With others, or with values that are not whole numbers, the program ends here, with
 * one line that says so and exit code 2.
 * @param own numbers that this recipe can be told, with their defaults
 * @param switches names of options without a value that this recipe has
 * @param choices options of this recipe that are one of some words, the first by default
 */
export async function readSetting<Name extends string, const C extends Choices = Record<never, never>>(
  own: Readonly<Record<Name, number>>,
  switches: readonly string[] = [],
  choices: C = {} as C,
): Promise<Setting & Readonly<Record<Name, number>> & Chosen<C>> {
  try {
    return await settingOf(own, switches, choices);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    console.error(error.message);
    process.exit(2);
  }
}

async function settingOf<Name extends string, C extends Choices>(
  own: Readonly<Record<Name, number>>,
  switches: readonly string[],
  choices: C,
) {
  const given = parsed([...Object.keys(own), ...Object.keys(choices), "seed", "limit", "threads", "engine"], switches);
  const number = (name: string, otherwise: number, least = 1): number => whole(name, given.get(name), otherwise, least);
  const threads = given.has("threads") ? number("threads", 1) : undefined;
  const numbers = Object.entries<number>(own).map(([name, otherwise]) => [name, number(name, otherwise)]);
  return {
    ...(Object.fromEntries(numbers) as Record<Name, number>),
    ...(Object.fromEntries(
      Object.entries(choices).map(([name, words]) => [name, chosen(name, words, given.get(name))]),
    ) as Chosen<C>),
    seed: number("seed", 1, 0),
    limit: number("limit", Infinity),
    engine: await openEngine(given.get("engine"), { threads }),
    switches: new Set(switches.filter((name) => given.has(name))),
  };
}

function chosen(name: string, words: readonly string[], given = words[0]): string {
  if (words.includes(given)) return given;
  throw new OptionError(`--${name} ${given}: expected one of ${words.join(", ")}`);
}

/** What was given by name; switches as the empty text. */
function parsed(names: readonly string[], switches: readonly string[]): ReadonlyMap<string, string> {
  const valued = names.map((name) => [name, { type: "string" }] as const);
  const flags = switches.map((name) => [name, { type: "boolean" }] as const);
  try {
    const { values } = parseArgs({ options: Object.fromEntries([...valued, ...flags]) });
    return new Map(Object.entries(values).map(([name, value]) => [name, typeof value === "string" ? value : ""]));
  } catch (error) {
    throw new OptionError((error as Error).message, { cause: error });
  }
}

function whole(name: string, text: string | undefined, otherwise: number, least: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least) return value;
  throw new OptionError(`--${name} ${text}: expected a whole number of at least ${least}`);
}

/**
 * Tells on stderr how training goes on: one line an epoch.
 * @param figure the figure that is told, beside the loss
 * @param print how it is printed; a share in percent by default
 */
export function reportEpochs(
  what: string,
  figure = "accuracy",
  print = (value: number): string => `${percent(value)} %`,
): (event: TrainingEvent) => void {
  let total = 0;
  const told = (figures: Figures): string => `${figure} ${print(figures[figure])}`;
  return (event) => {
    if (event.type !== "epoch") return;
    total += event.seconds;
    const { epoch, epochs, training, validation } = event;
    const own = figure in training ? `, ${told(training)}` : "";
    const held = validation === undefined ? "" : `, held out ${told(validation).replace("accuracy ", "")}`;
    console.error(
      `${what}: epoch ${epoch} of ${epochs}, loss ${training.loss.toFixed(4)}${own}${held}, ${total.toFixed(0)} s`,
    );
  };
}

/** A folder of the data that FOVEA_DATA names, such as `imdb`; without the variable, the program ends here with exit code 2. */
export function dataFolder(name: string): string {
  const folder = process.env.FOVEA_DATA;
  if (folder !== undefined) return `${folder}/${name}`;
  console.error(`FOVEA_DATA must name a folder with the data set ${name} in it`);
  process.exit(2);
}

/** The mean of some numbers and their standard deviation, over n − 1: `0.752 ± 0.008`. */
export function meanAndDeviation(values: readonly number[], digits = 3): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / Math.max(1, values.length - 1));
  return `${mean.toFixed(digits)} ± ${deviation.toFixed(digits)}`;
}

/** A share in percent, with two digits behind the point. */
export const percent = (share: number): string => (100 * share).toFixed(2);
