/** What the page does with pictures. Bytes cross to the test as lists of numbers. */
import {
  type BytePicture,
  type EncodePictureOptions,
  encodePicture,
  type GridOptions,
  pictureGrid,
  type ReadPictureOptions,
  readPicture,
} from "fovea/image";

/** A picture that can be passed between page and test. */
export interface Listed extends Omit<BytePicture, "data"> {
  readonly data: readonly number[];
}

/** What came of it, or the error's class and message. */
export type Attempt<T> = { readonly value: T } | { readonly error: string };

const attempt = async <T>(act: () => Promise<T>): Promise<Attempt<T>> => {
  try {
    return { value: await act() };
  } catch (error) {
    return { error: String(error) };
  }
};

export const listed = (picture: BytePicture): Listed => ({ ...picture, data: [...picture.data] });
const unlisted = (picture: Listed): BytePicture => ({ ...picture, data: Uint8Array.from(picture.data) });

/** Decodes the file at a path of the server. */
export const decode = ({ path, options }: { path: string; options?: ReadPictureOptions }): Promise<Attempt<Listed>> =>
  attempt(async () => {
    const bytes = new Uint8Array(await (await fetch(path)).arrayBuffer());
    return listed(await readPicture(bytes, "cat.jpg", options));
  });

/** Encodes a picture. */
export const encode = ({ picture, options }: { picture: Listed; options: EncodePictureOptions }) =>
  attempt(async () => [...(await encodePicture(unlisted(picture), options))]);

/** Draws a picture with a caption. */
export const grid = ({ picture, caption, options }: { picture: Listed; caption: string; options: GridOptions }) =>
  listed(pictureGrid([{ picture: unlisted(picture), caption }], options));
