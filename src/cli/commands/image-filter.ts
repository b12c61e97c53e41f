/** `fovea image filter`: slides a kernel over a picture. */
import { Command, InvalidArgumentError } from "commander";
import { OptionError } from "../../array/index.ts";
import {
  borders,
  type FilterOptions,
  type FloatPicture,
  filter,
  filterOptions,
  type Kernel,
  kernels,
  loadPicture,
  weightsCancel,
  withoutAlpha,
  writePicture,
} from "../../image/index.ts";
import type { Output } from "../io.ts";
import { libraryOption } from "../library-options.ts";
import { oneOf, wholeNumber } from "../options.ts";
import { pictureArguments } from "../pictures.ts";
import { build, listOptions } from "../specification.ts";

interface Flags extends FilterOptions {
  readonly kernel: Kernel;
  readonly show?: keyof typeof displays;
}

/** How values outside 0 … 1 are shown. */
const displays = {
  clip: (value: number): number => value,
  absolute: Math.abs,
  centered: (value: number): number => 0.5 + value / 2,
} as const;

const help = `
Kernels and their options, as in name:option=value,option=value:
${listOptions(kernels)}

Examples:
  $ fovea image filter photo.jpg sharp.png --kernel sharpen
  $ fovea image filter photo.jpg soft.png --kernel gaussian:sigma=2 --border replicate
  $ fovea image filter photo.jpg edges.png --kernel sobelX --normalize --show centered
  $ fovea image filter photo.jpg own.png --kernel "0,-1,0;-1,5,-1;0,-1,0"
`;

const options = [
  {
    flag: "--mode <name>",
    about: "correlation, as in networks, or convolution, which flips the kernel",
    kind: filterOptions.mode,
  },
  { flag: "--border <name>", about: `beyond the edges: ${borders.join(", ")}`, kind: filterOptions.border },
  {
    flag: "--normalize",
    about: "divide by the sum of the weights, or of the positive ones where the sum is 0",
    kind: filterOptions.normalize,
  },
  {
    flag: "--step <n>",
    about: "pixels that the kernel moves: 2, or 2,1 for down and across",
    kind: filterOptions.step,
    read: stepOf,
  },
  {
    flag: "--color <how>",
    about: "each channel by itself, or the sum across all of them",
    kind: filterOptions.color,
    absent: "each",
  },
];

export function filterCommand(output: Output): Command {
  const command = new Command("filter")
    .summary("slide a kernel over a picture")
    .description("Slides a kernel of weights over a picture and writes the result.")
    .argument(...pictureArguments.in)
    .argument(...pictureArguments.out)
    .requiredOption("--kernel <kernel>", "a kernel below, or rows of weights: 0,-1,0;-1,5,-1;0,-1,0", kernelOf);
  for (const row of options) command.addOption(libraryOption<unknown>(row));
  return command
    .option(
      "--show <how>",
      "how values outside 0 … 1 are shown: clip; absolute, without sign; centered, zero as middle gray (default: absolute for " +
        "kernels whose weights add up to 0, else clip)",
      oneOf(Object.keys(displays)),
    )
    .addHelpText("after", help)
    .action((from: string, to: string, flags: Flags) => run(from, to, flags, output));
}

async function run(from: string, to: string, flags: Flags, output: Output): Promise<void> {
  const { kernel, show = weightsCancel(kernel) ? "absolute" : "clip", ...options } = flags;
  const filtered = filter(withoutAlpha(await loadPicture(from)), kernel, options);
  await writePicture(to, displayed(filtered, displays[show]));
  output.log(`${filtered.width}×${filtered.height} pixels in ${to}`);
}

const displayed = (picture: FloatPicture, display: (value: number) => number): FloatPicture => ({
  ...picture,
  data: picture.data.map((value) => display(value)),
});

function kernelOf(text: string): Kernel {
  if (!/^\s*[a-z]/i.test(text)) return gridOf(text);
  try {
    return build(kernels, text);
  } catch (error) {
    if (error instanceof OptionError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}

function gridOf(text: string): Kernel {
  const rows = text.split(";").map((row) => row.split(",").map((word) => (word.trim() === "" ? NaN : Number(word))));
  if (rows.every((row) => row.length === rows[0].length && row.every(Number.isFinite))) return rows;
  throw new InvalidArgumentError("Expected a kernel's name, or rows of equally many numbers: 0,-1,0;-1,5,-1;0,-1,0.");
}

function stepOf(text: string): number | number[] {
  const steps = text.split(",").map((word) => wholeNumber(1)(word));
  if (steps.length <= 2) return steps.length === 1 ? steps[0] : steps;
  throw new InvalidArgumentError("Expected one integer, or two: down and across.");
}
