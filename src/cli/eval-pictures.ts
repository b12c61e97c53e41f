/** What a model takes for something else, as sheets of pictures: its surest mistakes, and the classes that it confuses. */
import type { NdArray } from "../array/index.ts";
import { type Samples, takePictures } from "../data/index.ts";
import { arrayToPicture, type BytePicture, type GridCell, type GridOptions, pictureGrid } from "../image/index.ts";
import { type ConfusedPair, type Mistake, worstMistakes } from "../train/index.ts";
import { percent } from "./format.ts";

/** How many pictures of each pair of confused classes stand in a row. */
export const EXAMPLES = 6;

/** The pictures of mistakes, in their order, each with what it is, what it was taken for and how surely. */
export const mistakeCells = (mistakes: readonly Mistake[], data: Samples): Promise<GridCell[]> =>
  Promise.all(mistakes.map((mistake) => cellOf(mistake, data)));

/** A row for each pair of classes: the surest mistakes of that kind, and black where there are no more. */
export async function confusionCells(
  pairs: readonly ConfusedPair[],
  probabilities: NdArray,
  data: Samples,
): Promise<GridCell[]> {
  const mistakes = worstMistakes(probabilities, data.labels);
  const rows = pairs.map(async ({ label, predicted }) => {
    const examples = mistakes.filter((one) => one.label === label && one.predicted === predicted).slice(0, EXAMPLES);
    const cells = await mistakeCells(examples, data);
    const { picture } = cells[0];
    const black = { ...picture, data: picture.data.slice().fill(0) };
    return Array.from({ length: EXAMPLES }, (_, i) => cells[i] ?? { picture: black });
  });
  return (await Promise.all(rows)).flat();
}

/** Small pictures are enlarged to about this width, so that there is room for words. */
const CELL_WIDTH = 96;

/** All of them on one sheet. */
export function mistakeSheet(cells: readonly GridCell[], options: GridOptions = {}): BytePicture {
  const scale = Math.max(1, Math.round(CELL_WIDTH / cells[0].picture.width));
  return pictureGrid(cells, { scale, ...options });
}

async function cellOf({ sample, label, predicted, confidence }: Mistake, data: Samples): Promise<GridCell> {
  const images = await takePictures(data.images, Int32Array.of(sample));
  return {
    picture: arrayToPicture(images.row(0)),
    caption: `${data.classes[label]}→${data.classes[predicted]} ${percent(confidence, 0)}`,
  };
}
