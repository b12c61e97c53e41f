/** A picture of one's own as the input: small, in the address. */
import { planesOfPixels, toUnit, writePicture } from "../picture.ts";
import { pixelsOfFile } from "../small-picture.ts";
import { steps } from "../steps.svelte.ts";

/** How a picture is made small. */
export const pictureChoice = $state({ side: 12, isColor: true });
export const pictureProblem = $state<{ name: string | undefined }>({ name: undefined });

const channels = (): 1 | 3 => (pictureChoice.isColor && hasChannels() ? 3 : 1);
/** Whether the operation takes several planes. */
const hasChannels = (): boolean => !["activation", "softmax", "normalization"].includes(steps.operation);

const planesOf = (pixels: ImageData): Uint8Array => planesOfPixels(pixels.data, channels());

export const target = (): { width: number; height: number } => ({
  width: pictureChoice.side,
  height: pictureChoice.side,
});

/** The settings of a picture that is kept. */
export function keepPixels(pixels: ImageData): void {
  const { groups } = steps.settings;
  steps.live = undefined;
  steps.change({
    ...{ grid: "picture", picture: writePicture(planesOf(pixels)), x: "", at: "" },
    ...{ height: pixels.height, width: pixels.width, channels: channels() },
    groups: channels() % groups === 0 ? groups : 1,
  });
}

/** Shows a picture of the camera without keeping it. */
export function showPixels(pixels: ImageData): void {
  const { settings } = steps;
  const fits = settings.height === pixels.height && settings.channels === channels() && settings.grid === "picture";
  if (!fits || settings.x !== "") keepPixels(pixels);
  steps.live = Float64Array.from(planesOf(pixels), toUnit);
}

export async function takePicture(file: File): Promise<void> {
  pictureProblem.name = undefined;
  try {
    keepPixels(await pixelsOfFile(file, target()));
  } catch {
    pictureProblem.name = file.name;
  }
}
