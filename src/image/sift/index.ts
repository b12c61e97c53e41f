export { drawKeypoints, drawMatches } from "./drawing.ts";
export { type Match, type MatchOptions, matchDescriptors } from "./match.ts";
export { type Keypoint, type SiftFeatures, type SiftOptions, sift } from "./sift.ts";
