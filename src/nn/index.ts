export { checkModel, isModel, modelOf } from "./checks.ts";
export { freezeKind } from "./freezing.ts";
export { initializerNames, initializerOption } from "./initializers.ts";
export type { JoiningLayerDefinition, LayerDefinition } from "./layer.ts";
export { setTask } from "./model.ts";
export { isNetwork } from "./network.ts";
export { layerTitle } from "./place.ts";
export * from "./public.ts";
export { isStep } from "./steps.ts";
