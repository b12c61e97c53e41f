export { type DocumentRows, type DocumentRowsOptions, documentRows } from "./documents.ts";
export * from "./ngrams/index.ts";
export { functionWords, inverseDocumentFrequencies, type OverlapOptions, wordOverlap } from "./overlap.ts";
export { type SamplingOptions, sampleFrom, samplingOptions } from "./sampling.ts";
export { type SentenceOptions, splitCharacters, splitSentences, splitSpaces } from "./split.ts";
export { type TokenizeOptions, tokenize } from "./tokenize.ts";
export * from "./tokenizers/index.ts";
export {
  checkVocabulary,
  countWords,
  decode,
  encode,
  PADDING,
  UNKNOWN,
  type Vocabulary,
  type VocabularyOptions,
  vocabulary,
} from "./vocabulary.ts";
export { wordVectors } from "./word-vectors.ts";
