export { type ConvolutionalLanguageModelOptions, convolutionalLanguageModel } from "./convolution.ts";
export { type RecurrentCell, type RecurrentLanguageModelOptions, recurrentLanguageModel } from "./recurrent.ts";
export type { LanguageModelOptions } from "./scores.ts";
