/** `fovea look dream`: what a layer sees in a picture, drawn into it. */
import { Option } from "commander";
import { type FloatPicture, loadPicture, type Picture, resize, toGray, toRgb } from "../../image/index.ts";
import { channelTarget, dream as dreamOf, dreamSchema } from "../../inspect/index.ts";
import { libraryOption } from "../library-options.ts";
import { wholeNumber } from "../options.ts";
import type { Look } from "./look.ts";

interface Flags {
  readonly layer: string;
  readonly channel?: number;
  readonly side?: number;
  readonly octaves?: number;
  readonly octaveScale?: number;
  readonly steps?: number;
  readonly rate?: number;
  readonly seed?: number;
}

export const dream: Look<Flags> = {
  name: "dream",
  summary: "a picture in which a layer sees more of what it sees",
  description:
    "Deep dream: changes a picture so that a layer answers more strongly to it, coarse structures first. A picture larger than the network's input is covered by shifted tiles.",
  examples: [
    "squeezenet1_0 dog.jpg --layer features.9 --side 384 -o dream.png",
    "squeezenet1_0 dog.jpg --layer features.7 --channel 3 -o dream.png",
  ],
  pictures: "one",
  seed: true,
  options: [
    new Option("--layer <path>", "the layer that is to answer").makeOptionMandatory(),
    new Option("--channel <n>", "only this channel of it (default: all)").argParser(wholeNumber(0)),
    new Option(
      "--side <pixels>",
      "scale the picture's shorter side to this, at least that of the network's input (default: the network's input)",
    ).argParser(wholeNumber(1)),
    libraryOption({ flag: "--octaves <n>", about: "how many sizes", kind: dreamSchema.octaves }),
    libraryOption({ flag: "--octave-scale <f>", about: "each as many times as large", kind: dreamSchema.octaveScale }),
    libraryOption({ flag: "--steps <n>", about: "steps at each size", kind: dreamSchema.steps }),
    libraryOption({ flag: "--rate <r>", about: "how far a step goes", kind: dreamSchema.rate }),
  ],
  look: async ({ model, pictures: [{ name, path, picture }], engine, output, flags }) => {
    const { layer, channel, side, octaves, octaveScale, steps, rate, seed } = flags;
    const source = side === undefined ? picture : await scaled(path, side, picture.channels);
    const goal = channel === undefined ? { layer } : { target: channelTarget(layer), index: channel };
    const onProgress = (done: number, total: number): void => output.status(`step ${done} of ${total}`);
    const options = { octaves, octaveScale, steps, rate, seed, engine, onProgress };
    const dreamt: FloatPicture = await dreamOf(model, source, { ...goal, ...options });
    return {
      lines: [`${layer} dreams of ${name}: ${dreamt.width}×${dreamt.height}`],
      numbers: { layer, width: dreamt.width, height: dreamt.height, channels: dreamt.channels, data: dreamt.data },
      drawing: {
        cells: [
          { picture: source, caption: name },
          { picture: dreamt, caption: layer },
        ],
        grid: { columns: 2 },
      },
    };
  },
};

/** A file's picture with this shorter side, in one channel or three. */
async function scaled(path: string, side: number, channels: number): Promise<Picture> {
  const whole = await loadPicture(path);
  const { width, height } = whole;
  const factor = side / Math.min(width, height);
  const colored: Picture = channels === 1 ? toGray(whole) : toRgb(whole);
  return resize(colored, Math.round(width * factor), Math.round(height * factor));
}
