/** The parts of a data set: what a run trains, validates and tests with, and what is evaluated. */
import { OptionError } from "../array/index.ts";
import {
  alignClasses,
  canSetAside,
  channelStatistics,
  countAside,
  firstSamples,
  holdOut,
  inputShape,
  inTurns,
  rowRange,
  type Samples,
  sampleCount,
} from "../data/index.ts";
import { grouped } from "./format.ts";
import type { Output } from "./io.ts";
import { joinSamples } from "./join-samples.ts";
import { type LoadedSource, loadSource } from "./sources.ts";
import type { ClassificationConfig } from "./train-tasks/classification.ts";

/** The parts of a data set that can be chosen. */
export const splits = ["test", "validation", "train", "all"] as const;
export type Split = (typeof splits)[number];

/** The samples that a run trains with, chooses the best epoch by, and tests with at its end. */
export interface RunParts {
  readonly train: Samples;
  readonly validation?: Samples;
  readonly test?: Samples;
}

type PartSettings = Pick<
  ClassificationConfig,
  "data" | "limit" | "size" | "gray" | "strict" | "test" | "validation" | "seed"
>;

/** The share held out for testing if the data have no test part and `--test` is not given. */
export const TEST_SHARE = 0.2;
/** The same for validation. */
export const VALIDATION_SHARE = 1 / 12;
/** The test samples do not depend on the seed of the run, so that runs can be compared and vote together. */
const TEST_SEED = 0;

/** The parts of a run by its settings, and their source. Logs which samples are held out. */
export async function loadParts(
  { data, limit, size, gray, strict, test, validation: amount, seed }: PartSettings,
  output: Output,
): Promise<RunParts & { readonly source: LoadedSource }> {
  const source = await loadSource(data, { limit, size, gray, strict, output });
  const { isStratified } = source;
  const { train: rest, ...parts } =
    typeof test === "string"
      ? { ...source, test: await loadTest(test, source, { gray, strict }, output) }
      : await withTest(source, test, output);
  const train = limit > 0 ? firstSamples(rest, limit) : rest;
  if (amount === 0) return { source, train, test: parts.test };
  if (parts.validation !== undefined) return { source, train, validation: parts.validation, test: parts.test };
  const { rest: kept, aside } = setAside(train, {
    amount,
    isDefault: amount === VALIDATION_SHARE,
    seed,
    isStratified,
    option: "--validation",
    purpose: "to choose the best epoch by",
    output,
  });
  return { source, train: kept, validation: aside, test: parts.test };
}

/** Adds a test part: the data's own, else the validation part, else samples that are held out. */
async function withTest(source: LoadedSource, given: number | null, output: Output): Promise<RunParts> {
  const { train, validation, test, isStratified } = source;
  const amount = given ?? TEST_SHARE;
  if (test !== undefined) {
    if (given === null) return { train, validation, test };
    if (given === 0) return { train, validation };
    throw new OptionError(
      `--test ${given}: the data have a part to test with, ${test.name}; leave --test out, or name other data to test with`,
    );
  }
  if (given === null && validation !== undefined) {
    output.log(
      `testing with the ${grouped(sampleCount(validation))} samples of ${validation.name} (--test 0 for none)`,
    );
    return { train, test: validation };
  }
  if (amount === 0) return { train, validation };
  const { rest, aside } = setAside(train, {
    amount,
    isDefault: given === null,
    seed: TEST_SEED,
    isStratified,
    option: "--test",
    purpose: "for testing",
    output,
  });
  if (aside === undefined) return { train, validation };
  const normalization = train.normalization && (await channelStatistics(rest.images, rowRange(0, sampleCount(rest))));
  return {
    train: { ...rest, normalization } as Samples,
    validation,
    test: { ...aside, name: train.name.replace(/train$/, "test"), normalization } as Samples,
  };
}

/** A separate data set to test with: its test part, or all of it, read like the training data. */
async function loadTest(
  name: string,
  { train, isFolder }: LoadedSource,
  flags: Pick<ClassificationConfig, "gray" | "strict">,
  output: Output,
): Promise<Samples> {
  const [, height, width] = inputShape(train);
  const pictures = isFolder ? { ...flags, size: [height, width] as const } : {};
  const chosen = choosePart(await loadSource(name, { ...pictures, output, option: "--test" }));
  const { data, missing } = alignClasses(chosen.data, train.classes);
  output.log(`testing with the ${grouped(sampleCount(data))} samples of ${data.name}`);
  if (missing.length > 0) output.log(`no samples in ${data.name} of ${missing.join(", ")}`);
  return data;
}

interface Aside {
  readonly amount: number;
  /** Whether the amount is a default; then data that are too small for it have none held out. */
  readonly isDefault: boolean;
  readonly seed: number;
  readonly isStratified?: boolean;
  readonly option: string;
  readonly purpose: string;
  readonly output: Output;
}

function setAside(
  data: Samples,
  { amount, isDefault, seed, isStratified, option, purpose, output }: Aside,
): { readonly rest: Samples; readonly aside?: Samples } {
  const labeled = { labels: data.labels.data, classes: data.classes.length };
  if (isDefault && !canSetAside(labeled, amount)) {
    output.log(
      `holding out no samples ${purpose}: the ${grouped(sampleCount(data))} of ${data.name} are too few for ` +
        `${option} ${amountText(amount)}`,
    );
    return { rest: data };
  }
  const count = countAside(labeled, amount, option);
  const { train, validation, notices } = holdOut(data, count, seed, { stratified: isStratified });
  output.log(
    `holding out ${grouped(count)} of ${grouped(sampleCount(data))} samples of ${data.name} ${purpose} (${option} ${amountText(amount)})`,
  );
  for (const notice of notices) output.log(notice);
  // Samples of folders alternate between classes, so that the first few are of all classes; both parts keep that.
  return isStratified ? { rest: inTurns(train), aside: inTurns(validation) } : { rest: train, aside: validation };
}

/** As typed on the command line. */
function amountText(amount: number): string {
  const text = String(amount);
  const parts = Math.round(1 / amount);
  return text.length > "0.125".length && 1 / parts === amount ? `1/${parts}` : text;
}

/** A part of a data set, and a notice about the samples that are not in it. */
export interface ChosenPart {
  readonly data: Samples;
  readonly notice?: string;
}

/**
 * The chosen part; by default the test part, else the validation part, else all of a data set without parts.
 * @throws OptionError for a part that the data set does not have
 */
export function choosePart(sets: RunParts, split?: Split): ChosenPart {
  const parts = [sets.train, sets.validation, sets.test].filter((part) => part !== undefined);
  const all = (): Samples => joinSamples(parts, sets.train.name.replace(/\/train$/, ""));
  if (split === "all" || (split === undefined && parts.length === 1)) return { data: all() };
  const data = split === undefined ? (sets.test ?? sets.validation)! : sets[split];
  if (data === undefined) {
    const names = splits.filter((name) => name !== "all" && sets[name] !== undefined);
    throw new OptionError(`--split ${split}: ${all().name} has no such part; it has ${names.join(", ")}, and all`);
  }
  const total = parts.reduce((sum, part) => sum + sampleCount(part), 0);
  const others = splits.filter((name) => name === "all" || (sets[name] !== undefined && sets[name] !== data));
  const which = `${data.name}: ${grouped(sampleCount(data))} of ${grouped(total)} samples`;
  return { data, notice: `${which} (--split ${others.join(", ")} for others)` };
}
