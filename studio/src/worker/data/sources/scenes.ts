/** Pictures of one object before clutter, drawn here; the class is its shape. */
import { shapeScenes } from "fovea/data";
import type { Source } from "./source.ts";

export const scenes: Source = async ({ limit }) => shapeScenes({ train: limit, validation: 0, test: 0 }).train;
