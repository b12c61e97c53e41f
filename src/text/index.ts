export { type DocumentRows, type DocumentRowsOptions, documentRows } from "./documents.ts";
export { functionWords, inverseDocumentFrequencies, type OverlapOptions, wordOverlap } from "./overlap.ts";
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
