export { type SamplingOptions, sampleFrom, samplingOptions } from "./sampling.ts";
export { type TokenizeOptions, tokenize } from "./tokenize.ts";
export {
  checkVocabulary,
  decode,
  encode,
  PADDING,
  UNKNOWN,
  type Vocabulary,
  type VocabularyOptions,
  vocabulary,
} from "./vocabulary.ts";
