export { BeamSearch, type Continuation, type Hypothesis, lengthPenaltyOf, type SearchRules } from "./beam-search.ts";
export { createDecoder, type Decoder, type DecoderOptions, type Decoding } from "./decoder.ts";
export { type GenerateOptions, generateText, generateTokens } from "./generate.ts";
export {
  type Attended,
  attentionOf,
  createTranslator,
  type Translated,
  type Translator,
  type TranslatorOptions,
  translatorOptions,
} from "./translator.ts";
