/** `fovea image harris`: the corners of a picture. */
import { Command } from "commander";
import { type CornerOptions, harris, loadPicture, markPoints, writePicture } from "../../image/index.ts";
import { grouped } from "../format.ts";
import type { Output } from "../io.ts";
import { jsonOption, oneOf, realNumber, wholeNumber } from "../options.ts";
import { pictureArguments } from "../pictures.ts";

interface Flags extends CornerOptions {
  readonly json?: boolean;
}

const examples = `
Examples:
  $ fovea image harris photo.jpg corners.png --count 100
  $ fovea image harris photo.jpg corners.png --json | jq '.corners[0]'
`;

export function harrisCommand(output: Output): Command {
  return new Command("harris")
    .summary("corners (Harris & Stephens 1988)")
    .description("Finds the corners of a picture (Harris & Stephens 1988) and writes the picture with crosses on them.")
    .argument(...pictureArguments.in)
    .argument(...pictureArguments.out)
    .option("--count <n>", "the most corners to return, the strongest first (default: all)", wholeNumber(0))
    .option("--threshold <share>", "response needed, as a share of the strongest (default: 0.01)", realNumber(0, 1))
    .option("--distance <pixels>", "no two corners are nearer (default: 10)", realNumber(0))
    .option("--block <n>", "side of the square that slopes are added up over (default: 2)", wholeNumber(1))
    .option("--aperture <n>", "size of Sobel's kernels: 1, 3, 5 or 7 (default: 3)", wholeNumber(1))
    .option("--k <k>", "the larger, the fewer edges count as corners (default: 0.04)", realNumber(0, 0.25))
    .option(
      "--measure <name>",
      "harris, or shiTomasi, the smaller eigenvalue (default: harris)",
      oneOf(["harris", "shiTomasi"]),
    )
    .addOption(jsonOption())
    .addHelpText("after", examples)
    .action((from: string, to: string, flags: Flags) => run(from, to, flags, output));
}

async function run(from: string, to: string, { json, ...options }: Flags, output: Output): Promise<void> {
  const picture = await loadPicture(from);
  const corners = harris(picture, options);
  await writePicture(to, markPoints(picture, corners));
  if (json) output.print(JSON.stringify({ image: from, corners }));
  output.log(`${grouped(corners.length)} ${corners.length === 1 ? "corner" : "corners"} in ${to}`);
}
