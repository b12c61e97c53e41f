/** Words and vocabularies: `fovea/text`. */
export {
  decode,
  encode,
  PADDING,
  type SamplingOptions,
  sampleFrom,
  type TokenizeOptions,
  tokenize,
  UNKNOWN,
  type Vocabulary,
  type VocabularyOptions,
  vocabulary,
} from "../text/index.ts";
