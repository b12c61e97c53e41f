export { type LearnTokenizerOptions, learnTokenizer, openTokenizer, readTokenizer, tokenizers } from "./catalog.ts";
export { loadHuggingFace } from "./hugging-face.ts";
export type { Tokenizer, TokenizerFactory, TokenWriter } from "./tokenizer.ts";
