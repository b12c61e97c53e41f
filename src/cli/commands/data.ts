/** `fovea data`: lists data sets, downloads them, shows their pictures, and clears the cache. */
import { Command } from "commander";
import type { NdArray } from "../../array/index.ts";
import { clearCache, type Dataset, firstSamples, inputShape, loadSamples, sampleCount } from "../../data/index.ts";
import {
  arrayToPicture,
  type BytePicture,
  pictureGrid,
  pictureToArray,
  toGray,
  writePicture,
} from "../../image/index.ts";
import { bytes, grouped, sideBySide, textPicture } from "../format.ts";
import type { Output } from "../io.ts";
import { jsonOption, oneOf, pictureOptions, wholeNumber } from "../options.ts";
import { choosePart } from "../parts.ts";
import { loadSource, type PictureFlags, sources } from "../sources.ts";

interface ShowFlags extends PictureFlags {
  readonly split: "train" | "test";
  readonly count: number;
  readonly png?: string;
}

interface ClearFlags {
  readonly pictures?: boolean;
  readonly downloads?: boolean;
  readonly json?: boolean;
}

export function dataCommand(output: Output): Command {
  const command = new Command("data")
    .summary("list, fetch, show and clear data sets")
    .description("Data sets: built-in, downloaded, or from a folder.");
  command
    .command("list")
    .summary("the data sets that have names")
    .description("Lists the data sets that have names.")
    .addOption(jsonOption())
    .action((flags: { json?: boolean }) => list(flags, output));
  command
    .command("fetch")
    .summary("download a data set")
    .description("Downloads a data set into the cache, unless it is there, and prints what it holds.")
    .argument("<name>", "a data set, as fovea data list names it")
    .action((name: string) => fetchData(name, output));
  command
    .command("clear")
    .summary("empty the cache")
    .description("Removes decoded pictures and downloads from the cache; both are made again when they are needed.")
    .argument("[name]", "of one data set only: a name, or the path of a folder or an archive of pictures")
    .option("--pictures", "decoded pictures only")
    .option("--downloads", "downloads only")
    .addOption(jsonOption())
    .action((name: string | undefined, flags: ClearFlags) => clear(name, flags, output));
  const showing = command
    .command("show")
    .summary("look at pictures of a data set")
    .description("Shows the first pictures of a data set, as text or as a PNG sheet.")
    .argument("<name|path>", "a data set, a folder with IDX files or pictures, or an archive of pictures")
    .option("--split <name>", "which part of it: train or test", oneOf(["train", "test"]), "train")
    .option("--count <n>", "how many pictures", wholeNumber(1, 10_000), 6)
    .option("--png <file>", "write a sheet of pictures over their classes instead of printing them")
    .addHelpText(
      "after",
      "\nExamples:\n  $ fovea data show digits --count 3\n  $ fovea data show mnist --count 400 --png sheet.png\n",
    )
    .action((name: string, flags: ShowFlags) => show(name, flags, output));
  for (const option of pictureOptions()) showing.addOption(option);
  return command;
}

function list({ json }: { json?: boolean }, output: Output): void {
  const rows = Object.entries(sources).map(([name, { summary }]) => ({ name, summary }));
  const width = Math.max(...rows.map(({ name }) => name.length));
  if (json) for (const row of rows) output.print(JSON.stringify(row));
  else for (const { name, summary } of rows) output.print(`${output.paint("bold", name.padEnd(width))}  ${summary}`);
}

async function fetchData(name: string, output: Output): Promise<void> {
  const { train, validation, test } = await loadSource(name, { output });
  for (const set of [train, validation, test].filter((part) => part !== undefined)) {
    output.print(
      `${set.name}: ${grouped(sampleCount(set))} pictures [${inputShape(set)}], ${set.classes.length} classes`,
    );
  }
}

async function clear(name: string | undefined, { json, ...which }: ClearFlags, output: Output): Promise<void> {
  const { files, bytes: freed } = await clearCache({ ...which, ...(name !== undefined && { name }) });
  if (json) output.print(JSON.stringify({ files, bytes: freed }));
  else output.print(`${grouped(files.length)} ${files.length === 1 ? "file" : "files"} removed, ${bytes(freed)} freed`);
}

async function show(name: string, { split, count, png, ...flags }: ShowFlags, output: Output): Promise<void> {
  const sets = await loadSource(name, { ...flags, limit: split === "train" ? count : 0, output });
  const data = await loadSamples(firstSamples(choosePart(sets, split).data, count));
  if (png !== undefined) {
    await writePicture(png, contactSheet(data), { format: "png" });
    output.log(`${sampleCount(data)} pictures of ${data.name} in ${png}`);
    return;
  }
  const blocks = Array.from(data.labels.data, (label, i) => [
    data.classes[label],
    ...textPicture(toGrayPlane(data.images.row(i))),
  ]);
  const columns = Math.max(1, Math.floor((output.columns + 2) / (data.images.shape[3] + 2)));
  for (let i = 0; i < blocks.length; i += columns)
    for (const line of sideBySide(blocks.slice(i, i + columns))) output.print(line);
}

/** One plane for text: the luma of colors. */
const toGrayPlane = (picture: NdArray): NdArray => pictureToArray(toGray(arrayToPicture(picture)));

/** All pictures in a nearly square grid, over the names of their classes. */
const contactSheet = ({ images, labels, classes }: Dataset): BytePicture =>
  pictureGrid(
    Array.from(labels.data, (label, i) => ({ picture: arrayToPicture(images.row(i)), caption: classes[label] })),
  );
