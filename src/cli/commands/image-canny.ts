/** `fovea image canny`: the edges of a picture. */
import { Command } from "commander";
import { type CannyOptions, canny, cannyOptions, loadPicture, writePicture } from "../../image/index.ts";
import { grouped, percent } from "../format.ts";
import type { Output } from "../io.ts";
import { libraryOption } from "../library-options.ts";
import { pictureArguments } from "../pictures.ts";

interface Flags extends Omit<CannyOptions, "norm"> {
  readonly l2?: boolean;
}

const examples = `
Examples:
  $ fovea image canny photo.jpg edges.png
  $ fovea image canny photo.jpg edges.png --sigma 1.4 --low 40 --high 100
`;

const { low, high, sigma } = cannyOptions;
const options = [
  { flag: "--low <gradient>", about: "gradients above it continue an edge", kind: low },
  {
    flag: "--high <gradient>",
    about: "gradients above it begin an edge; a step from black to white has 1020",
    kind: high,
  },
  { flag: "--sigma <pixels>", about: "smooth the picture with a Gaussian first; 0 does not", kind: sigma },
] as const;

export function cannyCommand(output: Output): Command {
  const command = new Command("canny")
    .summary("edges (Canny 1986)")
    .description("Finds the edges of a picture (Canny 1986) and writes them as white on black.")
    .argument(...pictureArguments.in)
    .argument(...pictureArguments.out);
  for (const row of options) command.addOption(libraryOption(row));
  return command
    .option("--l2", "measure gradients as √(x² + y²) instead of |x| + |y|")
    .addHelpText("after", examples)
    .action((from: string, to: string, flags: Flags) => run(from, to, flags, output));
}

async function run(from: string, to: string, { l2, ...options }: Flags, output: Output): Promise<void> {
  const edges = canny(await loadPicture(from), { ...options, norm: l2 ? "l2" : "l1" });
  await writePicture(to, edges);
  const count = edges.data.reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0);
  output.log(`${grouped(count)} edge pixels (${percent(count / edges.data.length)}) in ${to}`);
}
