export {
  boxScenes,
  captionScenes,
  captionTokenizer,
  maskScenes,
  objectScenes,
  poseScenes,
  shapeScenes,
} from "./dataset.ts";
export { jointNames } from "./figure.ts";
export type { SceneParts, ScenesOptions, SeveralScenesOptions } from "./parts.ts";
