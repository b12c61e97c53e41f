/** A photograph under each of the kernels that have a name. */
import { type BytePicture, type FloatPicture, filter, kernels, pictureGrid, weightsCancel } from "fovea/image";
import { photograph } from "./photographs.ts";

export async function filterGrid(): Promise<BytePicture> {
  const picture = await photograph("camera");
  const cells = Object.entries(kernels).map(([name, kernel]) => {
    const filtered = filter(picture, kernel());
    // Differences have signs; their sizes are what is to be seen.
    return { caption: name, picture: weightsCancel(kernel()) ? absolute(filtered) : filtered };
  });
  return pictureGrid([{ caption: "the photograph", picture }, ...cells], { columns: 5, scale: 1 });
}

const absolute = (picture: FloatPicture): FloatPicture => ({ ...picture, data: picture.data.map(Math.abs) });
