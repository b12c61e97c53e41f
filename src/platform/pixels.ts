/** What both codecs do with the values that their decoders give: gray is one channel, and alpha stays only where it is. */
import type { Pixels } from "./types.ts";

/** Where the values of one of `channels` channels stand in a pixel that has colors and perhaps alpha. */
const picks: Readonly<Record<Pixels["channels"], readonly number[]>> = {
  1: [0],
  2: [0, 3],
  3: [0, 1, 2],
  4: [0, 1, 2, 3],
};

/**
 * Copies pixels of RGB or RGBA to `to` as pixels of `channels` channels, for which red stands for gray. An alpha that the
 * source lacks is 255.
 * @param at the index in `to` of the first value
 */
export function copyChannels(
  from: ArrayLike<number>,
  stored: number,
  to: Uint8Array,
  channels: Pixels["channels"],
  at = 0,
): void {
  const pick = picks[channels];
  const count = from.length / stored;
  for (let pixel = 0; pixel < count; pixel++) {
    for (const channel of pick) to[at++] = channel < stored ? from[pixel * stored + channel] : 255;
  }
}

/** Whether all pixels of RGBA are opaque. */
export function isOpaque(rgba: ArrayLike<number>): boolean {
  for (let i = 3; i < rgba.length; i += 4) if (rgba[i] < 255) return false;
  return true;
}
