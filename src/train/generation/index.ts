export { BeamSearch, type Continuation, type Hypothesis, lengthPenaltyOf, type SearchRules } from "./beam-search.ts";
export { captionPanels } from "./caption-panels.ts";
export {
  type AttendedPlaces,
  type Captioner,
  type CaptionerOptions,
  createCaptioner,
} from "./captioner.ts";
export { createDecoder, type Decoder, type DecoderOptions, type Decoding } from "./decoder.ts";
export { type GenerateOptions, generateText, generateTokens } from "./generate.ts";
export {
  type Attended,
  attentionOf,
  createTranslator,
  type Translated,
  type Translator,
  type TranslatorOptions,
} from "./translator.ts";
export { type WritingOptions, type Written, writingOptions } from "./writer.ts";
