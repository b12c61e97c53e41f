/** A picture with its sentence, and where a network looked for each word of it. */
import { type BytePicture, overlay, type Picture, pictureGrid, toBytes, withoutAlpha } from "../../image/index.ts";
import type { AttendedPlaces } from "./captioner.ts";

/** Panels side by side, at most. */
const COLUMNS = 6;

/** Words that a network only ends with are not shown. */
const isMark = (word: string): boolean => /^<.*>$/.test(word);

/**
 * A picture under its sentence, and beside it a panel for each word: the picture in gray, in colors where the network looked.
 * @param picture the part that the network saw
 * @param attended where it looked; without, there are no panels
 * @example await writePicture("looked.png", captionPanels(picture, caption.text, await captioner.attention(input, caption)));
 */
export function captionPanels(picture: Picture, sentence: string, attended?: AttendedPlaces): BytePicture {
  const shown = withoutAlpha(toBytes(picture));
  const panels = (attended?.words ?? []).flatMap((word, i) =>
    isMark(word) ? [] : [{ picture: overlay(shown, attended!.weights.row(i)), caption: word }],
  );
  const cells = [{ picture: shown }, ...panels];
  return pictureGrid(cells, { columns: Math.min(COLUMNS, cells.length), scale: 1, title: sentence });
}
