/** Documents and the sentences that mattered. */
export {
  chooseSentences,
  createExtractor,
  type DocumentClass,
  type DocumentExtract,
  type ExtractedSentence,
  type ExtractOptions,
  extractSchema,
} from "./extract.ts";
export {
  createSentenceRelevance,
  type RelevanceRule,
  relevanceSchema,
  type SentenceRelevance,
  type SentenceRelevanceOptions,
  type SentenceRelevancesOptions,
  sentenceRelevances,
} from "./relevance.ts";
export { type ExtractHtmlOptions, extractTitle, extractToHtml, extractToText } from "./write.ts";
