/** What readers of annotations find, whatever the format: pictures, and what is known about each. */
import type { Part } from "../part-names.ts";

/** The size of a picture, in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** An object in a picture, as a file has it; nothing is checked yet. */
export interface FoundObject {
  /** Where it stands, for messages: `a.xml: object 3`. */
  readonly place: string;
  /** The number of its class; undefined for a class that is not listed. */
  readonly label: number | undefined;
  /** Left, top, right, bottom, in pixels along their edges. */
  readonly box?: readonly number[] | undefined;
  /** Sets the object's pixels of a plane of the picture's size. @throws FormatError for an outline that is damaged */
  readonly paint?: ((plane: Uint8Array, value: number) => void) | undefined;
  /** x, y and whether it is labeled (0 not, 1 hidden, 2 visible), of each point; (0, 0) is the center of the first pixel. */
  readonly points?: readonly (readonly [x: number, y: number, seen: number])[] | undefined;
}

/** A picture and what is known about it. */
export interface FoundPicture {
  /** Its path among the files; undefined if it is not there. */
  readonly path: string | undefined;
  /** What the annotation calls it, for messages. */
  readonly name: string;
  readonly part: Part;
  /** The size that the annotation tells. */
  readonly size?: PictureSize | undefined;
  /** The objects in it, given its size. */
  readonly objects?: ((size: PictureSize) => readonly FoundObject[]) | undefined;
  /** Sentences that describe it. */
  readonly sentences?: readonly string[] | undefined;
  /** Its mask: the number of a class for each pixel, 255 for unknown. @throws FoveaError for a mask that cannot be read */
  readonly mask?: ((size: PictureSize) => Promise<Uint8Array>) | undefined;
}

/** The contents of annotations. */
export interface Annotations {
  readonly pictures: readonly FoundPicture[];
  /** The names of the classes, by number. */
  readonly classes: readonly string[];
  /** The names of the points of an object, in order. */
  readonly joints: readonly string[];
}
