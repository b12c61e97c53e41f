export { type AttentionTranslationOptions, attentionTranslation } from "./attention.ts";
export { type ConvolutionTranslationOptions, convolutionTranslation } from "./convolution.ts";
export type { TranslationOptions } from "./parts.ts";
export type { RecurrentTranslationOptions } from "./recurrent-parts.ts";
export { vectorTranslation } from "./vector.ts";
