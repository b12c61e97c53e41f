/** `fovea image sift`: keypoints of a picture, and their matches in another one. */
import { Command } from "commander";
import { OptionError } from "../../array/index.ts";
import {
  type BytePicture,
  drawKeypoints,
  drawMatches,
  loadPicture,
  type Match,
  matchDescriptors,
  matchOptions,
  type SiftFeatures,
  sift,
  siftOptions,
  writePicture,
} from "../../image/index.ts";
import type { Output } from "../io.ts";
import { libraryOption } from "../library-options.ts";
import { jsonOption } from "../options.ts";
import { pictureArguments } from "../pictures.ts";

interface Flags {
  readonly with?: string;
  readonly count?: number;
  readonly contrast?: number;
  readonly ratio?: number;
  readonly mutual?: boolean;
  readonly json?: boolean;
  readonly descriptors?: boolean;
}

const examples = `
Examples:
  $ fovea image sift photo.jpg keypoints.png                   circles as large as what was found
  $ fovea image sift photo.jpg matches.png --with other.jpg    both pictures, lines between what matches
  $ fovea image sift photo.jpg keypoints.png --json | jq '.keypoints | length'
`;

const options = [
  {
    flag: "--count <n>",
    about: "keep the n strongest keypoints of a picture",
    kind: siftOptions.maxFeatures,
    absent: "all",
  },
  {
    flag: "--contrast <c>",
    about: "drop keypoints of less contrast, where the brightest is 1",
    kind: siftOptions.contrastThreshold,
  },
  {
    flag: "--ratio <r>",
    about: "how near a match must be, relative to the second nearest",
    kind: matchOptions.ratio,
  },
  { flag: "--mutual", about: "keep only matches that are the nearest in both directions", kind: matchOptions.mutual },
] as const;

/** Options that need another one. */
const needs = [
  ["ratio", "with"],
  ["mutual", "with"],
  ["descriptors", "json"],
] as const;

export function siftCommand(output: Output): Command {
  const command = new Command("sift")
    .summary("SIFT keypoints, and matches between two pictures")
    .description(
      "Finds SIFT keypoints and draws them: a circle of their size, a line in their direction. With another picture, draws both side by side and lines between the keypoints that match.",
    )
    .argument(...pictureArguments.in)
    .argument(...pictureArguments.out)
    .option("--with <other>", "match with the keypoints of another picture");
  for (const row of options) command.addOption(libraryOption<unknown>(row));
  return command
    .addOption(jsonOption())
    .option("--descriptors", "add the descriptors to the JSON")
    .addHelpText("after", examples)
    .action((path: string, target: string, flags: Flags) => drawSift(path, target, flags, output));
}

/** A picture from a file, and what was found in it. */
interface Seen extends SiftFeatures {
  readonly path: string;
  readonly picture: BytePicture;
}

async function drawSift(path: string, target: string, flags: Flags, output: Output): Promise<void> {
  for (const [one, other] of needs) {
    if (flags[one] !== undefined && flags[other] === undefined)
      throw new OptionError(`image sift: --${one} goes with --${other} only; add it, or leave --${one} out`);
  }
  const seen = await look(path, flags);
  if (flags.with === undefined) {
    await writePicture(target, drawKeypoints(seen.picture, seen.keypoints));
    report(target, [seen], undefined, flags, output);
    return;
  }
  const other = await look(flags.with, flags);
  const matches = matchDescriptors(seen.descriptors, other.descriptors, { ratio: flags.ratio, mutual: flags.mutual });
  await writePicture(target, drawMatches(seen.picture, seen.keypoints, other.picture, other.keypoints, matches));
  report(target, [seen, other], matches, flags, output);
}

async function look(path: string, { count, contrast }: Flags): Promise<Seen> {
  const picture = await loadPicture(path);
  return { path, picture, ...sift(picture, { maxFeatures: count, contrastThreshold: contrast }) };
}

function report(
  target: string,
  all: readonly Seen[],
  matches: readonly Match[] | undefined,
  flags: Flags,
  output: Output,
): void {
  if (flags.json) {
    const [first, second] = all.map((seen) => toJson(seen, flags));
    output.print(JSON.stringify({ ...first, with: second, matches, drawing: target }));
    return;
  }
  for (const { path, keypoints } of all) output.print(`${path}: ${keypoints.length} keypoints`);
  if (matches !== undefined) output.print(`${matches.length} matches`);
  output.log(`drawn to ${target}`);
}

const toJson = ({ path, picture, keypoints, descriptors }: Seen, flags: Flags) => ({
  image: path,
  width: picture.width,
  height: picture.height,
  keypoints: flags.descriptors
    ? keypoints.map((keypoint, i) => ({ ...keypoint, descriptor: Array.from(descriptors.row(i).data) }))
    : keypoints,
});
