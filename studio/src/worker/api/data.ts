/** What is asked about data before they are trained on. */
import type { Recipe } from "../api.ts";

/** What a network is given: pictures of some classes. */
export interface PictureShape {
  /** One picture: [channels, height, width]. */
  readonly input: readonly number[];
  readonly classes: number;
}

/** Describes data. */
export interface DataCalls {
  /** The pictures of a recipe, whatever its network. @throws Error for data that are not there */
  pictureShape(recipe: Recipe): Promise<PictureShape>;
}
