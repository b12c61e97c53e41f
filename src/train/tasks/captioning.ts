/**
 * Captions: sentences on pictures. Sources: Adelaide, "Captions"; Vinyals et al. 2015; Xu et al. 2015. They are written by
 * `createCaptioner`, and compared with people's by `captionMetrics`.
 */
import type { TaskFactory } from "./task.ts";
import { defineWriting, type WritingTaskOptions } from "./writing.ts";

/** Options of `captioning`. */
export interface CaptioningTaskOptions extends WritingTaskOptions {
  /** The column of the sentences. Default: `sentence`. */
  readonly target?: string | undefined;
}

/**
 * Captions. A picture with several sentences has a row for each. Figures: `natsPerToken`, the mean of −ln p(y_t | y_<t,
 * picture); `perplexity`, e to it; `accuracy`. All count the tokens of the sentences after the first, the last mark included.
 */
export const captioning: TaskFactory<CaptioningTaskOptions> = defineWriting("captioning", "sentence");
