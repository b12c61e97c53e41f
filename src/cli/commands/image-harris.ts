/** `fovea image harris`: the corners of a picture. */
import { Command } from "commander";
import { type CornerOptions, cornerOptions, harris, loadPicture, markPoints, writePicture } from "../../image/index.ts";
import { grouped } from "../format.ts";
import type { Output } from "../io.ts";
import { libraryOption } from "../library-options.ts";
import { jsonOption } from "../options.ts";
import { pictureArguments } from "../pictures.ts";

interface Flags extends CornerOptions {
  readonly json?: boolean;
}

const examples = `
Examples:
  $ fovea image harris photo.jpg corners.png --count 100
  $ fovea image harris photo.jpg corners.png --json | jq '.corners[0]'
`;

const { block, aperture, k, measure, threshold, distance, count } = cornerOptions;
const options = [
  { flag: "--count <n>", about: "the most corners to return, the strongest first", kind: count, absent: "all" },
  { flag: "--threshold <share>", about: "response needed, as a share of the strongest", kind: threshold },
  { flag: "--distance <pixels>", about: "least distance between two corners", kind: distance },
  { flag: "--block <n>", about: "side of the square over which slopes are added up", kind: block },
  { flag: "--aperture <n>", about: "size of the Sobel kernels: 1, 3, 5 or 7", kind: aperture },
  { flag: "--k <k>", about: "the larger, the fewer edges count as corners", kind: k },
  { flag: "--measure <name>", about: "harris, or shiTomasi, the smaller eigenvalue", kind: measure },
] as const;

export function harrisCommand(output: Output): Command {
  const command = new Command("harris")
    .summary("corners (Harris & Stephens 1988)")
    .description("Finds the corners of a picture (Harris & Stephens 1988) and writes the picture with crosses on them.")
    .argument(...pictureArguments.in)
    .argument(...pictureArguments.out);
  for (const row of options) command.addOption(libraryOption<unknown>(row));
  return command
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
