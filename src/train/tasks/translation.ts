/**
 * Translation: sentences of another language. Source: 10-301, "Sequence to sequence models"; Sutskever, Vinyals, Le 2014.
 * Translations are written by `createTranslator`.
 */
import type { TaskFactory } from "./task.ts";
import { defineWriting, type WritingTaskOptions } from "./writing.ts";

/** Options of `translation`. */
export interface TranslationTaskOptions extends WritingTaskOptions {
  /** The column of the target sentences. Default: `target`. */
  readonly target?: string | undefined;
}

/**
 * Translation. Figures: `natsPerToken`, the mean of −ln p(y_t | y_<t, x); `perplexity`, e to it; `accuracy`. All count the
 * tokens of the target sentences after the first, the last mark included.
 */
export const translation: TaskFactory<TranslationTaskOptions> = defineWriting("translation", "target");
