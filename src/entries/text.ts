/** Words and vocabularies: `fovea/text`. */
export {
  type DocumentRows,
  type DocumentRowsOptions,
  decode,
  documentRows,
  encode,
  functionWords,
  inverseDocumentFrequencies,
  type OverlapOptions,
  PADDING,
  type TokenizeOptions,
  tokenize,
  UNKNOWN,
  type Vocabulary,
  type VocabularyOptions,
  vocabulary,
  wordOverlap,
} from "../text/index.ts";
