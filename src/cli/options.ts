/** Reads options of the command line. An invalid value is an error of commander's, with exit code 2. */
import { InvalidArgumentError, Option } from "commander";
import { didYouMean } from "../array/index.ts";
import { MOST_THREADS } from "../engines/cpu/index.ts";
import { engineNames } from "../engines/index.ts";
import { flag, integer, integers, type Kind, positive, real, withDefault } from "../options/index.ts";
import { libraryOption, type Row, readerOf } from "./library-options.ts";

export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`Expected an integer ${range}.`);
  };
}

/** Whole numbers with commas between: `32,64`. */
export const wholeNumbers =
  (least: number) =>
  (text: string): number[] =>
    text.split(",").map((word) => wholeNumber(least)(word.trim()));
export const realNumber = (least: number, most = Infinity) => readerOf(real(least, most));

/** A share or number of samples: 0.2, 1/12, 500. */
export function amount(text: string): number {
  const [, part, whole = "1"] = /^(\d*\.?\d+)(?:\/([1-9]\d*))?$/.exec(text) ?? [];
  const value = Number(part) / Number(whole);
  if (value < 1 || Number.isInteger(value)) return value;
  throw new InvalidArgumentError("Expected a share below 1, such as 0.2 or 1/12, or an integer.");
}

/** An amount, or a name. */
export const amountOrName = (text: string): number | string => (/^[\d./]*\d$/.test(text) ? amount(text) : text);

/** `balanced`, or a number for each class. */
export function classWeights(text: string): "balanced" | number[] {
  if (text === "balanced") return text;
  const weights = text.split(",").map((word) => (word.trim() === "" ? Number.NaN : Number(word)));
  if (weights.every((weight) => Number.isFinite(weight) && weight >= 0)) return weights;
  throw new InvalidArgumentError("Expected balanced, or a number of at least 0 for each class, such as 1,1,2.5.");
}

export const positiveNumber = readerOf(positive());

/** From 0 up to but not including 1. */
export function shareBelowOne(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value < 1) return value;
  throw new InvalidArgumentError("Expected a number from 0 up to but not including 1.");
}

export function oneOf(names: readonly string[]) {
  return (text: string): string => {
    if (names.includes(text)) return text;
    throw new InvalidArgumentError(`There is no '${text}'${didYouMean(text, names)}`);
  };
}

/** `HxW` in pixels: [height, width]. */
export function pictureSize(text: string): [number, number] {
  const [, height, width] = /^([1-9]\d{0,4})[x×]([1-9]\d{0,4})$/.exec(text) ?? [];
  if (height !== undefined) return [Number(height), Number(width)];
  throw new InvalidArgumentError("Expected height and width in pixels, such as 32x32.");
}

/** What `--data` takes. */
export const dataHelp =
  "data set: a name (fovea data list shows them), a folder with IDX files or with a folder of pictures for each class, or " +
  "an archive of such a folder";

/** What is taken for a trained model. */
export const runHelp =
  "a run folder, a .safetensors file, or a network by name with published weights or those of a file: resnet50, " +
  "resnet50:weights=imagenet_v2, resnet20:weights=net.pth";

/** Rows with names and summaries, one a line. */
export function listRows(table: Readonly<Record<string, { readonly summary: string }>>): string {
  const width = Math.max(...Object.keys(table).map((name) => name.length));
  return Object.entries(table)
    .map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`)
    .join("\n");
}

const sizeKind: Kind<[number, number] | null> = {
  expects: "[height, width], or null",
  read: (value) => {
    if (value === null) return null;
    const sides = integers(1).read(value);
    return sides?.length === 2 ? [sides[0], sides[1]] : undefined;
  },
};

/** How pictures of a folder are read. */
export const pictureSettings = {
  /** [height, width] that pictures are scaled to; `null`: they have one size. */
  size: {
    flag: "--size <HxW>",
    about: "scale pictures of a folder to this height and width",
    kind: withDefault<[number, number] | null>(sizeKind, null),
    read: pictureSize,
    absent: "all must have one size",
  },
  /** Whether pictures are read in one channel. */
  gray: {
    flag: "--gray",
    about: "read pictures of a folder in one channel",
    kind: withDefault(flag(), false),
    absent: "in three",
  },
  /** Whether a picture that cannot be read is an error. */
  strict: {
    flag: "--strict",
    about: "fail where a picture of a folder cannot be read",
    kind: withDefault(flag(), false),
    absent: "skip the picture",
  },
};

export const pictureOptions = () =>
  Object.values<Row<unknown>>(pictureSettings).map((setting) => libraryOption(setting));
export const workersOption = () =>
  new Option(
    "--workers <n>",
    "threads that prepare batches ahead (default: 1 where pictures are not in memory or are augmented, else 0)",
  ).argParser(wholeNumber(0, 64));

const seedKind: Kind<number> = {
  expects: `an integer from 0 to ${2 ** 32 - 1}`,
  read: (value) => (Number(value) < 2 ** 32 ? integer(0).read(value) : undefined),
};

export const seedSetting: Row<number> = {
  flag: "--seed <n>",
  about: "of all random numbers; the same seed gives the same bits",
  kind: withDefault(seedKind, 0),
  read: wholeNumber(0, 2 ** 32 - 1),
};
export const seedOption = () => libraryOption(seedSetting);
export const jsonOption = () => new Option("--json", "print results as JSON, one object a line where they stream");
export const engineOption = () =>
  new Option("--engine <name>", `engine: ${engineNames.join(", ")}`).argParser(oneOf(engineNames)).default("auto");
export const threadsOption = () =>
  new Option("--threads <n>", "threads that compute (default: as many as the machine has cores)").argParser(
    wholeNumber(1, MOST_THREADS),
  );
