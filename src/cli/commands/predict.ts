/** `fovea predict`: what a trained model sees in pictures. */
import { Command } from "commander";
import { DataError, type NdArray } from "../../array/index.ts";
import { selectEngine } from "../../engines/index.ts";
import { type BytePicture, loadPicture, pictureToArray, resize, toGrey, toRgb } from "../../image/index.ts";
import type { Model } from "../../nn/index.ts";
import { predict } from "../../train/index.ts";
import { bar, percent } from "../format.ts";
import type { Output } from "../io.ts";
import { loadModel } from "../load-model.ts";
import { engineOption, jsonOption, threadsOption, wholeNumber } from "../options.ts";
import { topClasses } from "../train-report.ts";

interface Flags {
  readonly top: number;
  readonly invert?: boolean;
  readonly resize?: boolean;
  readonly engine: string;
  readonly threads?: number;
  readonly json?: boolean;
}

const examples = `
Examples:
  $ fovea predict runs/lenet5-digits digit.png
  $ fovea predict runs/lenet5-digits --invert --resize photo.jpg    dark ink on light paper, any size
`;

export function predictCommand(output: Output): Command {
  return new Command("predict")
    .summary("classes of pictures, with probabilities")
    .description(
      "Reads pictures (PNG; JPEG and others when the package sharp is installed) and prints the most likely classes.",
    )
    .argument("<run>", "a run folder, or a .safetensors file")
    .argument("<image...>", "pictures of the model's input size, or of any size with --resize")
    .option("--top <n>", "how many classes to print", wholeNumber(1), 3)
    .option("--invert", "exchange dark and light, for dark ink on light paper")
    .option("--resize", "scale pictures to the model's input size")
    .addOption(engineOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addHelpText("after", examples)
    .action((run: string, images: string[], flags: Flags) => predictAll(run, images, flags, output));
}

async function predictAll(run: string, paths: readonly string[], flags: Flags, output: Output): Promise<void> {
  const model = await loadModel(run);
  const engine = selectEngine(flags.engine, flags);
  // All pictures are read before the first result is printed: a broken one is no surprise in the middle.
  const inputs = await Promise.all(paths.map(async (path) => toInput(await loadPicture(path), model, path, flags)));
  for (const [i, path] of paths.entries()) {
    const probabilities = await predict(model, inputs[i], { engine });
    const top = topClasses(probabilities.row(0).data, model.classes ?? [], flags.top);
    if (flags.json)
      output.print(
        JSON.stringify({ image: path, classes: top.map(({ name, share }) => ({ class: name, probability: share })) }),
      );
    else print(path, top, output);
    if (!flags.invert && looksDarkOnLight(inputs[i]))
      output.log(`${path} looks dark on light; for a model of light ink on dark add --invert`);
  }
}

/** The picture as `u8` [1, channels, height, width]. */
function toInput(picture: BytePicture, model: Model, path: string, flags: Flags): NdArray {
  const [channels, height, width] = model.input;
  if (model.input.length !== 3 || (channels !== 1 && channels !== 3))
    throw new DataError(`the model takes inputs [${model.input}], not pictures`);
  const coloured = channels === 1 ? toGrey(picture) : toRgb(picture);
  const fitting = flags.resize ? resize(coloured, width, height) : coloured;
  if (fitting.width !== width || fitting.height !== height) {
    throw new DataError(
      `${path} is ${picture.width}×${picture.height}, the model takes ${width}×${height}; --resize scales it`,
    );
  }
  const planes = pictureToArray(fitting);
  if (flags.invert) for (let i = 0; i < planes.size; i++) planes.data[i] = 255 - planes.data[i];
  return planes.reshape([1, channels, height, width]);
}

/** More than half of the light is on. */
const looksDarkOnLight = ({ data }: NdArray): boolean =>
  Array.from(data).reduce((sum, x) => sum + x, 0) > 127.5 * data.length;

function print(path: string, top: ReturnType<typeof topClasses>, output: Output): void {
  const width = Math.max(...top.map(({ name }) => name.length));
  output.print(path);
  for (const { name, share } of top)
    output.print(`  ${name.padEnd(width)} ${output.paint("cyan", bar(share, 24))} ${percent(share)}`);
}
