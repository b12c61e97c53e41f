/** What is found in photographs before any learning: edges, corners, keypoints. */
import { type BytePicture, canny, drawKeypoints, harris, markPoints, pictureGrid, sift } from "fovea/image";
import { photograph } from "./photographs.ts";

export async function featureGrid(): Promise<BytePicture> {
  const picture = await photograph("astronaut");
  return pictureGrid(
    [
      { caption: "the photograph", picture },
      { caption: "Canny edges", picture: canny(picture, { low: 0.4, high: 0.8, sigma: 1 }) },
      { caption: "Harris corners", picture: markPoints(picture, harris(picture, { count: 60 })) },
      { caption: "SIFT keypoints", picture: drawKeypoints(picture, sift(picture, { maxFeatures: 60 }).keypoints) },
    ],
    { columns: 4, scale: 1 },
  );
}
