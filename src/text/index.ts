export { type TokenizeOptions, tokenize } from "./tokenize.ts";
export {
  decode,
  encode,
  PADDING,
  UNKNOWN,
  type Vocabulary,
  type VocabularyOptions,
  vocabulary,
} from "./vocabulary.ts";
