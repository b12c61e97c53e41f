export { samplesInnermost } from "./layout.ts";
export { hasSeparateWindows, lowerAvgPool, lowerAvgPoolGradient, lowerMaxPool, lowerMaxPoolGradient } from "./pool.ts";
export { lowerConv, lowerConvFilterGradient, lowerConvInputGradient, lowerMatmul } from "./products.ts";
export { WINOGRAD_ERROR } from "./winograd-transforms.ts";
