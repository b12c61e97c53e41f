export {
  boxScenes,
  captionScenes,
  captionTokenizer,
  maskScenes,
  objectScenes,
  poseScenes,
  type SceneParts,
  type ScenesOptions,
  type SeveralScenesOptions,
  shapeScenes,
} from "./dataset.ts";
