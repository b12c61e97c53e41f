export { type LearnTokenizerOptions, learnTokenizer, readTokenizer, tokenizers } from "./catalog.ts";
export type { Tokenizer, TokenizerFactory, TokenWriter } from "./tokenizer.ts";
